"""Whether a vote carries: quorum and majority by the kind's rule, each with its two numbers. Pure.

Whoever takes part counts for the quorum, an abstention and a spoilt paper too; the majority is of
those who took part, as the organic laws and article 278 of the Civil Code have it. A tie is no
majority.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from portal.conventions.rules.kinds import Measure, Threshold


class Choice(StrEnum):
    """What a ballot says."""

    YES = "yes"
    NO = "no"
    ABSTAIN = "abstain"
    SPOILT = "spoilt"


class Outcome(StrEnum):
    """What came of a vote."""

    CARRIED = "carried"
    NO_QUORUM = "no_quorum"
    NO_MAJORITY = "no_majority"


Tally = Mapping[Choice, int]


@dataclass(frozen=True)
class Counted:
    """One measure of a vote. ``electors``: the whole; ``tally``: what each choice got of it."""

    measure: Measure
    electors: int
    tally: Tally

    @property
    def taking_part(self) -> int:
        return sum(self.tally.values())

    @property
    def agreeing(self) -> int:
        return self.tally.get(Choice.YES, 0)


@dataclass(frozen=True)
class Finding:
    """What a threshold asked of a measure, and what it got: numerators and denominators."""

    threshold: Threshold
    counted: Counted
    quorum: bool
    majority: bool


@dataclass(frozen=True)
class Result:
    """The result of a vote with everything it follows from."""

    outcome: Outcome
    findings: tuple[Finding, ...]


def result_of(thresholds: Sequence[Threshold], counts: Sequence[Counted]) -> Result:
    """The result. Raises ValueError for counts that cannot be: more votes than electors, a measure
    that nobody counted, or no threshold at all."""
    by_measure = {one.measure: one for one in counts}
    if not thresholds:
        raise ValueError("a vote without a threshold")
    for one in counts:
        if any(votes < 0 for votes in one.tally.values()) or one.taking_part > one.electors:
            raise ValueError(f"{one.measure}: {one.taking_part} of {one.electors}")
    if missing := {one.measure for one in thresholds} - by_measure.keys():
        raise ValueError(f"not counted: {sorted(missing)}")
    findings = tuple(_found(one, by_measure[one.measure]) for one in thresholds)
    if not all(one.quorum for one in findings):
        return Result(Outcome.NO_QUORUM, findings)
    carried = all(one.majority for one in findings)
    return Result(Outcome.CARRIED if carried else Outcome.NO_MAJORITY, findings)


def _found(threshold: Threshold, counted: Counted) -> Finding:
    return Finding(
        threshold,
        counted,
        threshold.quorum.met(counted.taking_part, counted.electors),
        threshold.majority.met(counted.agreeing, counted.taking_part),
    )

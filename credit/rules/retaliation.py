"""Monthly figures of the guard, so published that no single case can be read from them (N1). Pure.

Nought is withheld like other small numbers: "nothing was refused this month" would tell whoever
made the month's only proposal that its subject had reported nobody.
"""

from collections.abc import Iterable
from dataclasses import dataclass

SMALLEST_CELL = 10


@dataclass(frozen=True)
class GuardCounts:
    """What happened in a month, before anything is withheld."""

    proposals: int = 0
    never: int = 0
    outside: int = 0
    alarms: int = 0

    def __add__(self, other: "GuardCounts") -> "GuardCounts":
        return GuardCounts(
            self.proposals + other.proposals,
            self.never + other.never,
            self.outside + other.outside,
            self.alarms + other.alarms,
        )

    @property
    def ordinary(self) -> int:
        return self.proposals - self.never - self.outside


@dataclass(frozen=True)
class PublishedMonth:
    """A month as everybody may read it. None: too few; then it is counted on.

    Each figure speaks of the months since its ``…_from``.
    """

    month: str
    proposals: int | None = None
    proposals_from: str | None = None
    never: int | None = None
    outside: int | None = None
    guarded_from: str | None = None
    alarms: int | None = None
    alarms_from: str | None = None


@dataclass(frozen=True)
class Carried:
    """Since when each figure is being counted, as none of these months could be told."""

    proposals_from: str
    guarded_from: str
    alarms_from: str


def carried(published: Iterable[PublishedMonth], first: str, after: dict[str, str]) -> Carried:
    """What has to be counted on after some published months. ``after``: the month after each."""
    since = Carried(first, first, first)
    for month in published:
        following = after[month.month]
        since = Carried(
            since.proposals_from if month.proposals is None else following,
            since.guarded_from if month.never is None else following,
            since.alarms_from if month.alarms is None else following,
        )
    return since


def publish_guard(
    month: str,
    since: Carried,
    *,
    proposals: int,
    guarded: GuardCounts,
    alarms: int,
    smallest: int = SMALLEST_CELL,
) -> PublishedMonth:
    """What may be told at the end of a month. ``guarded`` counts since ``since.guarded_from``.

    What the guard did is told only when each of its three answers is common: refused, sent
    outside, and neither.
    """
    answers = (guarded.never, guarded.outside, guarded.ordinary)
    tell = min(answers) >= smallest
    return PublishedMonth(
        month,
        proposals if proposals >= smallest else None,
        since.proposals_from if proposals >= smallest else None,
        guarded.never if tell else None,
        guarded.outside if tell else None,
        since.guarded_from if tell else None,
        alarms if alarms >= smallest else None,
        since.alarms_from if alarms >= smallest else None,
    )

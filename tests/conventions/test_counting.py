"""Quorum and majority against a slow count, voter by voter and square metre by square metre."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit.rules.canonical import canonical
from portal.conventions.rules.counting import Choice, Counted, Outcome, result_of
from portal.conventions.rules.kinds import Electorate, KindRule, Measure, Part, kind_rules
from portal.conventions.rules.minutes import minutes_of, result_in
from portal.conventions.rules.votes import sums_as_text, sums_in

CHOICES = st.sampled_from([*Choice, None])
# (what an elector chose, or that she stayed away; hundredths of a square metre)
ELECTORS = st.lists(st.tuples(CHOICES, st.integers(1, 30_000)), min_size=1, max_size=40)
RULES = st.sampled_from(
    [(rule, electorate) for rule in kind_rules() for electorate in rule.electorates]
)
Electors = list[tuple[Choice | None, int]]


def _weight(measure: Measure, area: int) -> int:
    return 1 if measure is Measure.VOTERS else area


def counted(electors: Electors, measure: Measure) -> Counted:
    tally = dict.fromkeys(Choice, 0)
    for choice, area in electors:
        if choice is not None:
            tally[choice] += _weight(measure, area)
    return Counted(measure, sum(_weight(measure, area) for _, area in electors), tally)


def _enough(part: Part, some: list[int], of: list[int]) -> bool:
    """By fractions of a whole, not by multiplying out."""
    if not of:
        return False
    share = Fraction(sum(some), sum(of))
    return share > part.share or (part.least and share == part.share)


def slow(rule: KindRule, electorate: Electorate, electors: Electors) -> Outcome:
    outcome = Outcome.CARRIED
    for one in rule.thresholds[electorate]:
        whole = [_weight(one.measure, area) for _, area in electors]
        there = [_weight(one.measure, area) for choice, area in electors if choice is not None]
        yes = [_weight(one.measure, area) for choice, area in electors if choice is Choice.YES]
        if not _enough(one.quorum, there, whole):
            return Outcome.NO_QUORUM
        if not _enough(one.majority, yes, there):
            outcome = Outcome.NO_MAJORITY
    return outcome


@given(RULES, ELECTORS)
def test_the_result_is_that_of_a_slow_count(
    rule: tuple[KindRule, Electorate], electors: Electors
) -> None:
    thresholds = rule[0].thresholds[rule[1]]
    found = result_of(thresholds, [counted(electors, measure) for measure in Measure])
    assert found.outcome is slow(*rule, electors)
    assert len(found.findings) == len(thresholds)


@given(RULES, ELECTORS)
def test_one_more_yes_never_turns_a_vote_down(
    rule: tuple[KindRule, Electorate], electors: Electors
) -> None:
    before = slow(*rule, electors)
    more: Electors = [(Choice.YES, area) for _, area in electors[:1]] + electors[1:]
    counts = [counted(more, measure) for measure in Measure]
    after = result_of(rule[0].thresholds[rule[1]], counts).outcome
    assert before is not Outcome.CARRIED or after is Outcome.CARRIED


def _heads(electors: int, **tally: int) -> Outcome:
    [rule] = [one for one in kind_rules() if one.kind == "residents"]
    counts = [
        Counted(Measure.VOTERS, electors, {Choice(name): votes for name, votes in tally.items()})
    ]
    return result_of(rule.thresholds[Electorate.HEADS], counts).outcome


def test_edges() -> None:
    assert _heads(1, yes=1) is Outcome.CARRIED
    assert _heads(2, yes=1) is Outcome.NO_QUORUM
    # a tie is no majority, and an abstention counts below the line
    assert _heads(4, yes=2, no=2) is Outcome.NO_MAJORITY
    assert _heads(4, yes=2, abstain=2) is Outcome.NO_MAJORITY
    assert _heads(5, yes=2, spoilt=1) is Outcome.CARRIED
    assert _heads(0) is Outcome.NO_QUORUM


def test_counts_that_cannot_be_are_errors() -> None:
    for electors, tally in ((1, {"yes": 2}), (3, {"yes": 2, "no": -1})):
        with pytest.raises(ValueError, match="voters"):
            _heads(electors, **tally)
    with pytest.raises(ValueError, match="threshold"):
        result_of([], [])
    [rule] = [one for one in kind_rules() if one.kind == "owners"]
    with pytest.raises(ValueError, match="not counted"):
        result_of(rule.thresholds[Electorate.HEADS_AND_AREA], [Counted(Measure.VOTERS, 1, {})])


@given(RULES, ELECTORS)
def test_the_minutes_give_the_same_result_again(
    rule: tuple[KindRule, Electorate], electors: Electors
) -> None:
    thresholds = rule[0].thresholds[rule[1]]
    counts = [counted(electors, one.measure) for one in thresholds]
    found = result_of(thresholds, counts)
    kept: Any = minutes_of({"electorate": rule[1].value}, found, None)
    assert result_in(canonical(kept).decode(), rule[0]) == found


@given(st.lists(st.integers(0, 10**8 - 1), min_size=4, max_size=4))
def test_an_urn_tells_its_sums_and_nothing_by_its_length(votes: list[int]) -> None:
    sums = dict(zip(Choice, votes, strict=True))
    assert sums_in(sums_as_text(sums)) == sums
    assert len(sums_as_text(sums)) == len(sums_as_text({}))

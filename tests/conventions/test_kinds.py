"""The seven kinds as data: complete, lawful, and refused when they are flawed."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from portal.conventions.rules.kinds import (
    Ballot,
    Electorate,
    Kind,
    KindRule,
    Measure,
    Part,
    Step,
    Threshold,
    flaw_of,
    kind_rules,
    rule_of,
    rules_on,
)
from portal.conventions.rules.way import EDGES, Move, RoundState, first_state, state_after

TODAY = date(2026, 11, 30)
HALF = Part(Fraction(1, 2), least=False)


def test_every_kind_counts_today_with_its_source() -> None:
    found = rules_on(TODAY)
    assert list(found) == list(Kind)
    assert all(rule.source and rule.source_date <= TODAY for rule in found.values())
    assert not rules_on(date(1990, 1, 1))


def test_a_round_keeps_the_rule_it_began_with() -> None:
    for rule in kind_rules():
        assert rule_of(rule.kind, rule.version) is rule
    with pytest.raises(KeyError):
        rule_of(Kind.OWNERS, 99)


def test_the_law_says_how_many() -> None:
    """居民 over half and over half; 村民 by households two thirds; 业主 by head and by area."""
    rules = rules_on(TODAY)
    [heads] = rules[Kind.RESIDENTS].thresholds[Electorate.HEADS]
    assert (heads.quorum, heads.majority) == (HALF, HALF)
    [homes] = rules[Kind.VILLAGE].thresholds[Electorate.HOUSEHOLDS]
    assert homes.quorum == Part(Fraction(2, 3), least=True)
    owners = rules[Kind.OWNERS].thresholds[Electorate.HEADS_AND_AREA]
    assert {one.measure for one in owners} == set(Measure)
    assert {one.quorum for one in owners} == {Part(Fraction(2, 3), least=True)}
    assert rules[Kind.OWNERS].filing_days == 30


def test_the_party_organisation_comes_first_where_the_law_says_so() -> None:
    for kind in (Kind.RESIDENTS, Kind.VILLAGE):
        assert rules_on(TODAY)[kind].steps[0] is Step.STUDY
    assert Step.STUDY not in rules_on(TODAY)[Kind.OWNERS].steps


def _owners() -> KindRule:
    return rules_on(TODAY)[Kind.OWNERS]


@pytest.mark.parametrize(
    "flawed",
    [
        {"steps": (Step.DRAFT, Step.PUBLICATION)},
        {"steps": (Step.VOTE, Step.DRAFT, Step.PUBLICATION)},
        {"steps": (Step.DRAFT, Step.VOTE)},
        {"thresholds": {Electorate.HEADS_AND_AREA: ()}},
        {"ballot": Ballot.SECRET},
        *(
            {"thresholds": {Electorate.HEADS_AND_AREA: (Threshold(Measure.AREA, quorum, HALF),)}}
            for quorum in (Part(Fraction(0), least=True), Part(Fraction(3, 2), least=True))
        ),
    ],
)  # fmt: skip
def test_a_flawed_kind_is_refused(flawed: dict[str, Any]) -> None:
    assert flaw_of(_owners()) is None
    assert flaw_of(replace(_owners(), **flawed)) is not None


def test_every_kind_comes_to_its_end_and_only_by_edges_of_the_table() -> None:
    forward = (Move.GO_ON, Move.APPROVE, Move.ADOPT, Move.FILE, Move.PUBLISH)
    for rule in kind_rules():
        state, seen = first_state(rule), list[str]()
        while state is not RoundState.PUBLISHED:
            seen.append(state.value)
            [after] = [found for move in forward if (found := state_after(rule, state, move))]
            assert any(edge.state is state and after in edge.to for edge in EDGES)
            state = after
        assert seen == [step.value for step in rule.steps]


def test_a_text_that_comes_back_is_written_again_and_what_was_adopted_is_not_given_up() -> None:
    rule = rules_on(TODAY)[Kind.RESIDENTS]
    for state, move in (
        (RoundState.REVIEW, Move.RETURN), (RoundState.VOTE, Move.REJECT),
        (RoundState.DISCUSSION, Move.BACK),
    ):  # fmt: skip
        assert state_after(rule, state, move) is RoundState.DRAFT
    assert state_after(rule, RoundState.FILING, Move.GIVE_UP) is None
    assert state_after(rule, RoundState.PUBLISHED, Move.GIVE_UP) is None
    assert state_after(_owners(), RoundState.REVIEW, Move.APPROVE) is None

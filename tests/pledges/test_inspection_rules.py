"""Scores, the text that counts for a place, the ladder: what is true without a database."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pledges.rules.breaches import (
    BY_HAND,
    EDGES,
    LEAST_APPEAL_DAYS,
    OPEN,
    BreachRefusal,
    BreachState,
    BreachStep,
    Standing,
    appeal_until,
    edge_for,
    ladder,
    least_rectify_day,
    may_decide,
    opens_on,
    postponed,
    steps_from,
    why_not_step,
)
from pledges.rules.clauses import Axis
from pledges.rules.inspections import (
    Answer,
    Body,
    Finding,
    InspectionRefusal,
    bodies_for,
    leads_to_person,
    scores,
    why_not_then,
)
from portal.accounts.rules import Permission
from portal.accounts.rules.roles import roles
from portal.kernel.ids import new_id

DAY = date(2026, 11, 30)
NOW = datetime(2026, 11, 30, tzinfo=UTC)
K, N, U = Finding.KEPT, Finding.NOT_KEPT, Finding.NOT_SEEN


@pytest.mark.parametrize(
    ("found", "score"),
    [((K,), 100), ((N,), 0), ((K, N), 50), ((K, K, N), 67), ((K, N, N), 33), ((K, U), 100),
     ((K, *(N,) * 7), 13)],
)  # fmt: skip
def test_an_axis_is_scored_by_what_was_seen_of_it(found: tuple[Finding, ...], score: int) -> None:
    assert scores(Answer(Axis.CLEAN, one) for one in found) == {Axis.CLEAN: score}


def test_an_axis_of_which_nothing_was_seen_has_no_score() -> None:
    assert scores([Answer(Axis.GREEN, U), Answer(Axis.ORDER, K)]) == {Axis.ORDER: 100}
    assert scores([]) == {}


@given(st.lists(st.tuples(st.sampled_from(Axis), st.sampled_from(Finding))))
def test_scores_lie_between_0_and_100_and_the_order_is_nothing(
    found: list[tuple[Axis, Finding]],
) -> None:
    answers = [Answer(*one) for one in found]
    assert all(0 <= score <= 100 for score in scores(answers).values())
    assert scores(answers) == scores(reversed(answers))


def test_a_look_lies_behind_and_not_long() -> None:
    assert why_not_then(NOW, NOW) is None
    assert why_not_then(NOW - timedelta(days=14), NOW) is None
    assert why_not_then(NOW + timedelta(seconds=1), NOW) is InspectionRefusal.AHEAD
    assert why_not_then(NOW - timedelta(days=15), NOW) is InspectionRefusal.TOO_OLD


def test_whoever_may_inspect_comes_as_something() -> None:
    for role in roles().values():
        if Permission.PLEDGE_INSPECT in role.permissions:
            assert bodies_for({role.code}), role.code
    assert bodies_for({"resident"}) == ()
    assert bodies_for({"liaison_officer"}) == (Body.LIAISON,)


@pytest.mark.parametrize("words", ["店主电话 13900000017", "鲁B12345 停在门口"])
def test_words_that_lead_to_a_person_are_found(words: str) -> None:
    assert leads_to_person(words)
    assert not leads_to_person("门前有两袋垃圾")


def test_every_rung_says_its_days_and_where_that_stands() -> None:
    for step in (BreachStep.REMIND, BreachStep.DEMAND, BreachStep.RECORD, BreachStep.LIST,
                 BreachStep.HAND_OVER, BreachStep.SUSPEND, BreachStep.RESUME):  # fmt: skip
        assert ladder()[step].days >= 0
        assert ladder()[step].source


def test_L7_an_appeal_has_at_least_fifteen_days_after_each_notice() -> None:
    assert appeal_until(DAY) - DAY >= timedelta(days=LEAST_APPEAL_DAYS)
    assert ladder()[BreachStep.RECORD].days >= LEAST_APPEAL_DAYS


def test_the_ladder_never_skips_a_rung_and_every_step_up_is_noticed() -> None:
    up = {edge.state: edge.to for edge in EDGES
          if edge.step in (BreachStep.DEMAND, BreachStep.RECORD, BreachStep.LIST)}  # fmt: skip
    assert up == {
        BreachState.REMINDED: BreachState.TO_RECTIFY,
        BreachState.TO_RECTIFY: BreachState.RECORDED,
        BreachState.RECORDED: BreachState.LISTED,
    }
    for state in (BreachState.REMINDED, BreachState.TO_RECTIFY):
        assert edge_for(state, BreachStep.HAND_OVER) is None
    assert all(edge.noticed for edge in EDGES if edge.step in BY_HAND)
    assert edge_for(BreachState.VOID, BreachStep.VOID) is None


def test_each_rung_waits_for_the_days_of_the_one_below() -> None:
    reminded = Standing(BreachState.REMINDED, DAY)
    opens = opens_on(reminded)
    assert opens == DAY + timedelta(days=ladder()[BreachStep.REMIND].days)
    assert why_not_step(reminded, BreachStep.DEMAND, DAY) is BreachRefusal.TOO_EARLY
    assert why_not_step(reminded, BreachStep.DEMAND, opens) is None
    told = Standing(BreachState.TO_RECTIFY, DAY, rectify_by=DAY + timedelta(days=7))
    assert why_not_step(told, BreachStep.RECORD, DAY + timedelta(days=7)) is (
        BreachRefusal.TOO_EARLY
    )
    assert why_not_step(told, BreachStep.RECORD, DAY + timedelta(days=8)) is None
    # what is for the shop's good waits for nothing
    assert why_not_step(reminded, BreachStep.FIND_RECTIFIED, DAY) is None
    assert least_rectify_day(DAY) == DAY + timedelta(days=ladder()[BreachStep.DEMAND].days)


@pytest.mark.parametrize("state", OPEN)
def test_an_open_appeal_stops_all_but_what_is_good_for_the_shop(state: BreachState) -> None:
    late = DAY + timedelta(days=400)
    at = Standing(state, DAY, rectify_by=DAY, suspended=True)
    stopped = {step for step in BY_HAND if why_not_step(at, step, late) is not None}
    assert stopped == set(BY_HAND) - {BreachStep.FIND_RECTIFIED, BreachStep.VOID}
    assert set(steps_from(state, suspended=True)) == {BreachStep.FIND_RECTIFIED, BreachStep.VOID}
    assert why_not_step(at, BreachStep.OPEN_CASE, late) is BreachRefusal.SUSPENDED
    assert why_not_step(at, BreachStep.PROPOSE_CONDUCT, late) is BreachRefusal.SUSPENDED


def test_days_that_an_appeal_took_are_given_back() -> None:
    moved = postponed(DAY, DAY - timedelta(days=2), DAY + timedelta(days=3))
    assert moved == DAY + timedelta(days=5)


def test_L9_who_opened_it_or_took_a_step_does_not_decide() -> None:
    opened, acted, other = new_id(), new_id(), new_id()
    assert not may_decide(opened, opened, [acted])
    assert not may_decide(acted, opened, [None, acted])
    assert may_decide(other, opened, [None, acted])

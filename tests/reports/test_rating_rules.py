"""When an outcome may be rated, and what counts as unhappy."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.reports.rules.codes import State
from portal.reports.rules.rating import (
    RatingRefusal,
    is_unhappy,
    last_rated_cycle,
    why_not_rate,
)
from portal.satisfaction.rules import Answers, Level, Settings

CLOSED_AT = datetime(2026, 11, 1, tzinfo=UTC)
SETTINGS = Settings()


@pytest.mark.parametrize("state", list(State))
def test_only_a_closed_matter_can_be_rated(state: State) -> None:
    expected = {
        State.CLOSED: None,
        State.REWORK: RatingRefusal.SENT_BACK,
        State.REOPENED: RatingRefusal.SENT_BACK,
        State.NOT_ACCEPTED: RatingRefusal.NOTHING_DONE,
        State.NOT_FILED: RatingRefusal.NOTHING_DONE,
        State.VOID: RatingRefusal.NOTHING_DONE,
        State.WITHDRAWN: RatingRefusal.NOTHING_DONE,
        State.HANDED_OVER: RatingRefusal.NOTHING_DONE,
        State.MERGED: RatingRefusal.NOTHING_DONE,
        State.SELF_SOLVED: RatingRefusal.NOTHING_DONE,
        State.SETTLED: RatingRefusal.NOTHING_DONE,
    }
    found = why_not_rate(state, CLOSED_AT, CLOSED_AT, SETTINGS, live=True)
    assert found is expected.get(state, RatingRefusal.NOT_CLOSED)


def test_a_late_verdict_is_refused_from_the_end_of_the_window_on() -> None:
    ends = CLOSED_AT + timedelta(days=14)
    just_before = ends - timedelta(microseconds=1)
    assert why_not_rate(State.CLOSED, CLOSED_AT, just_before, SETTINGS, live=True) is None
    late = why_not_rate(State.CLOSED, CLOSED_AT, ends, SETTINGS, live=True)
    assert late is RatingRefusal.LATE


def test_rating_waits_until_it_is_switched_on_in_the_place() -> None:
    found = why_not_rate(State.CLOSED, CLOSED_AT, CLOSED_AT, SETTINGS, live=False)
    assert found is RatingRefusal.NOT_LIVE


@pytest.mark.parametrize("solved", [True, False])
@pytest.mark.parametrize("result", list(Level))
@pytest.mark.parametrize("service", list(Level))
def test_unsolved_or_a_bad_result_is_unhappy_and_bad_service_alone_is_not(
    solved: bool, result: Level, service: Level
) -> None:
    unhappy = is_unhappy(Answers(solved, result, service), SETTINGS)
    assert unhappy == (not solved or result in {Level.DISSATISFIED, Level.VERY_DISSATISFIED})


def test_while_a_matter_is_worked_on_again_the_rating_before_it_is_of_interest() -> None:
    assert last_rated_cycle(State.CLOSED, 2) == 2
    assert last_rated_cycle(State.REOPENED, 2) == 1
    assert last_rated_cycle(State.DISPATCHED, 1) == 1

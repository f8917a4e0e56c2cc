"""The promised date, lateness derived on read, and the three clocks (R069, R285)."""

from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from portal.kernel.db import Database
from portal.kernel.worktime import Calendar
from portal.reports.models import Case
from portal.reports.queries.desk import is_late_now
from portal.reports.rules.codes import State
from portal.reports.rules.deadlines import Clocks, Promise, clocks, is_late, promise
from portal.reports.rules.transitions import OPEN
from tests.make import reports
from tests.make.areas import small_tree
from tests.make.reports import NOW

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = Calendar(frozenset({2026}))
FRIDAY_EVENING = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)  # 17:30 in Shanghai


def test_working_hours_wait_for_monday_and_urgent_ones_run_on() -> None:
    slow = promise(FRIDAY_EVENING, 240, round_the_clock=False, calendar=CALENDAR, zone=ZONE)
    assert slow == Promise(datetime(2026, 11, 23, 3, 30, tzinfo=UTC), 3)
    urgent = promise(FRIDAY_EVENING, 240, round_the_clock=True, calendar=CALENDAR, zone=ZONE)
    assert urgent == Promise(FRIDAY_EVENING + timedelta(hours=4), 0)


def test_a_limit_that_reaches_into_an_unknown_year_promises_nothing() -> None:
    eve = datetime(2026, 12, 31, 9, 30, tzinfo=UTC)
    found = promise(eve, 480, round_the_clock=False, calendar=CALENDAR, zone=ZONE)
    assert found == Promise(None, None)


HOUR = timedelta(hours=1)


@pytest.mark.parametrize("state", list(State))
def test_a_broken_promise_counts_while_something_is_to_be_done(state: State) -> None:
    late = is_late(state, NOW - HOUR, None, NOW)
    assert late == (state in OPEN)
    assert not is_late(state, NOW + HOUR, None, NOW)
    assert not is_late(state, None, None, NOW)


def test_what_was_handled_in_time_is_not_late_while_it_waits_for_the_check() -> None:
    assert not is_late(State.HANDLED, NOW - HOUR, NOW - 2 * HOUR, NOW)
    assert is_late(State.HANDLED, NOW - 2 * HOUR, NOW - HOUR, NOW)
    assert is_late(State.REWORK, NOW - HOUR, NOW - 2 * HOUR, NOW)


def test_the_database_counts_late_exactly_as_the_rule_does(database: Database) -> None:
    with database.write() as session:
        area = small_tree(session)["370283001001"]
        moments = (None, NOW - 2 * HOUR, NOW - HOUR, NOW, NOW + HOUR)
        for state, promised, handled in product(State, moments, (None, NOW - HOUR, NOW)):
            if state is State.HANDLED and handled is None:
                continue  # handling stamps its moment
            case = reports.reported(session, area, words=None)
            case.state, case.promised_at, case.handled_at = state, promised, handled
        session.flush()
        late = set(session.scalars(select(Case.id).where(is_late_now(NOW))))
        for case in session.scalars(select(Case)):
            rule = is_late(case.state, case.promised_at, case.handled_at, NOW)
            assert (case.id in late) == rule, (case.state, case.promised_at, case.handled_at)


def test_three_clocks_run_one_after_the_other() -> None:
    assert clocks(NOW, None, None, None) == Clocks(None, None, None)
    full = clocks(NOW, NOW + HOUR, NOW + 4 * HOUR, NOW + 9 * HOUR)
    assert full == Clocks(HOUR, 3 * HOUR, 5 * HOUR)
    refused = clocks(NOW, None, None, NOW + 2 * HOUR)
    assert refused == Clocks(None, None, 2 * HOUR)

"""Deadlines in working time: what is left is really there, and nothing is guessed."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from portal.kernel.worktime import Calendar, load_calendar
from portal.reports.labels.desk import left_words
from portal.reports.rules.timeleft import Span, TimeLeft, time_left

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026 in the city; the 20th is a Friday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI).astimezone(UTC)


def left(promised: datetime, now: datetime, *, clock: bool = False) -> TimeLeft | None:
    return time_left(promised, now, round_the_clock=clock, calendar=load_calendar(), zone=SHANGHAI)


@pytest.mark.parametrize(
    ("promised", "now", "words"),
    [
        (at(20, 18), at(20, 9), "7 working hours left"),
        (at(20, 15), at(20, 11), "2 working hours left"),  # the break at noon does not count
        (at(20, 9, 30), at(20, 9), "30 working minutes left"),
        (at(20, 9, 1), at(20, 9), "1 working minute left"),
        (at(23, 18), at(20, 18), "1 working day left"),  # nor does the weekend
        (at(25, 9), at(20, 8), "3 working days left"),
        (at(20, 18), at(23, 11), "Overdue by 3 working hours"),
        (at(18, 18), at(20, 18), "Overdue by 2 working days"),
        (at(20, 18), at(22, 12), "Overdue just now"),  # nobody has worked since
    ],
)
def test_working_time_is_said_in_whole_measures(
    app: Flask, promised: datetime, now: datetime, words: str
) -> None:
    with app.test_request_context("/?lang=en"):
        assert left_words(left(promised, now)) == words


def test_a_danger_is_counted_by_the_clock_on_the_wall(app: Flask) -> None:
    with app.test_request_context("/?lang=en"):
        assert left_words(left(at(21, 3), at(20, 23), clock=True)) == "4 hours left"
        assert left_words(left(at(20, 3), at(22, 4), clock=True)) == "Overdue by 2 days"


def test_without_the_calendar_of_a_year_nothing_is_guessed() -> None:
    nobody_knows = Calendar(years=frozenset({2026}))
    promised, now = datetime(2027, 1, 5, tzinfo=UTC), datetime(2026, 12, 30, tzinfo=UTC)
    known = {"calendar": nobody_knows, "zone": SHANGHAI}
    assert time_left(promised, now, round_the_clock=False, **known) is None
    assert time_left(promised, now, round_the_clock=True, **known) == TimeLeft(
        6, Span.DAYS, working=False, overdue=False
    )


def test_what_is_left_is_never_more_than_there_is() -> None:
    promised = at(27, 18)
    for hours in range(0, 24 * 7, 5):
        now = at(20, 9) + timedelta(hours=hours)
        found = left(promised, now)
        assert found is not None
        size = {Span.DAYS: 480, Span.HOURS: 60, Span.MINUTES: 1}[found.span]
        later = left(promised, now + timedelta(hours=5))
        assert later is not None
        later_size = {Span.DAYS: 480, Span.HOURS: 60, Span.MINUTES: 1}[later.span]
        assert later.count * later_size <= found.count * size + 59

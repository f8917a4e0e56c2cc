"""When an office is open, and which days a month has."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from portal.conventions.rules.board import days_of_month
from portal.conventions.rules.opening import Opening, read_opening
from portal.kernel.worktime import DayKind

ZONE = ZoneInfo("Asia/Shanghai")
WORKDAYS = Opening("12345", ((510, 720), (840, 1050)))
MONDAY = datetime(2026, 11, 30, 9, tzinfo=ZONE)


def test_hours_are_kept_as_one_line_and_read_again() -> None:
    assert WORKDAYS.written() == "12345 08:30-12:00 14:00-17:30"
    assert read_opening(WORKDAYS.written()) == WORKDAYS
    for line in ("", "8 08:30-12:00", "1 12:00-08:30", "1 08:30-12:00 11:00-13:00", "1 08:30"):
        assert read_opening(line) is None


@pytest.mark.parametrize(
    ("at", "kind", "is_open"),
    [
        (MONDAY, None, True),
        (MONDAY.replace(hour=13), None, False),
        (MONDAY.replace(hour=17, minute=30), None, False),
        (MONDAY + timedelta(days=5), None, False),
        (MONDAY, DayKind.HOLIDAY, False),
        (MONDAY + timedelta(days=5), DayKind.MAKEUP, True),
    ],
)
def test_r173_r252_a_station_is_open_or_closed_at_this_moment(
    at: datetime, kind: DayKind | None, is_open: bool
) -> None:
    assert WORKDAYS.open_at(at, {at.date(): kind} if kind else {}) is is_open


def test_a_month_has_its_days_and_nothing_else_is_one() -> None:
    assert days_of_month("2026-02") == (date(2026, 2, 1), date(2026, 2, 28))
    assert [days_of_month(text) for text in ("2026-13", "26-01", "", "2026-1")] == [None] * 4

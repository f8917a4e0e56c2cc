"""Working time, checked against a counter that walks minute by minute."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.kernel.worktime import (
    Calendar,
    DayKind,
    add_working_days,
    add_working_minutes,
    load_calendar,
    working_minutes_between,
)
from tests.house.session import examples

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = load_calendar()
MINUTE = timedelta(minutes=1)
moments = st.datetimes(
    datetime(2025, 9, 20),  # noqa: DTZ001 hypothesis wants naive bounds and adds the zone itself
    datetime(2025, 10, 20),  # noqa: DTZ001 as above
    timezones=st.just(ZONE),
).map(lambda moment: moment.replace(second=0, microsecond=0))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def counts(moment: datetime) -> bool:
    """The slow truth: whether the minute that begins here is worked."""
    local = moment.astimezone(ZONE)
    minute = local.hour * 60 + local.minute
    in_hours = 480 <= minute < 720 or 840 <= minute < 1080
    return in_hours and chinese_calendar.is_workday(local.date())


@given(moments, st.integers(1, 1500))
@settings(max_examples=examples(60), deadline=None)
def test_a_limit_ends_where_counting_minutes_one_by_one_ends(start: datetime, minutes: int) -> None:
    moment, left = start, minutes
    while left:
        left -= counts(moment)
        moment += MINUTE
    assert add_working_minutes(start, minutes, CALENDAR, ZONE) == moment


@given(moments, st.integers(0, 8 * 24 * 60))
@settings(max_examples=examples(60), deadline=None)
def test_time_between_is_what_counting_minutes_finds(start: datetime, length: int) -> None:
    expected = sum(counts(start + n * MINUTE) for n in range(length))
    end = start + length * MINUTE
    assert working_minutes_between(start, end, CALENDAR, ZONE) == expected


@given(moments, st.integers(1, 5000))
@settings(deadline=None)
def test_a_limit_is_exactly_as_long_as_was_asked(start: datetime, minutes: int) -> None:
    end = add_working_minutes(start, minutes, CALENDAR, ZONE)
    assert end is not None
    assert working_minutes_between(start, end, CALENDAR, ZONE) == minutes


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2025-11-03 08:00", 480, "2025-11-03 18:00"),
        ("2025-11-03 11:30", 60, "2025-11-03 14:30"),
        ("2025-11-03 12:30", 30, "2025-11-03 14:30"),
        ("2025-11-03 19:00", 1, "2025-11-04 08:01"),
        ("2025-11-07 17:30", 60, "2025-11-10 08:30"),  # over a weekend
        ("2025-09-30 17:00", 120, "2025-10-09 09:00"),  # over the National Day holiday
        ("2025-10-10 17:00", 120, "2025-10-11 09:00"),  # that Saturday is worked
    ],
)
def test_limits_of_daily_life(start: str, minutes: int, end: str) -> None:
    assert add_working_minutes(at(start), minutes, CALENDAR, ZONE) == at(end)


def test_nought_minutes_end_at_once_even_at_night() -> None:
    start = at("2025-11-02 03:00")
    assert add_working_minutes(start, 0, CALENDAR, ZONE) == start


def test_the_answer_is_in_utc() -> None:
    end = add_working_minutes(at("2025-11-03 08:00"), 60, CALENDAR, ZONE)
    assert end is not None
    assert end.tzinfo is UTC


def test_a_year_nobody_knows_has_no_answer() -> None:
    assert 2027 not in CALENDAR.years
    assert CALENDAR.is_working(date(2027, 1, 4)) is None
    assert add_working_minutes(at("2027-03-01 09:00"), 60, CALENDAR, ZONE) is None
    assert add_working_minutes(at("2026-12-31 17:30"), 60, CALENDAR, ZONE) is None
    assert add_working_minutes(at("2026-12-31 17:00"), 60, CALENDAR, ZONE) is not None
    assert working_minutes_between(
        at("2026-12-31 17:00"), at("2027-01-04 09:00"), CALENDAR, ZONE
    ) is None  # fmt: skip
    assert add_working_days(at("2026-12-31 09:00"), 1, CALENDAR, ZONE) is None


def test_the_shipped_table_is_what_chinesecalendar_says_for_every_day_of_three_years() -> None:
    assert {2024, 2025, 2026} == CALENDAR.years
    day = date(2024, 1, 1)
    while day.year < 2027:
        assert CALENDAR.is_working(day) == chinese_calendar.is_workday(day), day
        day += timedelta(days=1)


def test_the_shipped_table_says_where_it_comes_from() -> None:
    path = Path(load_calendar.__code__.co_filename).with_name("data") / "working-days.csv"
    head = path.read_text("utf-8")[:600]
    assert "chinesecalendar 1.11" in head
    assert "MIT" in head


def test_working_days_skip_weekends_and_count_make_up_days() -> None:
    # 28 September 2025 is a worked Sunday, 1 to 8 October are holidays
    assert add_working_days(at("2025-09-27 10:00"), 1, CALENDAR, ZONE) == at("2025-09-28 18:00")
    assert add_working_days(at("2025-09-30 10:00"), 1, CALENDAR, ZONE) == at("2025-10-09 18:00")


def test_a_city_may_have_another_day_plan() -> None:
    calendar = Calendar(
        frozenset({2025}), {date(2025, 11, 3): DayKind.HOLIDAY}, plan=((0, 24 * 60),)
    )
    assert calendar.minutes_a_day == 1440
    end = add_working_minutes(at("2025-11-02 23:00"), 60, calendar, ZONE)
    assert end == at("2025-11-04 01:00")  # a Sunday, then a holiday


@pytest.mark.parametrize("plan", [(), ((720, 480),), ((480, 720), (700, 900)), ((-5, 60),)])
def test_a_day_plan_that_cannot_be_meant_is_refused(plan: tuple[tuple[int, int], ...]) -> None:
    with pytest.raises(ValueError, match="day plan"):
        Calendar(frozenset({2025}), plan=plan)


def test_time_does_not_run_backwards() -> None:
    with pytest.raises(ValueError, match="backwards"):
        add_working_minutes(at("2025-11-03 08:00"), -1, CALENDAR, ZONE)
    assert working_minutes_between(
        at("2025-11-03 09:00"), at("2025-11-03 08:00"), CALENDAR, ZONE
    ) == 0  # fmt: skip

"""Time with pauses against a counter that walks minute by minute; which limit holds; how late."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.kernel.worktime import Calendar, DayKind, Measure, read_plan
from portal.reports.rules.codes import State
from portal.reports.rules.limits import Limit, Stage, limit_that_holds
from portal.reports.rules.pauses import (
    Spell,
    after_pause,
    clock_at,
    due_at,
    extended,
    is_late_at,
    overdue_multiple,
    promise_at,
    used_minutes,
    whole_days,
)
from tests.house.session import examples

ZONE = ZoneInfo("Asia/Shanghai")
MINUTE = timedelta(minutes=1)
BEGIN = datetime(2026, 9, 18, tzinfo=ZONE)
# a long weekend, days off that are worked, and a day that is worked although its week says no
DAYS = {
    date(2026, 9, 25): DayKind.HOLIDAY,
    date(2026, 9, 20): DayKind.MAKEUP,
    date(2026, 9, 27): DayKind.MAKEUP,
}
CALENDARS = [
    Calendar(frozenset({2026}), DAYS),
    Calendar(frozenset({2026}), DAYS, read_plan("08:30-17:30"), frozenset({1, 2, 3, 4, 5, 6})),
    Calendar(frozenset({2026}), {}, read_plan("00:00-06:00 22:00-24:00"), frozenset({6, 7})),
    Calendar(frozenset({2026}), DAYS, read_plan("09:00-11:30 13:00-13:10 15:00-21:00")),
]
measures = st.builds(Measure, st.booleans(), st.sampled_from(CALENDARS), st.just(ZONE))
moments = st.integers(0, 12 * 24 * 60).map(lambda minutes: BEGIN + minutes * MINUTE)


def counts(measure: Measure, moment: datetime) -> bool:
    """The slow truth: whether the minute that begins here is worked."""
    if measure.round_the_clock:
        return True
    calendar, local = measure.calendar, moment.astimezone(ZONE)
    kind = calendar.exceptions.get(local.date())
    worked = local.isoweekday() in calendar.weekdays if kind is None else kind is DayKind.MAKEUP
    at = local.hour * 60 + local.minute
    return worked and any(start <= at < end for start, end in calendar.plan)


def paused(spells: list[Spell], moment: datetime) -> bool:
    return any(spell.start <= moment < spell.end for spell in spells)


@st.composite
def histories(draw: st.DrawFn) -> tuple[datetime, list[Spell]]:
    """A start, and pauses one after the other behind it."""
    start = draw(moments)
    edges = sorted(draw(st.lists(moments, max_size=6, unique=True)))
    edges = [edge for edge in edges if edge >= start]
    return start, [Spell(a, b) for a, b in zip(edges[::2], edges[1::2], strict=False)]


@given(histories(), st.integers(1, 900), measures)
@settings(max_examples=examples(50), deadline=None)
def test_a_promise_with_pauses_ends_where_counting_minutes_one_by_one_ends(
    history: tuple[datetime, list[Spell]], minutes: int, measure: Measure
) -> None:
    """The clock runs until the limit is used up; each pause, as it ends, moves the promise on."""
    start, spells = history
    promised = measure.add(start, minutes)
    taken = []
    for spell in spells:
        # nobody stops the clock of a matter whose time is over
        if promised is None or spell.start >= promised:
            break
        promised = after_pause(promised, spell.start, spell.end, measure)
        taken.append(spell)
    moment, left = start, minutes
    while left:
        left -= counts(measure, moment) and not paused(taken, moment)
        moment += MINUTE
    assert promised == promise_at(start, minutes, taken, measure)
    assert promised is not None
    # the same minute; where nobody works between two moments, both name it
    assert measure.between(moment, promised) == 0
    assert moment <= promised or measure.between(promised, moment) == 0
    assert used_minutes(start, promised, taken, measure) == minutes


@given(histories(), st.integers(1, 900), st.integers(1, 15), measures)
@settings(max_examples=examples(60), deadline=None)
def test_neither_a_pause_nor_more_time_ever_makes_a_promise_earlier(
    history: tuple[datetime, list[Spell]], minutes: int, days: int, measure: Measure
) -> None:
    start, spells = history
    promised = measure.add(start, minutes)
    assert promised is not None
    for spell in spells:
        moved = after_pause(promised, spell.start, spell.end, measure)
        assert moved is not None
        assert moved >= promised
        promised = moved
    longer = extended(promised, days, measure)
    assert longer is not None
    assert longer > promised


@dataclass(frozen=True)
class Clock:
    """A case as far as its time goes."""

    state: State = State.DISPATCHED
    promised_at: datetime | None = BEGIN + timedelta(days=2)
    handled_at: datetime | None = None
    paused_at: datetime | None = None
    paused_until: datetime | None = None
    promise_if_over: datetime | None = None


DAY = timedelta(days=1)


def test_a_stopped_clock_breaks_no_promise_and_mends_none() -> None:
    stopped = Clock(
        paused_at=BEGIN + DAY, paused_until=BEGIN + 6 * DAY, promise_if_over=BEGIN + 7 * DAY
    )
    assert not is_late_at(stopped, BEGIN + 5 * DAY)
    assert clock_at(stopped, BEGIN + 5 * DAY) == BEGIN + DAY
    # without anybody noting it, the clock runs again and the promise has moved
    assert due_at(stopped, BEGIN + 6 * DAY) == BEGIN + 7 * DAY
    assert not is_late_at(stopped, BEGIN + 7 * DAY)
    assert is_late_at(stopped, BEGIN + 7 * DAY + MINUTE)
    # who asks a question when it is too late hides nothing
    late = replace(stopped, paused_at=BEGIN + 3 * DAY)
    assert is_late_at(late, BEGIN + 5 * DAY)


def test_the_overdue_multiple_is_used_less_limit_by_limit() -> None:
    assert overdue_multiple(480, 480) == 0
    assert overdue_multiple(1200, 480) == 1.5
    assert overdue_multiple(240, 480) == -0.5
    with pytest.raises(ValueError, match="takes time"):
        overdue_multiple(1, 0)


def test_used_time_of_a_missing_year_is_not_known() -> None:
    measure = Measure(False, CALENDARS[0], ZONE)
    new_year = datetime(2026, 12, 31, 17, tzinfo=ZONE)
    assert used_minutes(new_year, new_year + 3 * DAY, [], measure) is None
    assert promise_at(new_year, 100, [], measure) is None
    assert after_pause(new_year, new_year, new_year + 3 * DAY, measure) is None
    assert whole_days(481, measure) == 2


def test_day_plans_are_read_as_they_are_written() -> None:
    assert read_plan("08:00-12:00 14:00-18:00") == ((8 * 60, 12 * 60), (14 * 60, 18 * 60))
    for wrong in (
        "",
        "8-12",
        "12:00-08:00",
        "08:00-25:00",
        "08:00-12:00 11:00-13:00",
        "08:61-09:00",
    ):
        with pytest.raises(ValueError):  # noqa: PT011  each is wrong in another way
            read_plan(wrong)


TODAY = date(2026, 11, 23)


def _limit(
    minutes: int, condition: str = "", tag: str = "", since: date = date(2026, 1, 1)
) -> Limit:
    return Limit(condition, tag, since, False, None, "test", (Stage(minutes),))


def test_r002_the_most_specific_limit_that_has_begun_holds() -> None:
    limits = [
        _limit(100),
        _limit(90, tag="main_road"),
        _limit(80, tag="key_area"),
        _limit(300, "serious"),
        _limit(20, "serious", "key_area"),
        _limit(10, "serious", "key_area", since=TODAY + DAY),
        _limit(70, since=TODAY),
    ]

    def held(condition: str, *tags: str, on: date = TODAY) -> int:
        found = limit_that_holds(limits, on, condition, tags)
        assert found is not None
        return found.minutes

    assert held("") == 70
    assert held("", on=TODAY - DAY) == 100
    assert held("", "main_road", "back_street") == 90
    assert held("", "main_road", "key_area") == 80
    assert held("serious") == 300
    assert held("serious", "main_road") == 300
    assert held("serious", "key_area") == 20
    assert held("serious", "key_area", on=TODAY + DAY) == 10
    assert held("never heard of") == 70
    assert limit_that_holds(limits, date(2025, 1, 1), "", ()) is None

"""Rules of series: read strictly, and expanded like a slow model and like a tried library."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from volunteers.rules.planning import span_on
from volunteers.rules.recurrence import (
    LONGEST_SERIES,
    MOST_INSTANCES,
    WEEKDAYS,
    BadRule,
    Frequency,
    Rule,
    RuleRefusal,
    check_series,
    read_rule,
)

FIRST = date(2026, 12, 1)
BERLIN, SHANGHAI = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")


def days(text: str, first: date = FIRST) -> list[date]:
    return check_series(read_rule(text), first)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", RuleRefusal.EMPTY),
        ("RRULE:FREQ=DAILY;COUNT=2\nRRULE:FREQ=WEEKLY;COUNT=2", RuleRefusal.TWO_RULES),
        ("FREQ=DAILY;COUNT=2 FREQ=WEEKLY", RuleRefusal.TWO_RULES),
        ("FREQ=SECONDLY;COUNT=2", RuleRefusal.UNKNOWN_PART),
        ("FREQ=YEARLY;BYMONTH=2", RuleRefusal.UNKNOWN_PART),
        ("FREQ=DAILY;BYSETPOS=1", RuleRefusal.UNKNOWN_PART),
        ("FREQ=DAILY;COUNT", RuleRefusal.NOT_A_RULE),
        ("FREQ=DAILY;COUNT=-2", RuleRefusal.NOT_A_RULE),
        ("FREQ=DAILY;INTERVAL=0;COUNT=2", RuleRefusal.NOT_A_RULE),
        ("FREQ=WEEKLY;BYDAY=1MO;COUNT=2", RuleRefusal.NOT_A_RULE),
        ("FREQ=WEEKLY;BYDAY=XX;COUNT=2", RuleRefusal.NOT_A_RULE),
        ("FREQ=MONTHLY;BYMONTHDAY=32;COUNT=2", RuleRefusal.NOT_A_RULE),
        ("FREQ=DAILY;UNTIL=20261301", RuleRefusal.NOT_A_RULE),
        ("FREQ=DAILY;COUNT=2;UNTIL=20261224", RuleRefusal.TWO_ENDS),
        ("FREQ=DAILY", RuleRefusal.NO_END),
        ("FREQ=DAILY;UNTIL=20261130", RuleRefusal.ENDS_BEFORE),
        ("FREQ=DAILY;COUNT=10000", RuleRefusal.TOO_MANY),
        ("FREQ=DAILY;COUNT=900", RuleRefusal.TOO_LONG),
        ("FREQ=DAILY;UNTIL=20300101", RuleRefusal.TOO_LONG),
        ("FREQ=MONTHLY;BYMONTHDAY=31;UNTIL=20261215", RuleRefusal.NEVER),
    ],
)
def test_a_rule_that_nobody_can_keep_is_refused_with_its_reason(
    text: str, code: RuleRefusal
) -> None:
    with pytest.raises(BadRule) as bad:
        days(text)
    assert bad.value.code is code


def test_a_line_of_a_calendar_is_read_as_it_is_copied() -> None:
    assert days("RRULE:FREQ=WEEKLY;UNTIL=20261215T000000Z;BYDAY=TU;WKST=MO") == [
        date(2026, 12, day) for day in (1, 8, 15)
    ]


def test_the_first_saturday_of_each_month() -> None:
    found = days("FREQ=MONTHLY;BYDAY=1SA;COUNT=3")
    assert found == [date(2026, 12, 5), date(2027, 1, 2), date(2027, 2, 6)]


def slow_days(rule: Rule, first: date) -> list[date]:
    """Day by day: is this one of them?"""
    found: list[date] = []
    for ahead in range(LONGEST_SERIES.days + 1):
        day = first + timedelta(days=ahead)
        if rule.until is not None and day > rule.until:
            break
        if rule.count is not None and len(found) == rule.count:
            break
        if is_one(rule, first, day):
            found.append(day)
    return found


def is_one(rule: Rule, first: date, day: date) -> bool:
    last = (date(day.year + day.month // 12, day.month % 12 + 1, 1) - timedelta(days=1)).day
    nth, back = (day.day - 1) // 7 + 1, -((last - day.day) // 7 + 1)
    named = any(at == day.weekday() and which in {0, nth, back} for which, at in rule.weekdays)
    if rule.frequency is Frequency.DAILY:
        return (day - first).days % rule.interval == 0 and (named or not rule.weekdays)
    if rule.frequency is Frequency.WEEKLY:
        monday = first - timedelta(days=first.weekday())
        turn = (day - monday).days // 7 % rule.interval == 0
        return turn and (named if rule.weekdays else day.weekday() == first.weekday())
    months = (day.year - first.year) * 12 + day.month - first.month
    if months % rule.interval:
        return False
    if rule.weekdays:
        return named
    wanted = rule.monthdays or (first.day,)
    return day.day in wanted or day.day - last - 1 in wanted


FIRSTS = st.dates(date(2024, 1, 1), date(2030, 12, 31))


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    frequency = draw(st.sampled_from(list(Frequency)))
    monthly = frequency is Frequency.MONTHLY
    which = st.sampled_from([0, 1, 2, 3, 4, 5, -1]) if monthly else st.just(0)
    weekdays = draw(st.lists(st.tuples(which, st.integers(0, 6)), max_size=4, unique=True))
    monthdays: list[int] = []
    if monthly and not weekdays:
        numbers = st.integers(1, 31) | st.integers(-31, -1)
        monthdays = draw(st.lists(numbers, max_size=3, unique=True))
    return Rule(
        frequency, draw(st.integers(1, 10)), tuple(weekdays), tuple(monthdays),
        count=draw(st.integers(1, 20)),
    )  # fmt: skip


@given(rules(), FIRSTS)
@settings(max_examples=120, deadline=None)
def test_every_rule_gives_the_days_of_a_slow_day_by_day_model(rule: Rule, first: date) -> None:
    slow = slow_days(rule, first)
    if len(slow) < (rule.count or 0):
        # two years are too few for so many times
        with pytest.raises(BadRule):
            check_series(rule, first)
    else:
        assert check_series(rule, first) == slow


@given(rules(), FIRSTS)
@settings(max_examples=120, deadline=None)
def test_every_rule_is_read_as_a_tried_library_reads_it(rule: Rule, first: date) -> None:
    assert read_rule(rule.text()) == rule
    # RFC 5545 adds MO and 1MO together; the library takes the days that are both
    assume(len({bool(nth) for nth, _ in rule.weekdays}) < 2)
    endless = replace(rule, count=None, until=first + LONGEST_SERIES)
    start = datetime.combine(first, time())
    theirs = [at.date() for at in islice(rrulestr(endless.text(), dtstart=start), rule.count)]
    try:
        ours = check_series(rule, first)
    except BadRule:
        ours = theirs if len(theirs) < (rule.count or 0) else []
    assert ours == theirs


@given(FIRSTS, st.times(), st.integers(1, 960), st.sampled_from([BERLIN, SHANGHAI]))
@settings(max_examples=200, deadline=None)
def test_a_shift_is_at_its_hour_of_the_wall_clock_on_both_sides_of_a_change(
    day: date, start: time, minutes: int, zone: ZoneInfo
) -> None:
    start = start.replace(second=0, microsecond=0)
    span = span_on(day, start, minutes, zone)
    assert span.starts_at < span.ends_at
    wall = span.starts_at.astimezone(zone)
    exists = datetime.combine(day, start, zone).astimezone(UTC).astimezone(zone)
    if exists.time() == start:
        assert (wall.date(), wall.time()) == (day, start)
    if zone is SHANGHAI:
        assert span.minutes == minutes


def test_the_hour_that_no_clock_shows_and_the_one_that_comes_twice() -> None:
    spring, autumn = date(2027, 3, 28), date(2027, 10, 31)
    lost = span_on(spring, time(2, 30), 60, BERLIN)
    assert lost.starts_at == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert lost.minutes > 0
    assert span_on(autumn, time(1), 180, BERLIN).minutes == 240
    assert span_on(spring, time(1), 180, BERLIN).minutes == 120


def test_no_series_is_longer_than_it_may_be() -> None:
    found = days("FREQ=DAILY;COUNT=732")
    assert len(found) == LONGEST_SERIES.days + 1
    assert len(found) < MOST_INSTANCES
    assert WEEKDAYS[found[0].weekday()] == "TU"

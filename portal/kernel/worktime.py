"""Working time: minutes that count, on days that count; and nothing when nobody knows the days.

The calendar of public holidays and make-up days is a table for the years we know. A limit that
reaches into a year without a table has no answer (None): a guess would promise a wrong day.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

SHIPPED = Path(__file__).with_name("data") / "working-days.csv"
HOUR = 60
WEEKDAYS = frozenset({1, 2, 3, 4, 5})
Span = tuple[int, int]
# 08:00–12:00 and 14:00–18:00, minutes after midnight: 480 minutes a working day
DAY_PLAN: tuple[Span, ...] = ((8 * 60, 12 * 60), (14 * 60, 18 * 60))


class DayKind(StrEnum):
    """How a day differs from what its weekday says."""

    HOLIDAY = "holiday"
    MAKEUP = "makeup"


@dataclass(frozen=True)
class Calendar:
    """Which days are worked and when. ``years`` are those whose holidays are known in full."""

    years: frozenset[int]
    exceptions: Mapping[date, DayKind] = field(default_factory=dict)
    plan: tuple[Span, ...] = DAY_PLAN
    # which days of the week are worked when nothing else is said of them; Monday is 1
    weekdays: frozenset[int] = WEEKDAYS

    def __post_init__(self) -> None:
        ends = [0, *(minute for span in self.plan for minute in span), 24 * 60]
        if not self.plan or ends != sorted(ends) or any(a >= b for a, b in self.plan):
            raise ValueError("a day plan needs spans in order, inside the day, none of them empty")

    def knows(self, day: date) -> bool:
        return day.year in self.years

    def is_working(self, day: date) -> bool | None:
        """Whether a day is worked; None when its year's table is missing."""
        if not self.knows(day):
            return None
        kind = self.exceptions.get(day)
        if kind is not None:
            return kind is DayKind.MAKEUP
        return day.isoweekday() in self.weekdays

    @property
    def minutes_a_day(self) -> int:
        return sum(end - start for start, end in self.plan)


@dataclass(frozen=True)
class Measure:
    """In which time a limit runs: the working time of a calendar, or (urgent) any hour."""

    round_the_clock: bool
    calendar: Calendar
    zone: ZoneInfo

    def add(self, start: datetime, minutes: float) -> datetime | None:
        """The moment when so many minutes of this time have passed; None: a year is missing."""
        if self.round_the_clock:
            return start.astimezone(UTC) + timedelta(minutes=minutes)
        return add_working_minutes(start, minutes, self.calendar, self.zone)

    def between(self, start: datetime, end: datetime) -> float | None:
        """How many minutes of this time lie between two moments; None: a year is missing."""
        if self.round_the_clock:
            return max(0.0, (end - start) / timedelta(minutes=1))
        return working_minutes_between(start, end, self.calendar, self.zone)

    @property
    def minutes_a_day(self) -> int:
        return 24 * 60 if self.round_the_clock else self.calendar.minutes_a_day


def read_plan(text: str) -> tuple[Span, ...]:
    """``08:00-12:00 14:00-18:00`` as spans; raises ValueError when it is no day plan."""
    spans = tuple((_minute(a), _minute(b)) for a, b in (part.split("-") for part in text.split()))
    return Calendar(frozenset(), plan=spans).plan


def _minute(text: str) -> int:
    hours, minutes = (int(part) for part in text.split(":") if part.isdecimal())
    if minutes >= HOUR:
        raise ValueError("an hour has sixty minutes")
    return hours * HOUR + minutes


def load_calendar(path: Path = SHIPPED) -> Calendar:
    """The shipped calendar, or a city's own file of the same shape (day, kind)."""
    return _read(path)


@cache
def _read(path: Path) -> Calendar:
    exceptions: dict[date, DayKind] = {}
    years: set[int] = set()
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        for row in rows:
            day = date.fromisoformat(row["day"])
            exceptions[day] = DayKind(row["kind"])
            years.add(day.year)
    return Calendar(frozenset(years), exceptions)


def _spans(day: date, calendar: Calendar, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    for start, end in calendar.plan:
        yield _moment(day, start, zone), _moment(day, end, zone)


def _moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    if minute == 24 * 60:
        day, minute = day + timedelta(days=1), 0
    return datetime.combine(day, time(minute // 60, minute % 60), zone).astimezone(UTC)


def add_working_minutes(
    start: datetime, minutes: float, calendar: Calendar, zone: ZoneInfo
) -> datetime | None:
    """The moment (UTC) when so many working minutes have passed; None when a year is missing.

    Nought minutes end at the start itself, also outside working hours.
    """
    if minutes < 0:
        raise ValueError("working time does not run backwards")
    left = timedelta(minutes=minutes)
    moment = start.astimezone(UTC)
    if not left:
        return moment
    day = start.astimezone(zone).date()
    while (working := calendar.is_working(day)) is not None:
        for begin, end in _spans(day, calendar, zone) if working else ():
            usable = end - max(begin, moment)
            if usable >= left:
                return max(begin, moment) + left
            left -= max(usable, timedelta())
        day += timedelta(days=1)
    return None


def working_minutes_between(
    start: datetime, end: datetime, calendar: Calendar, zone: ZoneInfo
) -> float | None:
    """How many working minutes lie between two moments; None when a year is missing."""
    if end <= start:
        return 0.0
    total = timedelta()
    day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    while day <= last:
        working = calendar.is_working(day)
        if working is None:
            return None
        for begin, finish in _spans(day, calendar, zone) if working else ():
            total += max(min(finish, end) - max(begin, start), timedelta())
        day += timedelta(days=1)
    return total / timedelta(minutes=1)


def add_working_days(
    start: datetime, days: int, calendar: Calendar, zone: ZoneInfo
) -> datetime | None:
    """The end of the last working hour of the n-th working day after the day of ``start``."""
    if days < 1:
        raise ValueError("at least one working day")
    day = start.astimezone(zone).date()
    while days:
        day += timedelta(days=1)
        working = calendar.is_working(day)
        if working is None:
            return None
        days -= working
    return _moment(day, calendar.plan[-1][1], zone)

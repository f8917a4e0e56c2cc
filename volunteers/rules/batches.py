"""Many shifts at once: which days, how many, and what undoes them. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from portal.kernel.worktime import Calendar, DayKind

MOST_AT_ONCE: Final = 1000
LONGEST_RANGE: Final = timedelta(days=366)
MOST_LINES: Final = 2000


class BatchKind(StrEnum):
    """How many shifts came at once."""

    FORM = "form"
    FILE = "file"


class BatchRefusal(StrEnum):
    """Why many shifts are not made, or not undone."""

    NO_DAYS = "shift_batch.no_days"
    BACKWARDS = "shift_batch.backwards"
    LONG_RANGE = "shift_batch.long_range"
    TOO_MANY = "shift_batch.too_many"
    HAS_PEOPLE = "shift_batch.has_people"
    UNDONE = "shift_batch.undone"
    NO_CALENDAR = "shift_batch.no_calendar"
    NO_FILE = "shift_batch.no_file"
    BIG_FILE = "shift_batch.big_file"
    BAD_LINES = "shift_batch.bad_lines"
    NOT_READ = "shift_batch.not_read"
    NO_COLUMN = "shift_batch.no_column"


@dataclass(frozen=True)
class DaysWish:
    """Days from the first to the last that fall on some weekdays (Monday is 1)."""

    first: date | None
    last: date | None
    weekdays: frozenset[int]
    skip_holidays: bool = False


def flaw_of_days(wish: DaysWish) -> tuple[BatchRefusal, str] | None:
    """The first thing wrong with the days, and the field to blame."""
    if wish.first is None or wish.last is None:
        return BatchRefusal.NO_DAYS, "first" if wish.first is None else "last"
    if wish.last < wish.first:
        return BatchRefusal.BACKWARDS, "last"
    if wish.last - wish.first > LONGEST_RANGE:
        return BatchRefusal.LONG_RANGE, "last"
    return None if wish.weekdays else (BatchRefusal.NO_DAYS, "weekdays")


def days_of(wish: DaysWish, calendar: Calendar) -> Iterator[date]:
    """The days, in order; without public holidays where that is wished."""
    day, last = wish.first, wish.last
    while day is not None and last is not None and day <= last:
        if day.isoweekday() in wish.weekdays and not (
            wish.skip_holidays and is_holiday(day, calendar)
        ):
            yield day
        day += timedelta(days=1)


def is_holiday(day: date, calendar: Calendar) -> bool:
    """Whether a calendar calls the day a holiday (a plain weekend is none)."""
    return calendar.exceptions.get(day) is DayKind.HOLIDAY


def first_unknown(days: Sequence[date], calendar: Calendar) -> date | None:
    """The first of some days of whose year nobody knows the holidays: nothing is guessed."""
    return next((day for day in days if not calendar.knows(day)), None)

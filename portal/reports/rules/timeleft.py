"""How much time a promise leaves, in the time it was promised in: working time, or any hour."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil
from zoneinfo import ZoneInfo

from portal.kernel.worktime import Calendar, working_minutes_between

HOUR, DAY = 60, 24 * 60


class Span(StrEnum):
    """In which measure a time is said."""

    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"


@dataclass(frozen=True)
class TimeLeft:
    """``count`` of a measure until the promised moment, or (overdue) since it."""

    count: int
    span: Span
    working: bool
    overdue: bool


def time_left(
    promised_at: datetime,
    now: datetime,
    *,
    round_the_clock: bool,
    calendar: Calendar,
    zone: ZoneInfo,
) -> TimeLeft | None:
    """The time between now and a promise; None when the calendar of a year between is missing."""
    overdue = promised_at < now
    start, end = sorted((promised_at, now))
    minutes: float | None = (end - start) / timedelta(minutes=1)
    if not round_the_clock:
        minutes = working_minutes_between(start, end, calendar, zone)
    if minutes is None:
        return None
    day = DAY if round_the_clock else calendar.minutes_a_day
    count, span = _measured(minutes, day)
    return TimeLeft(count, span, working=not round_the_clock, overdue=overdue)


def as_time(minutes: float, day: int, *, working: bool) -> TimeLeft:
    """A length of time in the measure that people would use; ``day``: the minutes of a day."""
    count, span = _measured(minutes, day)
    return TimeLeft(count, span, working=working, overdue=False)


def _measured(minutes: float, day: int) -> tuple[int, Span]:
    """Whole days or hours that are certainly there; the last hour in minutes, begun ones too."""
    if minutes >= day:
        return int(minutes // day), Span.DAYS
    if minutes >= HOUR:
        return int(minutes // HOUR), Span.HOURS
    return ceil(minutes), Span.MINUTES

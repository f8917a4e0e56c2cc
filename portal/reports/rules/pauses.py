"""Time that does not count: waiting for the reporter, or a matter that cannot be settled for now.

A pause has an end from the start. Until then the clock shows the moment it was stopped; after it
the clock runs again, whether or not anything in the house has noticed: ``promise_if_over`` was
worked out when the pause began. So lateness is right on every read, with a dead worker as well.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import ceil
from typing import Protocol
from zoneinfo import ZoneInfo

from portal.kernel.worktime import Measure
from portal.reports.rules.codes import State
from portal.reports.rules.deadlines import is_late

ANSWER_DAYS = 5
LONGEST_SUSPENSION_DAYS = 366
MOST_EXTENSIONS, LONGEST_EXTENSION_DAYS = 1, 15


class HasClock(Protocol):
    """A case or a row of one, as far as its time goes."""

    @property
    def state(self) -> State: ...

    @property
    def promised_at(self) -> datetime | None: ...

    @property
    def handled_at(self) -> datetime | None: ...

    @property
    def paused_at(self) -> datetime | None: ...

    @property
    def paused_until(self) -> datetime | None: ...

    @property
    def promise_if_over(self) -> datetime | None: ...


@dataclass(frozen=True)
class Spell:
    """A pause that is over, or that ends at a known moment."""

    start: datetime
    end: datetime


def stands_still(case: HasClock, now: datetime) -> bool:
    """Whether the clock is stopped at this moment."""
    return case.paused_until is not None and now < case.paused_until


def due_at(case: HasClock, now: datetime) -> datetime | None:
    """The promise as it holds at a moment: a pause that ran out has moved it already."""
    if case.paused_until is not None and case.paused_until <= now:
        return case.promise_if_over
    return case.promised_at


def clock_at(case: HasClock, now: datetime) -> datetime:
    """What the case's clock shows: while it is stopped, the moment when it was stopped."""
    if case.paused_at is not None and stands_still(case, now):
        return case.paused_at
    return now


def is_late_at(case: HasClock, now: datetime) -> bool:
    """Whether a promise is broken. A stopped clock breaks none, and mends none either."""
    return is_late(case.state, due_at(case, now), case.handled_at, clock_at(case, now))


def after_pause(
    promised_at: datetime | None, start: datetime, end: datetime, measure: Measure
) -> datetime | None:
    """The promise moved by the time that a pause took of it: never earlier than before."""
    spent = measure.between(start, end)
    if promised_at is None or spent is None:
        return None
    return measure.add(promised_at, spent)


def promise_at(
    start: datetime, minutes: int, spells: Iterable[Spell], measure: Measure
) -> datetime | None:
    """The end of a limit that began at ``start``, without the time of its pauses."""
    total: float = minutes
    for spell in spells:
        spent = measure.between(max(spell.start, start), spell.end)
        if spent is None:
            return None
        total += spent
    return measure.add(start, total)


def extended(promised_at: datetime | None, days: int, measure: Measure) -> datetime | None:
    """The promise some (working) days later."""
    return None if promised_at is None else measure.add(promised_at, days * measure.minutes_a_day)


def used_minutes(
    start: datetime, end: datetime, spells: Iterable[Spell], measure: Measure
) -> float | None:
    """How much of its time a matter has used, without its pauses; None: a year is missing."""
    whole = measure.between(start, end)
    parts = [measure.between(max(s.start, start), min(s.end, end)) for s in spells]
    if whole is None or None in parts:
        return None
    return max(0.0, whole - sum(part or 0.0 for part in parts))


def overdue_multiple(used: float, limit: int) -> float:
    """超时倍数: (used - limit) / limit (facts §5); below nought while there is time."""
    if limit <= 0:
        raise ValueError("a limit takes time")
    return (used - limit) / limit


def whole_days(minutes: float, measure: Measure) -> int:
    """A limit in begun (working) days: what is promised when no date can be."""
    return max(1, ceil(minutes / measure.minutes_a_day))


def answer_until(now: datetime, days: int) -> datetime:
    """Until when a reporter is waited for."""
    return now + timedelta(days=days)


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The midnight after a day of the city."""
    return datetime.combine(day + timedelta(days=1), time(), zone)

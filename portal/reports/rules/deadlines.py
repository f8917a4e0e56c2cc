"""The promised date, lateness (derived on every read, never stored) and the three clocks (R285)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from portal.kernel.worktime import Calendar, add_working_minutes
from portal.reports.rules.codes import State
from portal.reports.rules.transitions import OPEN


@dataclass(frozen=True)
class Promise:
    """Until when a matter shall be handled; None when the city's calendar misses a year."""

    at: datetime | None
    days: int | None


@dataclass(frozen=True)
class Clocks:
    """Found fast, handled fast, fed back fast. None while a clock is still running."""

    found: timedelta | None
    handled: timedelta | None
    fed_back: timedelta | None


def promise(
    start: datetime, minutes: int, *, round_the_clock: bool, calendar: Calendar, zone: ZoneInfo
) -> Promise:
    """The end of a time limit, in working or (urgent) in running minutes."""
    if round_the_clock:
        end: datetime | None = start + timedelta(minutes=minutes)
    else:
        end = add_working_minutes(start, minutes, calendar, zone)
    if end is None:
        return Promise(None, None)
    days = (end.astimezone(zone).date() - start.astimezone(zone).date()).days
    return Promise(end, days)


def is_late(
    state: State, promised_at: datetime | None, handled_at: datetime | None, now: datetime
) -> bool:
    """Whether a promise is broken. Once handled, the wait for the check counts no more."""
    if promised_at is None or state not in OPEN:
        return False
    if state is State.HANDLED and handled_at is not None:
        return handled_at > promised_at
    return promised_at < now


def clocks(
    found_at: datetime,
    accepted_at: datetime | None,
    handled_at: datetime | None,
    fed_back_at: datetime | None,
) -> Clocks:
    """Report to acceptance, acceptance to handling, handling (or a refusal) to feedback."""
    accepted = accepted_at or found_at
    return Clocks(
        found=accepted_at - found_at if accepted_at else None,
        handled=handled_at - accepted if handled_at else None,
        fed_back=fed_back_at - (handled_at or accepted) if fed_back_at else None,
    )

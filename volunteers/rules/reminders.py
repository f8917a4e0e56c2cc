"""When people are reminded of their shifts, and when they are left in peace. Pure.

A reminder whose moment falls into the quiet hours is sent before they begin; one that could not
leave in time is sent as long as it is of use, and never in the quiet hours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from volunteers.rules.limits import whole_number

DAY: Final = timedelta(hours=24)
HOURS: Final = timedelta(hours=2)
# so long before the quiet hours the reminders of the night leave: couriers take their time
BEFORE_QUIET: Final = timedelta(minutes=30)
LONGEST_QUIET: Final = 14
# no reminder is due longer before its shift
AHEAD: Final = DAY + timedelta(hours=LONGEST_QUIET) + BEFORE_QUIET
# name in the city file: (usual value, least, most); hours of the day in the city
SETTINGS: Final[Mapping[str, tuple[int, int, int]]] = {
    "volunteer_quiet_from_hour": (22, 0, 23),
    "volunteer_quiet_until_hour": (8, 0, 23),
    "volunteer_alarm_hours": (24, 0, 168),
    "volunteer_board_days": (14, 1, 60),
    "volunteer_messages_a_day": (5, 1, 50),
}


class Reminder(StrEnum):
    """What somebody with a seat is told by the clock, once each."""

    DAY_BEFORE = "day_before"
    HOURS_BEFORE = "hours_before"
    CONFIRM = "confirm"  # the shift was changed, and she has not said yes again


@dataclass(frozen=True)
class Quiet:
    """The hours of the night in the city, its end not included; the same hour twice: none."""

    zone: tzinfo
    start: int = 22
    end: int = 8

    @property
    def hours(self) -> int:
        return (self.end - self.start) % 24

    def begun(self, moment: datetime) -> datetime | None:
        """When the quiet hours began in which a moment lies; None: it lies in none."""
        there = moment.astimezone(self.zone)
        since = (there.hour - self.start) % 24
        if since >= self.hours:
            return None
        day = there.date() if there.hour >= self.start else there.date() - timedelta(days=1)
        return datetime.combine(day, time(self.start), self.zone).astimezone(moment.tzinfo)

    def ended(self, moment: datetime) -> datetime:
        """A moment, or the end of the quiet hours in which it lies."""
        begun = self.begun(moment)
        if begun is None:
            return moment
        there = begun.astimezone(self.zone)
        day = there.date() + timedelta(days=self.end <= self.start)
        return datetime.combine(day, time(self.end), self.zone).astimezone(moment.tzinfo)

    def moved(self, moment: datetime) -> datetime:
        """A moment, or the one before the quiet hours in which it lies."""
        begun = self.begun(moment)
        return moment if begun is None else begun - BEFORE_QUIET


@dataclass(frozen=True)
class Messaging:
    """What a city sets about messages to its volunteers."""

    quiet: Quiet
    alarm: timedelta
    board: timedelta
    a_day: int


def messaging_from(thresholds: Mapping[str, object], zone: tzinfo) -> Messaging:
    """The settings of a city file. Raises ValueError with the name of a wrong one."""
    found = {name: whole_number(thresholds, name, *bounds) for name, bounds in SETTINGS.items()}
    quiet = Quiet(zone, found["volunteer_quiet_from_hour"], found["volunteer_quiet_until_hour"])
    if quiet.hours > LONGEST_QUIET:
        raise ValueError(f"volunteer_quiet_until_hour: at most {LONGEST_QUIET} quiet hours")
    return Messaging(
        quiet=quiet,
        alarm=timedelta(hours=found["volunteer_alarm_hours"]),
        board=timedelta(days=found["volunteer_board_days"]),
        a_day=found["volunteer_messages_a_day"],
    )


@dataclass(frozen=True)
class Held:
    """A seat as the clock looks at it. ``taken_at``: since when she has it; ``changed_at``: when
    time or place of the shift last changed; ``day_before`` and ``hours_before``: she wants them."""

    starts_at: datetime
    taken_at: datetime
    changed_at: datetime | None = None
    confirmed: bool = True
    day_before: bool = True
    hours_before: bool = True


@dataclass(frozen=True)
class Due:
    """A reminder and what it is about: the start of the shift, or the change of it."""

    kind: Reminder
    about: datetime


def due_of(held: Held, now: datetime, quiet: Quiet) -> list[Due]:
    """What somebody is to be told now, whether or not it was told already."""
    if quiet.begun(now) is not None or now >= held.starts_at:
        return []
    found = [] if held.confirmed else _to_confirm(held, now)
    day, hours = quiet.moved(held.starts_at - DAY), quiet.moved(held.starts_at - HOURS)
    # who came later, or heard of a change later, knows it already
    known = max(held.taken_at, held.changed_at or held.taken_at)
    if held.day_before and known <= day <= now < hours:
        found.append(Due(Reminder.DAY_BEFORE, held.starts_at))
    if held.hours_before and known <= hours <= now:
        found.append(Due(Reminder.HOURS_BEFORE, held.starts_at))
    return found


def _to_confirm(held: Held, now: datetime) -> list[Due]:
    """She is asked once more a day after the change, or halfway to the start."""
    if held.changed_at is None:
        return []
    wait = min(DAY, (held.starts_at - held.changed_at) / 2)
    return [Due(Reminder.CONFIRM, held.changed_at)] if now >= held.changed_at + wait else []

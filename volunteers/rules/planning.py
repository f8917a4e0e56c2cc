"""A shift as its organiser plans it: when on the city's wall clock, where, with which seats. Pure.

The wall clock is what people read: a shift at 08:00 is at 08:00 on both sides of a change of the
clocks, and its end is counted on the wall clock as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from volunteers.rules.activities import LONGEST_PLACE, DutyKind, qualifications, shift_roles
from volunteers.rules.shifts import LONGEST_SHIFT, MOST_SEATS, Span

DAY: Final = timedelta(days=1)
# nobody plans further ahead: who leads the team then is not known
FARTHEST: Final = timedelta(days=731)


class ShiftRefusal(StrEnum):
    """Why a shift is not planned, changed or called off."""

    NO_DAY = "shift.no_day"
    NO_TIME = "shift.no_time"
    ENDS_BEFORE = "shift.ends_before"
    TOO_LONG = "shift.too_long"
    PAST = "shift.past"
    FAR = "shift.far"
    NO_PLACE = "shift.no_place"
    NO_DUTY = "shift.no_duty"
    LONG_PLACE = "shift.long_place"
    NO_SEATS = "shift.no_seats"
    MANY_SEATS = "shift.many_seats"
    LEAST_ABOVE = "shift.least_above"
    NO_ROLE = "shift.no_role"
    NO_QUALIFICATION = "shift.no_qualification"
    BELOW_TAKEN = "shift.below_taken"
    NOT_PLANNED = "shift.not_planned"
    OVER = "shift.over"
    CHANGED = "shift.changed"
    NO_REASON = "shift.no_reason"
    NOT_OPEN = "shift.activity_not_open"
    NO_NAME = "shift.template_no_name"


@dataclass(frozen=True)
class PostWish:
    """The seats of one role: at most, at least, and what one must have learnt for it."""

    role: str
    seats: int
    least: int = 0
    qualification: str | None = None


@dataclass(frozen=True)
class TimesWish:
    """Times on the wall clock. ``next_day``: the end is on the day after (a night patrol)."""

    start: time | None
    end: time | None
    next_day: bool = False

    @property
    def minutes(self) -> int:
        """How long it is on the wall clock; nought or less when it ends before it starts."""
        if self.start is None or self.end is None:
            return 0
        start = self.start.hour * 60 + self.start.minute
        end = self.end.hour * 60 + self.end.minute + (24 * 60 if self.next_day else 0)
        return end - start


@dataclass(frozen=True)
class PlanWish:
    """What shifts of one sort have in common, whichever days they are on."""

    times: TimesWish
    duty: str
    area: str
    meeting_place: str
    posts: Sequence[PostWish]


Flaw = tuple[ShiftRefusal, str | None]


def flaw_of_plan(wish: PlanWish) -> Flaw | None:
    """The first thing wrong with a plan, and the field to blame."""
    needed = (
        (wish.times.start is None, ShiftRefusal.NO_TIME, "start"),
        (wish.times.end is None, ShiftRefusal.NO_TIME, "end"),
        (wish.times.minutes <= 0, ShiftRefusal.ENDS_BEFORE, "end"),
        (timedelta(minutes=wish.times.minutes) > LONGEST_SHIFT, ShiftRefusal.TOO_LONG, "end"),
        (wish.duty not in set(DutyKind), ShiftRefusal.NO_DUTY, "duty"),
        (len(wish.meeting_place) > LONGEST_PLACE, ShiftRefusal.LONG_PLACE, "meeting_place"),
    )
    found = next(((code, name) for wrong, code, name in needed if wrong), None)
    return found or flaw_of_posts(wish.posts)


def flaw_of_posts(posts: Sequence[PostWish]) -> Flaw | None:
    """The first thing wrong with the seats of a shift."""
    if not posts:
        return ShiftRefusal.NO_SEATS, "seats_member"
    for post in posts:
        if post.role not in shift_roles():
            return ShiftRefusal.NO_ROLE, None
        if not 1 <= post.seats <= MOST_SEATS:
            return ShiftRefusal.MANY_SEATS, f"seats_{post.role}"
        if not 0 <= post.least <= post.seats:
            return ShiftRefusal.LEAST_ABOVE, f"least_{post.role}"
        if post.qualification is not None and post.qualification not in qualifications():
            return ShiftRefusal.NO_QUALIFICATION, f"needs_{post.role}"
    return None


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a day in the city, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def span_on(day: date, start: time, minutes: int, zone: ZoneInfo) -> Span:
    """When a shift of a day is, in UTC.

    Where the clocks are put forward, a start that no clock shows is read by the old time; should
    the end then come before it, the shift lasts as long as planned.
    """
    wall = datetime.combine(day, start)
    begins = wall.replace(tzinfo=zone).astimezone(UTC)
    length = timedelta(minutes=minutes)
    ends = (wall + length).replace(tzinfo=zone).astimezone(UTC)
    return Span(begins, ends if ends > begins else begins + length)


def flaw_of_span(span: Span, now: datetime) -> Flaw | None:
    """Whether a shift lies where one can still plan."""
    if span.starts_at <= now:
        return ShiftRefusal.PAST, "day"
    if span.starts_at > now + FARTHEST:
        return ShiftRefusal.FAR, "day"
    return None

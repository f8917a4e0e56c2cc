"""A whole day of a place is called off in one act: shifts, sign-ups, seats, and everybody is told.

It cannot be undone, for people were told; the shift is planned again as a new one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.areas.queries import AreaRow, area_by_code
from portal.kernel.clock import city_day, is_countable
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.kernel.ids import new_id, new_number
from portal.kernel.instance import instance_of
from volunteers.models import Shift, ShiftPost
from volunteers.queries.on_the_day import DayShift, expected_on, shifts_of_day
from volunteers.rules.calling_off import CallOffRefusal, print_of
from volunteers.rules.shifts import ShiftState
from volunteers.service.acts import note
from volunteers.service.calling_off import call_off_shifts
from volunteers.service.on_the_day import shift_here


@dataclass(frozen=True)
class Day:
    """A day of a place as its preview shows it."""

    area: AreaRow
    on: date
    shifts: Sequence[DayShift]
    people: Mapping[UUID, int]

    @property
    def mark(self) -> str:
        return print_of((one.id, self.people.get(one.id, 0)) for one in self.shifts)


def day_here(session: Session, actor: Actor, code: str, on: date | None, now: datetime) -> Day:
    """What is planned on a day of a place in somebody's reach, and has not ended."""
    area = area_by_code(session, code)
    if area is None or not actor.may(Permission.SHIFT_MANAGE, place_path=area.path):
        raise Refused(CallOffRefusal.NO_PLACE, field="area")
    if on is None or not is_countable(on):
        raise Refused(CallOffRefusal.NO_DAY, field="day")
    zone = instance_of(session).city.zone
    if on < city_day(now, zone):
        raise Refused(CallOffRefusal.PAST, field="day")
    first = datetime.combine(on, time(), zone)
    end = datetime.combine(on + timedelta(days=1), time(), zone)
    shifts = [
        shift for shift in shifts_of_day(session, [area.path], first, end) if shift.ends_at > now
    ]
    return Day(area, on, shifts, expected_on(session, [shift.id for shift in shifts]))


def call_off_day(
    session: Session,
    actor: Actor,
    code: str,
    on: date | None,
    reason: str,
    seen: str,
    *,
    now: datetime,
) -> int:
    """Call off everything that the preview showed; how many shifts. ``seen``: the preview's mark.

    Conflict when shifts or people changed since the preview.
    """
    day = day_here(session, actor, code, on, now)
    if not day.shifts:
        raise Refused(CallOffRefusal.NOTHING, field="day")
    if not reason.strip():
        raise Refused(CallOffRefusal.NO_REASON, field="reason")
    if day.mark != seen:
        raise Conflict(CallOffRefusal.CHANGED)
    ids = [shift.id for shift in day.shifts]
    if call_off_shifts(session, actor, ids, reason=reason.strip(), now=now) != len(ids):
        raise Conflict(CallOffRefusal.CHANGED)
    for shift in day.shifts:
        note(session, actor, "shift:call_off", shift.number, now, reason.strip())
    return len(day.shifts)


def plan_again(
    session: Session, actor: Actor, number: str, starts_at: datetime | None, *, now: datetime
) -> str:
    """A new shift like one that was called off, at another time, with free seats; its number."""
    old = shift_here(session, number, actor)
    if old.state is not ShiftState.CANCELLED:
        raise Refused(CallOffRefusal.NOT_CALLED_OFF)
    if actor.person_id is None:
        raise Forbidden
    if starts_at is None:
        raise Refused(CallOffRefusal.NO_DAY, field="starts_at")
    if starts_at <= now:
        raise Refused(CallOffRefusal.PAST_COPY, field="starts_at")
    row = session.get(Shift, old.id)
    if row is None:
        raise Missing
    copied = new_number()
    new = Shift(
        id=new_id(), number=copied, activity_id=row.activity_id, duty=row.duty,
        starts_at=starts_at, ends_at=starts_at + (row.ends_at - row.starts_at),
        area_id=row.area_id, place_path=row.place_path, meeting_place=row.meeting_place,
        lon=row.lon, lat=row.lat, state=ShiftState.PLANNED, made_at=now,
    )  # fmt: skip
    session.add(new)
    # its posts refer to it
    session.flush()
    posts = session.scalars(select(ShiftPost).where(ShiftPost.shift_id == old.id))
    session.add_all(
        ShiftPost(
            shift_id=new.id, role=post.role, leads=post.leads,
            qualification=post.qualification, least=post.least, seats=post.seats,
        )
        for post in posts
    )  # fmt: skip
    return copied

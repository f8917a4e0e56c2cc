"""Single shifts: planned and changed by the organisers of a place."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, insert, select, update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.areas.queries import AreaRow
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import new_id, new_number
from portal.kernel.instance import instance_of
from volunteers.models import Shift, ShiftPost, SignUp
from volunteers.queries.activities import ActivityRow
from volunteers.queries.shifts import ShiftRow, shift
from volunteers.rules.activities import ActivityState, DutyKind, shift_roles
from volunteers.rules.offering import WRITABLE
from volunteers.rules.planning import (
    PlanWish,
    PostWish,
    ShiftRefusal,
    flaw_of_plan,
    flaw_of_span,
    span_on,
)
from volunteers.rules.shifts import ShiftState, Span
from volunteers.service.activities import activity_to_manage, may_organise, place_to_organise
from volunteers.service.acts import note
from volunteers.service.reminders import tell_changed


def shift_to_manage(session: Session, actor: Actor, number: str) -> ShiftRow:
    """A shift of her own places. Raises Missing for what lies elsewhere."""
    row = shift(session, number)
    if row is None or not may_organise(actor, row.place_path):
        raise Missing
    return row


def plan_shift(
    session: Session,
    actor: Actor,
    activity: str,
    wish: PlanWish,
    *,
    day: date | None,
    now: datetime,
) -> str:
    """Plan one shift of an activity; its number."""
    of = activity_for_shifts(session, actor, activity)
    area = checked_place(session, actor, wish, now)
    span = span_of(session, wish, day, now)
    [made] = insert_shifts(session, of, wish, area, [span], now=now)
    note(session, actor, "shift:plan", made.number, now)
    return made.number


def activity_for_shifts(session: Session, actor: Actor, number: str) -> ActivityRow:
    """An activity that can still have shifts."""
    of = activity_to_manage(session, actor, number)
    if of.state not in WRITABLE or of.state is ActivityState.CLOSED:
        raise Refused(ShiftRefusal.NOT_OPEN)
    return of


def checked_place(session: Session, actor: Actor, wish: PlanWish, now: datetime) -> AreaRow:
    """Where a plan takes place, once nothing is wrong with it."""
    flaw = flaw_of_plan(wish)
    if flaw is not None:
        raise Refused(flaw[0], field=flaw[1])
    return place_to_organise(session, actor, wish.area, now)


def span_of(session: Session, wish: PlanWish, day: date | None, now: datetime) -> Span:
    """When a plan takes place on a day. Raises Refused for what is past or too far."""
    if day is None or wish.times.start is None:
        raise Refused(ShiftRefusal.NO_DAY, field="day")
    span = span_on(day, wish.times.start, wish.times.minutes, instance_of(session).city.zone)
    flaw = flaw_of_span(span, now)
    if flaw is not None:
        raise Refused(flaw[0], field=flaw[1])
    return span


def insert_shifts(
    session: Session,
    of: ActivityRow,
    wish: PlanWish,
    area: AreaRow,
    spans: Sequence[Span],
    *,
    now: datetime,
    days: Sequence[date | None] = (),
    **shared: Any,
) -> list[Shift]:
    """One shift for each span, with the seats of a plan. ``days``: for which day of a series."""
    place = {
        "area_id": area.id, "place_path": area.path,
        "meeting_place": wish.meeting_place or of.meeting_place, "lon": area.lon, "lat": area.lat,
    }  # fmt: skip
    made = [
        Shift(
            id=new_id(), number=new_number(), activity_id=of.id, duty=DutyKind(wish.duty),
            starts_at=span.starts_at, ends_at=span.ends_at, state=ShiftState.PLANNED, sequence=0,
            original_on=days[at] if days else None, made_at=now, **place, **shared,
        )
        for at, span in enumerate(spans)
    ]  # fmt: skip
    session.add_all(made)
    # seats refer to them
    session.flush()
    insert_posts(session, [one.id for one in made], wish.posts)
    return made


def insert_posts(session: Session, shifts: Sequence[UUID], posts: Sequence[PostWish]) -> None:
    """The seats of a plan for some shifts, in one statement."""
    rows = [
        {
            "id": new_id(), "shift_id": one, "role": post.role,
            "leads": shift_roles()[post.role].leads, "qualification": post.qualification,
            "least": post.least, "seats": post.seats, "taken": 0,
        }
        for one in shifts
        for post in posts
    ]  # fmt: skip
    if rows:
        session.execute(insert(ShiftPost), rows)


def change_shift(
    session: Session,
    actor: Actor,
    number: str,
    wish: PlanWish,
    *,
    day: date | None,
    seen: int,
    now: datetime,
) -> bool:
    """Change a shift that has not begun; whether its people must hear of it.

    ``sequence`` counts changes of time and place. Raises Refused when a cap falls below the people
    who have a seat.
    """
    row = shift_to_manage(session, actor, number)
    if row.called_off:
        raise Conflict(ShiftRefusal.NOT_PLANNED)
    if row.starts_at <= now:
        raise Conflict(ShiftRefusal.OVER)
    area = checked_place(session, actor, wish, now)
    span = span_of(session, wish, day, now)
    where = wish.meeting_place or row.meeting_place
    moved = (span.starts_at, span.ends_at, area.id, where) != (
        row.starts_at, row.ends_at, row.area_id, row.meeting_place,
    )  # fmt: skip
    changes: dict[str, Any] = {
        "starts_at": span.starts_at, "ends_at": span.ends_at, "area_id": area.id,
        "place_path": area.path, "meeting_place": where, "lon": area.lon, "lat": area.lat,
        "duty": DutyKind(wish.duty), "detached": row.series_id is not None,
    }  # fmt: skip
    write_shift(session, row, seen, moved=moved, now=now, **changes)
    set_posts(session, row, wish.posts)
    note(session, actor, "shift:change", number, now)
    return moved


def write_shift(
    session: Session, row: ShiftRow, seen: int, *, moved: bool, now: datetime, **changes: Any
) -> None:
    """Change a planned shift as it was seen; Conflict when somebody moved or cancelled it.

    ``moved``: whoever has a seat is asked whether she still comes.
    """
    mine = update(Shift).where(
        Shift.id == row.id, Shift.sequence == seen, Shift.state == ShiftState.PLANNED
    )
    if moved:
        changes |= {"sequence": Shift.sequence + 1, "changed_at": now}
    if changed_rows(session, mine.values(**changes)) != 1:
        raise Conflict(ShiftRefusal.CHANGED)
    if moved:
        tell_changed(session, row.id, now)


def set_posts(session: Session, row: ShiftRow, posts: Sequence[PostWish]) -> None:
    """Give a shift these seats. None that somebody has is taken from her."""
    wanted = {post.role: post for post in posts}
    for post in row.posts:
        if post.role in wanted:
            _set_post(session, row, wanted[post.role])
        else:
            _drop_post(session, post.id, post.role)
    known = {post.role for post in row.posts}
    insert_posts(session, [row.id], [post for post in posts if post.role not in known])


def _set_post(session: Session, row: ShiftRow, wish: PostWish) -> None:
    enough = update(ShiftPost).where(
        ShiftPost.shift_id == row.id, ShiftPost.role == wish.role, ShiftPost.taken <= wish.seats
    )
    values = {"seats": wish.seats, "least": wish.least, "qualification": wish.qualification}
    if changed_rows(session, enough.values(**values)) != 1:
        raise Refused(ShiftRefusal.BELOW_TAKEN, field=f"seats_{wish.role}")


def _drop_post(session: Session, post_id: UUID, role: str) -> None:
    """Take the seats of a role away, unless somebody has or had one."""
    locked = select(ShiftPost.id).where(ShiftPost.id == post_id).with_for_update()
    session.execute(locked).all()
    if session.scalar(select(exists().where(SignUp.post_id == post_id))):
        raise Refused(ShiftRefusal.BELOW_TAKEN, field=f"seats_{role}")
    session.execute(delete(ShiftPost).where(ShiftPost.id == post_id))

"""Many shifts at once: made from days and places or from a file, and undone while nobody came."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.areas.queries import AreaRow
from portal.kernel.calendars import calendars_of
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import new_id, new_number
from portal.kernel.instance import instance_of
from volunteers.models import Activity, Shift, ShiftBatch, ShiftPost
from volunteers.queries.activities import ActivityRow
from volunteers.queries.plans import BatchRow, batch, with_history
from volunteers.rules.activities import LONGEST_PLACE, DutyKind
from volunteers.rules.batches import (
    MOST_AT_ONCE,
    BatchKind,
    BatchRefusal,
    DaysWish,
    days_of,
    first_unknown,
    flaw_of_days,
)
from volunteers.rules.planning import PlanWish, ShiftRefusal, flaw_of_span, span_on
from volunteers.rules.shifts import ShiftState, Span
from volunteers.service.activities import may_organise
from volunteers.service.acts import note, who
from volunteers.service.shifts import activity_for_shifts, checked_place, insert_shifts


@dataclass(frozen=True)
class Planned:
    """One shift that would be made: its plan, its place and its time. ``there``: it is already."""

    wish: PlanWish
    area: AreaRow
    span: Span
    there: bool = False


def plan_batch(
    session: Session,
    actor: Actor,
    activity: str,
    wish: PlanWish,
    days: DaysWish,
    places: Sequence[str],
    *,
    now: datetime,
) -> list[Planned]:
    """What a batch would make, the preview: each day at each meeting place. Raises Refused."""
    of = activity_for_shifts(session, actor, activity)
    area = checked_place(session, actor, wish, now)
    where = list(dict.fromkeys(places)) or [wish.meeting_place or of.meeting_place]
    if any(len(place) > LONGEST_PLACE for place in where):
        raise Refused(ShiftRefusal.LONG_PLACE, field="places")
    found = [
        Planned(replace(wish, meeting_place=place), area, span)
        for span in _spans(session, wish, _days(session, days), now)
        for place in where
    ]
    if len(found) > MOST_AT_ONCE:
        raise Refused(BatchRefusal.TOO_MANY, field="last", facts={"most": MOST_AT_ONCE})
    return mark_known(session, of.id, found)


def _days(session: Session, wish: DaysWish) -> list[date]:
    flaw = flaw_of_days(wish)
    if flaw is not None:
        raise Refused(flaw[0], field=flaw[1])
    calendar = calendars_of(session).get(None)
    found = list(days_of(wish, calendar))
    unknown = first_unknown(found, calendar) if wish.skip_holidays else None
    if unknown is not None:
        facts = {"year": unknown.year}
        raise Refused(BatchRefusal.NO_CALENDAR, field="skip_holidays", facts=facts)
    if not found:
        raise Refused(BatchRefusal.NO_DAYS, field="weekdays")
    return found


def _spans(session: Session, wish: PlanWish, days: Iterable[date], now: datetime) -> list[Span]:
    zone = instance_of(session).city.zone
    start = wish.times.start
    spans = [] if start is None else [span_on(d, start, wish.times.minutes, zone) for d in days]
    flaw = next((found for span in spans if (found := flaw_of_span(span, now))), None)
    if flaw is not None:
        raise Refused(flaw[0], field="first")
    return spans


def mark_known(session: Session, activity_id: UUID, planned: Sequence[Planned]) -> list[Planned]:
    """Which of them are there already, so that the same file makes nothing twice."""
    if not planned:
        return []
    rows = session.execute(
        select(
            Shift.starts_at, Shift.ends_at, Shift.area_id, Shift.meeting_place, Shift.duty
        ).where(
            Shift.activity_id == activity_id,
            Shift.state == ShiftState.PLANNED,
            Shift.starts_at >= min(one.span.starts_at for one in planned),
            Shift.starts_at <= max(one.span.starts_at for one in planned),
        )
    )
    known = {tuple(row) for row in rows}
    return [replace(one, there=_key(one) in known) for one in planned]


def _key(one: Planned) -> tuple[object, ...]:
    span = one.span
    duty = DutyKind(one.wish.duty)
    return span.starts_at, span.ends_at, one.area.id, one.wish.meeting_place, duty


def make_batch(
    session: Session,
    actor: Actor,
    activity: str,
    wish: PlanWish,
    days: DaysWish,
    places: Sequence[str],
    *,
    now: datetime,
) -> str:
    """Make what ``plan_batch`` shows; the number of the batch."""
    of = lock_activity(session, activity_for_shifts(session, actor, activity))
    planned = plan_batch(session, actor, activity, wish, days, places, now=now)
    return write_batch(session, actor, of, planned, kind=BatchKind.FORM, now=now)


def lock_activity(session: Session, of: ActivityRow) -> ActivityRow:
    """Let nobody else add to an activity meanwhile: two imports would not see each other's."""
    session.execute(select(Activity.id).where(Activity.id == of.id).with_for_update())
    return of


def write_batch(
    session: Session,
    actor: Actor,
    of: ActivityRow,
    planned: Sequence[Planned],
    *,
    kind: BatchKind,
    now: datetime,
) -> str:
    """Write the shifts that are not there yet; the number of their batch."""
    fresh = [one for one in planned if not one.there]
    row = ShiftBatch(
        id=new_id(), number=new_number(), activity_id=of.id, kind=kind, shifts=len(fresh),
        already=len(planned) - len(fresh), made_at=now, maker_id=who(actor),
    )  # fmt: skip
    session.add(row)
    for one in fresh:
        insert_shifts(session, of, one.wish, one.area, [one.span], now=now, batch_id=row.id)
    note(session, actor, "shift:plan_many", row.number, now)
    return row.number


def batch_to_manage(session: Session, actor: Actor, number: str) -> BatchRow:
    """A batch of her own places. Raises Missing for what lies elsewhere."""
    row = batch(session, number)
    if row is None or not may_organise(actor, row.place_path):
        raise Missing
    return row


def undo_batch(session: Session, actor: Actor, number: str, *, now: datetime) -> int:
    """Take a batch back while nobody has ever signed up for any of it; how many shifts went.

    Whoever takes a seat meanwhile either sees them all gone, or keeps them all.
    """
    row = batch_to_manage(session, actor, number)
    mine = update(ShiftBatch).where(ShiftBatch.id == row.id, ShiftBatch.undone_at.is_(None))
    if changed_rows(session, mine.values(undone_at=now)) != 1:
        raise Conflict(BatchRefusal.UNDONE)
    ids = list(session.scalars(select(Shift.id).where(Shift.batch_id == row.id)))
    try:
        # what others hang on a shift speaks of it: then the shift stays, whatever it is
        with session.begin_nested():
            remove_shifts(session, ids)
    except IntegrityError as error:
        raise Conflict(BatchRefusal.HAS_PEOPLE) from error
    note(session, actor, "shift:undo_many", number, now)
    return len(ids)


def remove_shifts(session: Session, ids: Sequence[UUID]) -> None:
    """Delete shifts for which nobody ever signed up. Raises Conflict when somebody did."""
    # her seat's row is locked until she is written: wait, and look then
    session.execute(
        select(ShiftPost.id)
        .where(ShiftPost.shift_id.in_(ids))
        .order_by(ShiftPost.id)
        .with_for_update()
    ).all()
    if with_history(session, ids):
        raise Conflict(BatchRefusal.HAS_PEOPLE)
    session.execute(delete(ShiftPost).where(ShiftPost.shift_id.in_(ids)))
    session.execute(delete(Shift).where(Shift.id.in_(ids)))

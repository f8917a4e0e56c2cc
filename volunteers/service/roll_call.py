"""The organiser's roll: who is there, the rest, taking that back, and what is written later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.kernel.ids import new_id
from volunteers.models import Absence, Attendance
from volunteers.queries.on_the_day import NOT_VOIDED, DayShift, RollRow, roll_of
from volunteers.rules.on_the_day import (
    UNDO,
    DayRefusal,
    Mark,
    VoidWhy,
    Way,
    called_at,
    why_not_call,
    why_not_times,
)
from volunteers.rules.signing_up import SignUpState
from volunteers.service.on_the_day import (
    Note,
    refuse_if_called_off,
    settings_of,
    shift_here,
    void_mark,
    write_mark,
)


@dataclass(frozen=True)
class Times:
    """What a list says about one person."""

    arrived: datetime | None
    left: datetime | None


def call_roll(
    session: Session,
    actor: Actor,
    number: str,
    here: Sequence[str],
    *,
    rest: bool,
    now: datetime,
) -> int:
    """Write down who is there, and with ``rest`` that the others did not come; how many rows.

    ``here``: numbers of sign-ups. Two organisers who call the same roll write each row once.
    """
    shift, who = _called(session, actor, number)
    window = settings_of(session).window
    refusal = why_not_call(shift.span, window, now)
    if refusal is not None:
        facts = {"minutes": int(window.total_seconds()) // 60, "starts_at": shift.starts_at}
        raise Refused(refusal, facts=facts)
    if rest and now < shift.starts_at:
        raise Refused(DayRefusal.NOT_STARTED, field="rest")
    if not here and not rest:
        raise Refused(DayRefusal.NOTHING, field="here")
    ticked = set(here)
    there = Note(Mark.ARRIVED, Way.ROLL_CALL, called_at(shift.span, window, now), who)
    absent = Note(Mark.ABSENT, Way.ROLL_CALL, shift.starts_at, who, batch_id=new_id())
    # one pass in the order of the roll: two organisers never wait for each other crosswise
    return sum(
        _mark_here(session, shift.id, row, there, now=now)
        if row.number in ticked
        else rest and _mark_absent(session, shift.id, row, absent, now=now)
        for row in roll_of(session, shift.id)
    )


def _called(session: Session, actor: Actor, number: str) -> tuple[DayShift, UUID]:
    shift = shift_here(session, number, actor)
    refuse_if_called_off(shift)
    if actor.person_id is None:
        raise Forbidden
    return shift, actor.person_id


def _mark_here(
    session: Session, shift_id: UUID, row: RollRow, note: Note, *, now: datetime
) -> bool:
    return not row.here and write_mark(session, shift_id, row.sign_up_id, note, now=now)


def _mark_absent(
    session: Session, shift_id: UUID, row: RollRow, note: Note, *, now: datetime
) -> bool:
    """Whoever has a seat and about whom nothing stands; who is on standby owes nothing."""
    if row.coming is not None or row.state is not SignUpState.TAKEN:
        return False
    try:
        return write_mark(session, shift_id, row.sign_up_id, note, now=now)
    except Conflict:  # she came in this very moment
        return False


def undo_rest(session: Session, actor: Actor, number: str, *, now: datetime) -> int:
    """Take back that the rest did not come, before anybody was told of it; how many rows."""
    shift, who = _called(session, actor, number)
    newest = session.scalar(
        _untold(shift.id, now)
        .with_only_columns(Attendance.batch_id)
        .order_by(Attendance.made_at.desc())
        .limit(1)
    )
    if newest is None:
        raise Refused(DayRefusal.NOTHING_TO_UNDO)
    ids = session.scalars(_untold(shift.id, now).where(Attendance.batch_id == newest)).all()
    return sum(void_mark(session, one, who, VoidWhy.UNDO, now=now) for one in ids)


def _untold(shift_id: UUID, now: datetime) -> Select[UUID]:
    told = exists().where(Absence.attendance_id == Attendance.id)
    return select(Attendance.id).where(
        Attendance.shift_id == shift_id,
        Attendance.mark == Mark.ABSENT,
        Attendance.batch_id.is_not(None),
        Attendance.made_at > now - UNDO,
        NOT_VOIDED,
        ~told,
    )


def can_undo(session: Session, shift_id: UUID, now: datetime) -> bool:
    """Whether "the rest did not come" can be taken back now."""
    return session.scalar(_untold(shift_id, now).limit(1)) is not None


def write_times(
    session: Session,
    actor: Actor,
    number: str,
    times: Mapping[str, Times],
    reason: str,
    *,
    now: datetime,
) -> int:
    """Write down later what a paper list says, or when somebody left who did not check out.

    Only what is not known yet; the reason stays with it. Returns how many rows were written.
    """
    shift, who = _called(session, actor, number)
    if now < shift.starts_at:
        raise Refused(DayRefusal.NOT_STARTED)
    if not reason.strip():
        raise Refused(DayRefusal.NO_REASON, field="reason")
    if not any(one.arrived or one.left for one in times.values()):
        raise Refused(DayRefusal.NOTHING)
    return sum(
        _write_one(session, shift, row, times[row.number], who, reason.strip(), now)
        for row in roll_of(session, shift.id)  # in its order, for the sake of others who write
        if row.number in times
    )


def _write_one(
    session: Session,
    shift: DayShift,
    row: RollRow,
    said: Times,
    who: UUID,
    reason: str,
    now: datetime,
) -> int:
    arrived = row.coming.at if row.coming is not None and row.here else said.arrived
    if arrived is None:
        if said.left is not None:
            raise Refused(DayRefusal.LEFT_ONLY, field=f"left_{row.number}")
        return 0
    window = settings_of(session).window
    left = said.left if row.going is None else None
    refusal = why_not_times(shift.span, window, arrived, left)
    if refusal is not None or max(arrived, left or arrived) > now:
        field = f"{'left' if row.here or left else 'arrived'}_{row.number}"
        minutes = int(window.total_seconds()) // 60
        raise Refused(refusal or DayRefusal.OUTSIDE, field=field, facts={"minutes": minutes})
    written = 0
    for mark, at in ((Mark.ARRIVED, None if row.here else arrived), (Mark.LEFT, left)):
        if at is not None:
            note = Note(mark, Way.LIST, at, who, reason)
            written += write_mark(session, shift.id, row.sign_up_id, note, now=now)
    return written


def strike(
    session: Session, actor: Actor, number: str, sign_up: str, reason: str, *, now: datetime
) -> None:
    """Take back what stands about one person, with a reason; the rows stay readable."""
    shift, who = _called(session, actor, number)
    row = next((row for row in roll_of(session, shift.id) if row.number == sign_up), None)
    if row is None:
        raise Missing
    if not reason.strip():
        raise Refused(DayRefusal.NO_REASON, field="reason")
    marks = [mark for mark in (row.going, row.coming) if mark is not None]
    if not marks:
        raise Refused(DayRefusal.NOTHING)
    for mark in marks:
        void_mark(session, mark.id, who, VoidWhy.STRUCK, reason.strip(), now=now)

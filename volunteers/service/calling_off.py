"""Shifts that do not take place: people on them are told why, and nothing is deleted."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.accounts.queries import people_by_ids, phones_of
from portal.accounts.rules import Actor
from portal.kernel.errors import Conflict, Refused
from portal.kernel.outbox import Channel, post_message
from volunteers.models import Activity, Shift, ShiftPost, SignUp, SignUpEvent
from volunteers.queries.activities import said_in
from volunteers.queries.shifts import ShiftRow
from volunteers.rules.planning import ShiftRefusal
from volunteers.rules.shifts import LONGEST_REASON, ShiftState
from volunteers.rules.signing_up import ACTIVE, SignUpState
from volunteers.service.acts import note

TOLD: Final = "volunteers.shift_called_off"


def call_off_shift(
    session: Session, actor: Actor, row: ShiftRow, *, reason: str, now: datetime
) -> None:
    """Call one shift off before it begins. Raises Conflict when it is off or has begun."""
    why = reason.strip()[:LONGEST_REASON]
    if not why:
        raise Refused(ShiftRefusal.NO_REASON, field="reason")
    if row.starts_at <= now:
        raise Conflict(ShiftRefusal.OVER)
    if call_off_shifts(session, actor, [row.id], reason=why, now=now) != 1:
        raise Conflict(ShiftRefusal.NOT_PLANNED)
    note(session, actor, "shift:call_off", row.number, now, why)


def call_off_shifts(
    session: Session, actor: Actor, ids: Sequence[UUID], *, reason: str, now: datetime
) -> int:
    """Call shifts off that are still planned; how many were. Whoever was on one is told."""
    off = list(
        session.scalars(
            update(Shift)
            .where(Shift.id.in_(ids), Shift.state == ShiftState.PLANNED)
            .values(
                state=ShiftState.CANCELLED, cancelled_at=now, cancel_reason=reason,
                sequence=Shift.sequence + 1,
            )
            .returning(Shift.id)
        )
    )  # fmt: skip
    if not off:
        return 0
    # whoever takes a seat meanwhile holds the post's row: wait for her before looking who is there
    session.execute(
        select(ShiftPost.id)
        .where(ShiftPost.shift_id.in_(off))
        .order_by(ShiftPost.id)
        .with_for_update()
    ).all()
    _free_people(session, actor, off, reason, now)
    session.execute(
        update(ShiftPost)
        .where(ShiftPost.shift_id.in_(off))
        .values(taken=0)
        .execution_options(synchronize_session=False)
    )
    return len(off)


def _free_people(
    session: Session, actor: Actor, off: Sequence[UUID], reason: str, now: datetime
) -> None:
    rows = session.execute(
        select(SignUp.id, SignUp.person_id, SignUp.shift_id).where(
            SignUp.shift_id.in_(off), SignUp.state.in_(ACTIVE)
        )
    ).all()
    session.execute(
        update(SignUp)
        .where(SignUp.id.in_([row.id for row in rows]))
        .values(state=SignUpState.CALLED_OFF, changed_at=now, until=None)
        .execution_options(synchronize_session=False)
    )
    session.add_all(
        SignUpEvent(
            sign_up_id=row.id, at=now, state=SignUpState.CALLED_OFF, actor_id=actor.person_id,
            reason=reason,
        )
        for row in rows
    )  # fmt: skip
    people: dict[UUID, list[UUID]] = defaultdict(list)
    for row in rows:
        people[row.shift_id].append(row.person_id)
    _tell(session, people, reason, now)


def _tell(session: Session, people: dict[UUID, list[UUID]], reason: str, now: datetime) -> None:
    """A message to everybody who was on a shift, in her own language."""
    everyone = {person for ids in people.values() for person in ids}
    phones, known = phones_of(session, everyone), people_by_ids(session, everyone)
    titles = (Activity.title_zh_hans, Activity.title_zh_hant, Activity.title_en)
    shifts = session.execute(
        select(Shift.id, Shift.number, Shift.starts_at, *titles)
        .join(Activity, Activity.id == Shift.activity_id)
        .where(Shift.id.in_(people))
    )
    for shift in shifts:
        facts = {
            "title": said_in(shift, "title"),
            "starts_at": shift.starts_at.isoformat(),
            "reason": reason,
        }
        for person in people[shift.id]:
            if person in phones and person in known:
                post_message(
                    session, channel=Channel.SMS, to=phones[person], template=TOLD, facts=facts,
                    now=now, language=known[person].language, subject=f"shift:{shift.number}",
                )  # fmt: skip

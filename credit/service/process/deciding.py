"""Answering an objection: by who neither proposed nor confirmed, in time, with a reason."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import InstrumentedAttribute, Session

from credit.models import Objection
from credit.queries.matters import MatterRow, ObjectionRow, objections_of
from credit.rules.kinds import Kind
from credit.rules.ladder import step_of
from credit.rules.process import (
    DISPUTES,
    Decision,
    MatterEvent,
    MatterRefusal,
)
from credit.service.posting import Details
from credit.service.process.moving import (
    close,
    current,
    end,
    give_back,
    keep_text,
    move,
)
from credit.service.process.objecting import LONGEST
from credit.service.process.settings import days_after
from credit.service.process.standing import check_reviewer, check_staff, office_of, person_of
from credit.service.process.telling import Told, tell
from credit.service.statements import seal_content
from portal.accounts.rules import Actor, Permission
from portal.kernel.audit import note_action
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Refused
from portal.kernel.ids import new_id


def take_on(
    session: Session, matter_id: UUID, *, no_interest: bool, actor: Actor, now: datetime
) -> None:
    """Accept a complaint for handling: from then its longer time runs (L9)."""
    row, objection = _open(session, matter_id, actor, now)
    step = step_of(objection.step)
    if step.accept_days is None or objection.taken_on_at is not None:
        raise Refused(MatterRefusal.NOT_NOW)
    _check_interest(no_interest=no_interest)
    answer_by = days_after(session, step, objection.opened_at, step.days)
    move(session, row, MatterEvent.TAKE_ON, actor_id=actor.person_id, now=now, no_interest=True)
    _change(session, objection, Objection.taken_on_at, now, answer_by)


def extend(session: Session, matter_id: UUID, *, reason: str, actor: Actor, now: datetime) -> None:
    """More time, once: another unit had to be asked (L8), or it is a complicated matter (L9)."""
    row, objection = _open(session, matter_id, actor, now)
    step = step_of(objection.step)
    if not step.extension_days:
        raise Refused(MatterRefusal.NO_EXTENSION)
    if objection.extended_at is not None:
        raise Refused(MatterRefusal.EXTENDED_ALREADY)
    if not reason.strip():
        raise Refused(MatterRefusal.NO_REASON, field="reason")
    answer_by = days_after(session, step, objection.opened_at, step.days + step.extension_days)
    if answer_by is None:
        raise Refused(MatterRefusal.NO_CALENDAR)
    move(session, row, MatterEvent.EXTEND, actor_id=actor.person_id, now=now)
    _change(session, objection, Objection.extended_at, now, answer_by)
    keep_text(session, row.id, "extension", reason.strip(), now, objection.id)
    tell(session, row, Told.EXTENDED, now, day=answer_by)


def decide(
    session: Session,
    matter_id: UUID,
    *,
    granted: bool,
    reason: str,
    no_interest: bool,
    actor: Actor,
    now: datetime,
) -> None:
    """Decide an objection, with the reason that the person reads. Granted: it falls, at once."""
    row, objection = _open(session, matter_id, actor, now)
    _check_interest(no_interest=no_interest)
    if not 1 <= len(reason.strip()) <= LONGEST:
        raise Refused(MatterRefusal.NO_REASON, field="reason")
    decision = Decision.GRANTED if granted else Decision.UPHELD
    statement_id, reviewer = new_id(), person_of(actor)
    given: dict[str, Any] = {
        "actor_id": reviewer, "now": now, "no_interest": True,
        "office": office_of(actor, Permission.DEDUCTION_REVIEW),
    }  # fmt: skip
    if granted:
        end(session, row, MatterEvent.GRANT, **given)
    else:
        move(session, row, MatterEvent.UPHOLD, **given)
    close(session, row, decision, reviewer, statement_id, now)
    keep_text(session, row.id, "decision", reason.strip(), now, objection.id)
    content = {
        "at": now.isoformat(), "decision": decision.value, "matter": row.number,
        "reason": reason.strip(), "step": objection.step,
    }  # fmt: skip
    seal_content(
        session, row.district, Kind.APPEAL_DECIDED, content, Details(f"matter:{row.number}"),
        entry_id=statement_id, account_id=row.account_id, now=now, personal=True,
    )  # fmt: skip
    note_action(
        session, at=now, actor_id=reviewer, action="deduction:decide",
        subject=f"matter:{row.number}", person_id=row.subject_person_id,
    )  # fmt: skip
    tell(session, row, Told.ENDED if granted else Told.UPHELD, now)


def repair(
    session: Session,
    matter_id: UUID,
    *,
    amount: int,
    service: str,
    actor: Actor,
    now: datetime,
) -> None:
    """A service was done for it: what is repaired is given back, and shown and used no more (L12).

    The service is words, never hours of a volunteer (N3).
    """
    row = current(session, matter_id, now)
    check_staff(row, actor)
    if not 1 <= len(service.strip()) <= LONGEST:
        raise Refused(MatterRefusal.NO_REASON, field="service")
    give_back(session, row, amount, actor_id=person_of(actor), now=now)
    keep_text(session, row.id, "repair", service.strip(), now)
    note_action(
        session, at=now, actor_id=actor.person_id, action="deduction:repair",
        subject=f"matter:{row.number}", person_id=row.subject_person_id,
    )  # fmt: skip


def _open(
    session: Session, matter_id: UUID, actor: Actor, now: datetime
) -> tuple[MatterRow, ObjectionRow]:
    """The matter and its open objection, for somebody who may decide it."""
    row = current(session, matter_id, now)
    if row.state not in DISPUTES:
        raise Refused(MatterRefusal.NOT_NOW)
    check_reviewer(session, row, actor)
    found = [one for one in objections_of(session, [row.id]) if one.decided_at is None]
    if not found:
        raise Conflict(MatterRefusal.CHANGED)
    return row, found[0]


def _check_interest(*, no_interest: bool) -> None:
    if not no_interest:
        raise Refused(MatterRefusal.INTEREST, field="no_interest")


def _change(
    session: Session,
    objection: ObjectionRow,
    column: InstrumentedAttribute[datetime | None],
    now: datetime,
    answer_by: datetime | None,
) -> None:
    changed = (
        update(Objection)
        .where(Objection.id == objection.id, Objection.decided_at.is_(None), column.is_(None))
        .values({column: now, Objection.answer_by: answer_by})
    )
    if changed_rows(session, changed) != 1:
        raise Conflict(MatterRefusal.CHANGED)

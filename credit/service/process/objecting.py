"""The person concerned speaks: an objection, a review of its answer, a statement of her own."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from credit.models import Objection
from credit.queries.guard import units_held
from credit.queries.matters import MatterRow, ObjectionRow, matter_by_id, objections_of
from credit.queries.speakers import heard_in, is_about
from credit.rules.guard import ProtectedAct
from credit.rules.kinds import Kind
from credit.rules.ladder import LadderStep
from credit.rules.objections import next_attempt
from credit.rules.process import (
    DISPUTES,
    TOLD,
    Decision,
    MatterEvent,
    MatterRefusal,
    MatterState,
)
from credit.service.guard import Deed, mark_protected_acts
from credit.service.posting import Details
from credit.service.process.moving import close, current, keep_files, keep_text, move
from credit.service.process.settings import days_after
from credit.service.process.standing import check_staff, person_of
from credit.service.process.telling import Told, tell
from credit.service.statements import seal_content
from portal.accounts.rules import Actor
from portal.kernel.audit import note_action
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import new_id
from portal.kernel.uploads import KeptPhotos

LONGEST: Final = 3000


def object_to(
    session: Session,
    *,
    person_id: UUID,
    matter_id: UUID,
    statement: str,
    files: KeptPhotos,
    now: datetime,
) -> UUID:
    """Object to a deduction that was announced or is in effect; the id of the objection (L7, L8).

    It is "disputed" from this moment, and nothing is posted until somebody has answered.
    """
    row = own(session, person_id, matter_id, now)
    return open_step(session, row, statement, files, typed_by=None, first=True, now=now)


def ask_review(
    session: Session,
    *,
    person_id: UUID,
    matter_id: UUID,
    statement: str,
    files: KeptPhotos,
    now: datetime,
) -> UUID:
    """Ask for the next step of the ladder, after an answer that let the deduction stand (L9)."""
    row = own(session, person_id, matter_id, now)
    return open_step(session, row, statement, files, typed_by=None, first=False, now=now)


def record_objection(
    session: Session,
    matter_id: UUID,
    statement: str,
    files: KeptPhotos,
    *,
    actor: Actor,
    now: datetime,
) -> UUID:
    """Type in an objection, or the next step of the ladder, that came on paper."""
    row = current(session, matter_id, now)
    check_staff(row, actor)
    typed_by = person_of(actor)
    opened = open_step(session, row, statement, files, typed_by=typed_by, first=None, now=now)
    note_action(
        session, at=now, actor_id=typed_by, action="deduction:type_objection",
        subject=f"matter:{row.number}", person_id=row.subject_person_id,
    )  # fmt: skip
    return opened


def own(session: Session, person_id: UUID, matter_id: UUID, now: datetime) -> MatterRow:
    """Her own matter, or her shop's, that she was told of. Anybody else's is missing."""
    found = matter_by_id(session, matter_id)
    if found is None or found.state not in TOLD or found.notice_id is None:
        raise Missing
    if not is_about(session, found, person_id):
        raise Missing
    return current(session, matter_id, now)


def open_step(
    session: Session,
    row: MatterRow,
    statement: str,
    files: KeptPhotos,
    *,
    typed_by: UUID | None,
    first: bool | None,
    now: datetime,
) -> UUID:
    """Open a step of the ladder. ``first``: only the first, only a later one, or (None) either."""
    if not 1 <= len(statement.strip()) <= LONGEST:
        raise Refused(MatterRefusal.NO_STATEMENT, field="statement", facts={"most": LONGEST})
    step, attempt = _next(objections_of(session, [row.id]), first=first, now=now)
    row = _dispute(session, row, typed_by, now)
    answer_by = days_after(session, step, now, step.accept_days or step.days)
    opened, statement_id = new_id(), new_id()
    session.add(
        Objection(
            id=opened, matter_id=row.id, step=step.code, attempt=attempt, opened_at=now,
            typed_by=typed_by, answer_by=answer_by, opened_id=statement_id,
        )
    )  # fmt: skip
    # the words and photos refer to it
    session.flush()
    keep_text(session, row.id, "objection", statement.strip(), now, opened)
    keys = keep_files(session, row.id, files, now, opened)
    content = {
        "at": now.isoformat(), "files": list(keys), "matter": row.number,
        "statement": statement.strip(), "step": step.code,
    }  # fmt: skip
    seal_content(
        session, row.district, Kind.APPEAL_OPENED, content, Details(f"matter:{row.number}"),
        entry_id=statement_id, account_id=row.account_id, now=now, personal=True,
    )  # fmt: skip
    # no day is promised that nobody can count
    _protect(session, row, now)
    tell(session, row, Told.OPENED if answer_by else Told.RECEIVED, now, day=answer_by)
    return opened


def _protect(session: Session, row: MatterRow, now: datetime) -> None:
    """Nothing negative may come from an appeal: the unit is a party from now on, and so are the
    proposer's own units, whichever she chose and also where she chose a place (N1)."""
    units = units_held(session, row.proposer_id, row.proposed_at)
    behind = units | ({row.unit_id} if row.unit_id else set())
    source = f"matter:{row.number}"
    mark_protected_acts(
        session,
        [
            Deed(row.district, one, None, ProtectedAct.APPEAL, source, behind, now)
            for one in heard_in(session, row)
        ],
    )


def _dispute(session: Session, row: MatterRow, typed_by: UUID | None, now: datetime) -> MatterRow:
    """Mark it as disputed. Whoever objects in the moment in which it is posted objects to what is
    in effect then: nobody loses an objection to a job."""
    speaker = typed_by or row.subject_person_id
    try:
        move(session, row, MatterEvent.OBJECT, actor_id=speaker, now=now)
    except Conflict:
        row = current(session, row.id, now)
        if row.state in DISPUTES:
            raise
        move(session, row, MatterEvent.OBJECT, actor_id=speaker, now=now)
    return row


def _next(
    before: list[ObjectionRow], *, first: bool | None, now: datetime
) -> tuple[LadderStep, int]:
    """Which step can be asked for now. Raises Refused with the reason why none can."""
    answers = [(one.step, one.attempt, one.decision, one.decided_at) for one in before]
    found = next_attempt(answers, now)
    if isinstance(found, MatterRefusal):
        raise Refused(found)
    step, attempt = found
    if first is not None and first != (step.number == 0):
        raise Refused(MatterRefusal.ASKED_ALREADY if first else MatterRefusal.NOT_NOW)
    return step, attempt


def withdraw_objection(
    session: Session, *, person_id: UUID, matter_id: UUID, now: datetime
) -> None:
    """She takes her objection back; once, she may raise it again."""
    row = own(session, person_id, matter_id, now)
    move(session, row, MatterEvent.DROP, actor_id=person_id, now=now)
    close(session, row, Decision.DROPPED, None, None, now)


def add_statement(
    session: Session, *, person_id: UUID, matter_id: UUID, statement: str, now: datetime
) -> None:
    """Her own words beside the record, shown wherever it is shown; nobody decides on them (L14)."""
    row = own(session, person_id, matter_id, now)
    if row.state is MatterState.VOIDED:
        raise Refused(MatterRefusal.NOT_NOW)
    if not 1 <= len(statement.strip()) <= LONGEST:
        raise Refused(MatterRefusal.NO_STATEMENT, field="statement", facts={"most": LONGEST})
    keep_text(session, row.id, "statement", statement.strip(), now)

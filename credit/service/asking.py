"""A resident asks to have something in her ledger corrected, and takes it back (L14).

The audit names the request by its number and never the entry: once she has her ledger erased,
nothing may lead from the one to the other.
"""

from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from credit.models import CorrectionRequest
from credit.queries.asking import AskRow, own_request
from credit.queries.mine import Line, line_of, mine
from credit.rules.asking import FROM, LONGEST_WORDS, About, AskRefusal, AskState, AskStep
from credit.rules.ladder import FIRST_STEP, step_of
from credit.rules.personal import ASKING_FIELDS
from credit.service.process.settings import days_after
from portal.accounts.queries import person_row, phones_of
from portal.accounts.service import PersonalTable, register_personal_data
from portal.kernel.audit import note_action
from portal.kernel.clock import local
from portal.kernel.db import Base, changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import new_id, new_number
from portal.kernel.instance import instance_of
from portal.kernel.outbox import Channel, post_message
from portal.kernel.ratelimit import Limit, take

PER_PERSON: Final = Limit("correction_ask_day", 10, 86_400)


class AskTold(StrEnum):
    """The messages about a request. Values are templates, whose words stand in ``labels``."""

    RECEIVED = "credit.correction_received"
    UNDATED = "credit.correction_undated"
    ANSWERED = "credit.correction_answered"


def ask_correction(
    session: Session, person_id: UUID, entry_id: UUID | None, words: str, *, now: datetime
) -> str:
    """Ask to have an entry corrected, or (None) something else; the number of the request.

    Of the same at most one request is open. Deductions have their objection, which stops them.
    """
    if not 1 <= len(words.strip()) <= LONGEST_WORDS:
        raise Refused(AskRefusal.NO_WORDS, field="words", facts={"most": LONGEST_WORDS})
    district = instance_of(session).city.roots[0]
    if entry_id is not None:
        line = own_line(session, person_id, entry_id)
        if line.matter is not None:
            raise Refused(AskRefusal.OBJECT_INSTEAD)
        district = line.entry.district
    if take(session, [(PER_PERSON, person_id.hex)], now=now) is not None:
        raise Refused(AskRefusal.TOO_OFTEN)
    step = step_of(FIRST_STEP)
    answer_by = days_after(session, step, now, step.days)
    number = _open(session, person_id, district, entry_id, words.strip(), answer_by, now)
    note_action(
        session, at=now, actor_id=person_id, action="correction:ask",
        subject=f"correction:{number}", person_id=person_id,
    )  # fmt: skip
    tell(session, person_id, number, AskTold.RECEIVED if answer_by else AskTold.UNDATED, now,
         day=answer_by)  # fmt: skip
    return number


def own_line(session: Session, person_id: UUID, entry_id: UUID) -> Line:
    """An entry of hers. Raises Missing for anybody else's."""
    found = line_of(session, mine(session, person_id).accounts, entry_id)
    if found is None:
        raise Missing
    return found


def _open(
    session: Session,
    person_id: UUID,
    district: str,
    entry_id: UUID | None,
    words: str,
    answer_by: datetime | None,
    now: datetime,
) -> str:
    """The new row; its key lets one of the same be open. Of two at once one is told so."""
    number = new_number()
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    row = (
        dialect.insert(CorrectionRequest)
        .values(
            id=new_id(), number=number, district=district, person_id=person_id,
            about=About.PERSONAL if entry_id is None else About.ENTRY,
            topic="personal" if entry_id is None else entry_id.hex, entry_id=entry_id,
            state=AskState.OPEN, sealed_words=instance_of(session).vault.seal(words),
            asked_at=now, answer_by=answer_by,
        )
        .on_conflict_do_nothing()
        .returning(CorrectionRequest.number)
    )  # fmt: skip
    if session.scalar(row) is None:
        raise Conflict(AskRefusal.ASKED_ALREADY)
    return number


def withdraw_request(session: Session, person_id: UUID, number: str, *, now: datetime) -> None:
    """She takes it back, as long as nobody has prepared an answer."""
    row = own_request(session, person_id, number)
    if row is None:
        raise Missing
    before = FROM[AskStep.WITHDRAW]
    step_on(session, row, before, state=AskState.WITHDRAWN, answered_at=now)
    note_action(
        session, at=now, actor_id=person_id, action="correction:withdraw",
        subject=f"correction:{number}", person_id=person_id,
    )  # fmt: skip


def step_on(session: Session, row: AskRow, before: AskState, **values: object) -> None:
    """Change a request that still stands where it was read. Raises Conflict for who is second."""
    changed = (
        update(CorrectionRequest)
        .where(CorrectionRequest.id == row.id, CorrectionRequest.state == before)
        .values(**values)
    )
    if changed_rows(session, changed) != 1:
        raise Conflict(AskRefusal.NOT_NOW)


def tell(
    session: Session,
    person_id: UUID,
    number: str,
    what: AskTold,
    now: datetime,
    *,
    day: datetime | None = None,
) -> None:
    """Queue a message, if she has a phone. It says nothing of what it is about."""
    who, to = person_row(session, person_id), phones_of(session, [person_id]).get(person_id)
    if who is None or to is None:
        return
    zone = instance_of(session).city.zone
    facts = {"number": number, "day": f"{local(day, zone):%Y-%m-%d}" if day else ""}
    post_message(
        session, channel=Channel.SMS, to=to, template=what.value, facts=facts, now=now,
        language=who.language, subject=f"correction:{number}",
    )  # fmt: skip


register_personal_data(
    PersonalTable(
        Base.metadata.tables[CorrectionRequest.__tablename__], "person_id", ASKING_FIELDS,
        clock="answered_at",
    )
)  # fmt: skip

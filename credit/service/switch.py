"""Deductions are off. One administrator proposes to switch them on, another confirms, and the
statement of it is sealed; one person alone switches them off, at once (L2, L11)."""

from collections.abc import Collection
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from credit.models import DeductionSwitch
from credit.queries.switch import SwitchRow, switch_by_number, switches_of
from credit.rules.canonical import Json
from credit.rules.kinds import Kind
from credit.rules.switch import (
    MOST_REASON,
    SwitchRefusal,
    SwitchWish,
    flaw_of,
    off_content,
    on_content,
)
from credit.service.posting import Details
from credit.service.statements import seal_content
from portal.kernel.audit import note_action
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import new_id, new_number
from portal.kernel.instance import instance_of


def deductions_on(session: Session, district: str, at: datetime) -> bool:
    """Whether a district has deductions at a moment. They are off unless two people switched them
    on, for it or for the place above it, and that is sealed."""
    return district in districts_on(session, (district,), at)


def districts_on(session: Session, districts: Collection[str], at: datetime) -> set[str]:
    """Which of some districts have deductions at a moment, in one query."""
    above = {one: {*(one[:length] for length in (2, 4, 6)), one} for one in districts}
    rows = switches_of(session, set[str]().union(*above.values()))
    on = {row.district for row in rows if row.on_at(at)}
    return {one for one, places in above.items() if places & on}


def propose_switch(
    session: Session, district: str, wish: SwitchWish, *, actor_id: UUID, now: datetime
) -> str:
    """One administrator brings basis, assessment and who is responsible; the wish's number.

    The document is kept for good, by its hash: whatever is decided, it was there (PIPL 55).
    """
    if flaw := flaw_of(wish):
        raise Refused(flaw[0], field=flaw[1])
    number = new_number()
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    row = (
        dialect.insert(DeductionSwitch)
        .values(
            district=district, id=new_id(), number=number, basis=wish.basis.strip(),
            responsible=wish.responsible.strip(), post=wish.post.strip(),
            document_key=instance_of(session).blobs.put(wish.document, "pdf"),
            document_digest=sha256(wish.document).digest(),
            document_public=wish.document_public, proposed_by=actor_id, proposed_at=now,
        )
        .on_conflict_do_nothing()
        .returning(DeductionSwitch.number)
    )  # fmt: skip
    if session.scalar(row) is None:
        raise Conflict(SwitchRefusal.OPEN)
    _note(session, number, "deductions:propose", actor_id, now)
    return number


def confirm_switch(session: Session, number: str, *, actor_id: UUID, now: datetime) -> None:
    """Another administrator confirms. It counts from its sealing on, not before."""
    row = _known(session, number)
    if row.proposed_by == actor_id:
        raise Refused(SwitchRefusal.SAME_PERSON)
    statement_id = _seal(
        session,
        row,
        on_content(
            district=row.district, number=number, wish_basis=row.basis,
            responsible=row.responsible, post=row.post, digest=row.document_digest,
            at=now.isoformat(),
        ),
        now,
    )  # fmt: skip
    confirmed = (
        update(DeductionSwitch)
        .where(
            DeductionSwitch.district == row.district,
            DeductionSwitch.id == row.id,
            DeductionSwitch.proposed_by != actor_id,
            DeductionSwitch.confirmed_at.is_(None),
            DeductionSwitch.ended_at.is_(None),
        )
        .values(confirmed_by=actor_id, confirmed_at=now, on_statement_id=statement_id)
    )
    if changed_rows(session, confirmed) != 1:
        # the whole transaction is taken back, the statement with it
        raise Conflict(SwitchRefusal.CHANGED)
    _note(session, number, "deductions:switch_on", actor_id, now)


def end_switch(
    session: Session, number: str, reason: str, *, actor_id: UUID, now: datetime
) -> None:
    """One person switches deductions off, at once; or takes back what waits for confirmation.

    Who switched them on is not asked, and nothing has to be sealed first.
    """
    why = reason.strip()
    if not why:
        raise Refused(SwitchRefusal.NO_REASON, field="reason")
    if len(why) > MOST_REASON:
        raise Refused(SwitchRefusal.LONG, field="reason")
    row = _known(session, number)
    statement_id = None
    if row.was_on:
        content = off_content(district=row.district, number=number, reason=why, at=now.isoformat())
        statement_id = _seal(session, row, content, now)
    # somebody may confirm it at this moment: then it was on, and its end has to be sealed
    same = DeductionSwitch.confirmed_at.is_not(None) if row.was_on else (
        DeductionSwitch.confirmed_at.is_(None)
    )  # fmt: skip
    ended = (
        update(DeductionSwitch)
        .where(
            DeductionSwitch.district == row.district,
            DeductionSwitch.id == row.id,
            DeductionSwitch.ended_at.is_(None),
            same,
        )
        .values(ended_by=actor_id, ended_at=now, reason=why, off_statement_id=statement_id)
    )
    if changed_rows(session, ended) != 1:
        raise Conflict(SwitchRefusal.CHANGED)
    action = "deductions:switch_off" if row.was_on else "deductions:take_back"
    _note(session, number, action, actor_id, now, why)


def _known(session: Session, number: str) -> SwitchRow:
    row = switch_by_number(session, number)
    if row is None:
        raise Missing
    return row


def _seal(session: Session, row: SwitchRow, content: dict[str, Json], now: datetime) -> UUID:
    statement_id = new_id()
    seal_content(
        session, row.district, Kind.SWITCH, content, Details(f"switch:{row.number}"),
        entry_id=statement_id, now=now,
    )  # fmt: skip
    return statement_id


def _note(
    session: Session,
    number: str,
    action: str,
    actor_id: UUID,
    now: datetime,
    reason: str | None = None,
) -> None:
    note_action(
        session, at=now, actor_id=actor_id, action=action, subject=f"switch:{number}",
        reason=reason,
    )  # fmt: skip

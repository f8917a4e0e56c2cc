"""One step of a matter: an edge of the table, and the entry that the ledger gets for it.

The matter's row is always changed before an account is touched, by an UPDATE that names the state
it was read in: of two who act at once one is told so.
"""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from credit.models import Matter, MatterFile, MatterStep, MatterText, Objection
from credit.queries.entries import resolution_of
from credit.queries.matters import MatterRow, matter_by_id
from credit.rules.kinds import LedgerRefusal
from credit.rules.process import (
    ENDED,
    Decision,
    MatterEvent,
    MatterRefusal,
    MatterState,
    edge_for,
)
from credit.service.conduct import repair_deduction, void_deduction
from credit.service.due import settle_account
from credit.service.known import Rejected
from credit.service.points import correct
from credit.service.posting import Details, Outcome
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import new_id, new_number
from portal.kernel.instance import instance_of
from portal.kernel.uploads import KeptPhotos, take_uploads


def current(session: Session, matter_id: UUID, now: datetime) -> MatterRow:
    """A matter as it stands. Raises Missing, and Refused when its time has run out meanwhile."""
    row = matter_by_id(session, matter_id)
    if row is None or row.erased_at is not None or row.stands(now) is MatterState.EXPIRED:
        raise Missing
    if row.stands(now) is not row.state:
        raise Refused(MatterRefusal.NOT_NOW)
    return row


def move(
    session: Session,
    row: MatterRow,
    event: MatterEvent,
    *,
    actor_id: UUID | None,
    now: datetime,
    no_interest: bool = False,
    office: str | None = None,
    **values: Any,
) -> MatterState:
    """Take a step that the table allows. Raises Refused, or Conflict when somebody was first."""
    edge = edge_for(row.state, event)
    if edge is None:
        raise Refused(MatterRefusal.NOT_NOW)
    if row.state is MatterState.WAITING and edge.after is not MatterState.WAITING:
        # where it was sent has served its purpose, and now all look alike (N1)
        values |= {"sealed_route": None}
    if edge.after in ENDED and row.state not in ENDED:
        values |= {"ended_at": now, "ended_by_event": event}
    moved = (
        update(Matter)
        .where(
            Matter.id == row.id,
            Matter.state == row.state,
            Matter.repaired == row.repaired,
            Matter.erased_at.is_(None),
        )
        .values(state=edge.after, **values)
    )
    if changed_rows(session, moved) != 1:
        raise Conflict(MatterRefusal.CHANGED)
    note_step(
        session, row.id, event, edge.after, actor_id, now, no_interest=no_interest, office=office
    )
    return edge.after


def note_step(
    session: Session,
    matter_id: UUID,
    event: MatterEvent,
    after: MatterState,
    actor_id: UUID | None,
    now: datetime,
    *,
    no_interest: bool = False,
    office: str | None = None,
) -> None:
    session.add(
        MatterStep(
            matter_id=matter_id, event=event, after=after, actor_id=actor_id,
            no_interest=no_interest, office=office, at=now,
        )
    )  # fmt: skip


def end(
    session: Session,
    row: MatterRow,
    event: MatterEvent,
    *,
    actor_id: UUID | None,
    now: datetime,
    no_interest: bool = False,
    office: str | None = None,
) -> MatterState:
    """End a matter: what was announced is voided, what counts is given back whole."""
    entry_id = new_id()
    after = move(
        session, row, event, actor_id=actor_id, now=now, no_interest=no_interest, office=office
    )
    if row.open_objection is not None and event is not MatterEvent.GRANT:
        missed = event is MatterEvent.MISS
        close(session, row, Decision.MISSED if missed else Decision.MOOT, None, None, now)
    if after is MatterState.EXPIRED or event is MatterEvent.RUN_OUT:
        _settled(session, row, now)
    elif after is MatterState.VOIDED and row.notice_id is not None:
        _void(session, row, row.notice_id, entry_id, details(row, event), now)
    elif after is MatterState.REVERSED and row.posted_id is not None:
        posted(
            correct(
                session, district=row.district, entry_id=entry_id, of=row.posted_id,
                amount=row.left, details=details(row, event), now=now,
            )
        )  # fmt: skip
        _note_end(session, row, entry_id)
    return after


def close(
    session: Session,
    row: MatterRow,
    decision: Decision,
    decided_by: UUID | None,
    decided_id: UUID | None,
    now: datetime,
) -> None:
    """Write down how the open objection ended. Of two who decide at once one is told so."""
    closed = (
        update(Objection)
        .where(Objection.id == row.open_objection, Objection.decided_at.is_(None))
        .values(decided_at=now, decision=decision, decided_by=decided_by, decided_id=decided_id)
    )
    if changed_rows(session, closed) != 1:
        raise Conflict(MatterRefusal.CHANGED)


def give_back(
    session: Session, row: MatterRow, amount: int, *, actor_id: UUID, now: datetime
) -> MatterState:
    """Give back some or all of a deduction that counts, for a service done (L12)."""
    if row.posted_id is None or edge_for(row.state, MatterEvent.REPAIR) is None:
        raise Refused(MatterRefusal.NOT_NOW)
    if not 1 <= amount <= row.left:
        raise Refused(MatterRefusal.BAD_AMOUNT, field="amount", facts={"left": row.left})
    event = MatterEvent.REPAIR if amount == row.left else MatterEvent.REPAIR_PART
    after = move(session, row, event, actor_id=actor_id, now=now, repaired=row.repaired + amount)
    if event is MatterEvent.REPAIR and row.open_objection is not None:
        close(session, row, Decision.MOOT, None, None, now)
    entry_id = new_id()
    posted(
        repair_deduction(
            session, district=row.district, entry_id=entry_id, of=row.posted_id, amount=amount,
            details=details(row, event), now=now,
        )
    )  # fmt: skip
    if event is MatterEvent.REPAIR:
        _note_end(session, row, entry_id)
    return after


def _void(
    session: Session, row: MatterRow, notice_id: UUID, entry_id: UUID, said: Details, now: datetime
) -> None:
    """The notice never counts. One that the ledger ended by itself meanwhile has its end."""
    outcome = void_deduction(
        session, district=row.district, entry_id=entry_id, of=notice_id, details=said, now=now
    )
    if isinstance(outcome, Rejected) and outcome.code is LedgerRefusal.RESOLVED:
        _settled(session, row, now)
    else:
        _note_end(session, row, posted(outcome))


def _note_end(session: Session, row: MatterRow, entry_id: UUID) -> None:
    session.execute(update(Matter).where(Matter.id == row.id).values(end_id=entry_id))


def _settled(session: Session, row: MatterRow, now: datetime) -> None:
    """The ledger ends by itself what ran out; note which entry that was."""
    if row.account_id is None or row.notice_id is None:
        return
    settle_account(session, row.district, row.account_id, now=now)
    found = resolution_of(session, row.district, row.notice_id)
    if found is not None and row.posted_id is None:
        _note_end(session, row, found.id)


def details(row: MatterRow, event: MatterEvent, **facts: str) -> Details:
    """What an entry says of where it comes from: the matter, and by which step."""
    return Details(f"matter:{row.number}", {"step": event.value, **facts})


def posted(outcome: Outcome) -> UUID:
    """The id of an entry. A refusal of the ledger undoes the whole step."""
    if isinstance(outcome, Rejected):
        raise Refused(outcome.code, field=outcome.field)
    return outcome.entry.id


def keep_text(
    session: Session,
    matter_id: UUID,
    about: str,
    words: str,
    now: datetime,
    objection_id: UUID | None = None,
) -> None:
    """Keep words about a matter, sealed."""
    sealed = instance_of(session).vault.seal(json.dumps(words, ensure_ascii=False))
    session.add(
        MatterText(
            matter_id=matter_id, objection_id=objection_id, about=about, sealed_words=sealed, at=now
        )
    )


def keep_files(
    session: Session,
    matter_id: UUID,
    files: KeptPhotos,
    now: datetime,
    objection_id: UUID | None = None,
) -> list[str]:
    """Take the photos of a form; their keys, which are the hashes of what they show."""
    rows = take_uploads(session, files, now, field="files")
    for row in rows:
        session.add(
            MatterFile(
                matter_id=matter_id, objection_id=objection_id, code=new_number(), at=now,
                blob_key=row.blob_key, thumbnail_key=row.thumbnail_key,
                width=row.width, height=row.height,
            )
        )  # fmt: skip
    return [row.blob_key for row in rows]

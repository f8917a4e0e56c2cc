"""Somebody who neither nominated nor checked decides; then it is recorded, and in the ledger."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from credit.models import Honour
from credit.queries.accounts import account_of, consents
from credit.queries.honours import HonourRow, voices_of
from credit.rules.canonical import Json
from credit.rules.honours import HonourKind, HonourRefusal, HonourState, Wish, why_not_decide
from credit.rules.kinds import Kind, Party
from credit.rules.leaf import Unit
from credit.service.facts import Holder, record_fact
from credit.service.honours.checking import GRANTED, send_to
from credit.service.honours.found import honour_here, kind_on, may_decide, subject_of
from credit.service.known import Rejected
from credit.service.posting import Details
from credit.service.statements import seal_content
from portal.accounts.rules import Actor
from portal.kernel.audit import note_action
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Forbidden
from portal.kernel.ids import new_id
from portal.kernel.instance import instance_of
from portal.kernel.outbox import wipe_messages


def grant_honour(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """Grant it. Who was silent is recorded and not shown. Raises Conflict for the second of two."""
    row = honour_here(session, actor, number, lock=True)
    if not may_decide(session, actor, row):
        raise Forbidden
    nominators = [voice.nominator_id for voice in voices_of(session, row)]
    refusal = why_not_decide(row.standing(nominators), actor.person_id, now)
    if refusal is not None:
        raise Conflict(refusal)
    if row.holder_id is None:
        raise Conflict(HonourRefusal.MOVED_ON)
    kind = kind_on(session, row.kind, now)
    _grant(session, actor, row, kind, now)
    wipe_messages(session, subject_of(row.number))
    _write_down(session, row, row.holder_id, kind, now)
    if row.party is Party.PERSON:
        link = f"{instance_of(session).config.origin}/credit/honours"
        send_to(session, row.number, kind, row.holder_id, GRANTED, {"link": link}, now)
    note_action(
        session, at=now, actor_id=actor.person_id, action="honour:grant",
        subject=subject_of(row.number),
        person_id=row.holder_id if row.party is Party.PERSON else None,
    )  # fmt: skip


def _grant(session: Session, actor: Actor, row: HonourRow, kind: HonourKind, now: datetime) -> None:
    asked = update(Honour).where(
        Honour.district == row.district, Honour.id == row.id, Honour.state == HonourState.ASKED
    )
    values: dict[str, object] = {
        "state": HonourState.GRANTED,
        "decider_id": actor.person_id,
        "granted_at": now,
        "shown_until": now + timedelta(days=kind.shown_days),
        "link_hash": None,
    }
    if row.party is Party.PERSON:
        # what she said a moment ago stands
        values["wish"] = func.coalesce(Honour.wish, Wish.HIDDEN.value)
    if changed_rows(session, asked.values(values)) != 1:
        raise Conflict(HonourRefusal.MOVED_ON)


def _write_down(
    session: Session, row: HonourRow, holder_id: UUID, kind: HonourKind, now: datetime
) -> None:
    """Points by the rule, and a statement. Of a person who wants no ledger, nothing (L5)."""
    if row.party is Party.PERSON and not consents(session, row.district, holder_id):
        return
    record_fact(
        session, district=row.district, fact=kind.fact, source=subject_of(row.number),
        holder=Holder(row.party, holder_id), happened_at=now, now=now,
    )  # fmt: skip
    content: dict[str, Json] = {
        "at": now.isoformat(),
        "honour": row.number,
        "kind": row.kind,
        "year": row.year,
    }
    sealed = seal_content(
        session, row.district, Kind.HONOUR, content, Details(subject_of(row.number)),
        entry_id=new_id(), now=now, personal=True,
        # hers, so that the details go when she is erased
        account_id=account_of(session, row.district, row.party, holder_id, Unit.POINTS),
    )  # fmt: skip
    if isinstance(sealed, Rejected):
        # the ledger stands still: the decision waits with it
        raise Conflict(sealed.code)

"""Reads of what waits because the ledger stood still."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from credit.models import WaitingFact
from credit.rules.kinds import Party
from portal.kernel.instance import instance_of


@dataclass(frozen=True)
class WaitingRow:
    """A fact, or an erasure when it has no holder. ``content`` says what of."""

    district: str
    source_hash: bytes
    party: Party | None
    holder_id: UUID | None
    happened_at: datetime
    content: dict[str, Any]


def next_waiting(session: Session) -> WaitingRow | None:
    """What has waited longest and nobody else is writing down now, locked."""
    found = session.scalar(
        select(WaitingFact)
        .order_by(WaitingFact.told_at, WaitingFact.source_hash)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return None if found is None else _row(session, found)


def waits_by_source(session: Session, keys: Collection[bytes]) -> bool:
    """Whether a fact of one of these sources waits, in whichever district."""
    found = select(WaitingFact.source_hash).where(WaitingFact.source_hash.in_(keys))
    return session.scalar(found.limit(1)) is not None


def waiting_of(session: Session, person_id: UUID) -> Iterator[WaitingRow]:
    """What waits of one person."""
    rows = session.scalars(
        select(WaitingFact)
        .where(WaitingFact.party == Party.PERSON, WaitingFact.holder_id == person_id)
        .order_by(WaitingFact.told_at)
    )
    return (_row(session, row) for row in rows)


def _row(session: Session, row: WaitingFact) -> WaitingRow:
    content = json.loads(instance_of(session).vault.unseal(row.sealed_fact))
    return WaitingRow(
        row.district, row.source_hash, row.party, row.holder_id, row.happened_at, content
    )

"""Public replies of owners: hers, and those that wait at the desk."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session

from pledges.models import OwnerReply, Premises
from pledges.queries.inspections import in_places
from pledges.rules.standing import ReplyState
from portal.kernel.instance import instance_of

SHOWN = 100
_DOOR = and_(Premises.district == OwnerReply.district, Premises.id == OwnerReply.premises_id)


@dataclass(frozen=True)
class ReplyRow:
    """A reply with its words opened, and the shop."""

    district: str
    id: UUID
    number: str
    premises_id: UUID
    place_path: str
    person_id: UUID | None
    words: str
    at: datetime
    state: ReplyState
    reason: str | None
    title: str


_REPLY: Any = (
    OwnerReply.district, OwnerReply.id, OwnerReply.number, OwnerReply.premises_id,
    OwnerReply.place_path, OwnerReply.person_id, OwnerReply.sealed_words, OwnerReply.at,
    OwnerReply.state, OwnerReply.reason, Premises.title,
)  # fmt: skip


def _rows(session: Session, statement: Any) -> list[ReplyRow]:
    vault = instance_of(session).vault
    rows = session.execute(statement.limit(SHOWN))
    return [
        ReplyRow(
            row.district, row.id, row.number, row.premises_id, row.place_path, row.person_id,
            vault.unseal(row.sealed_words) if row.sealed_words else "", row.at, row.state,
            row.reason, row.title,
        )
        for row in rows
    ]  # fmt: skip


def replies_of(session: Session, person_id: UUID) -> list[ReplyRow]:
    """What somebody said for her shops, the newest first."""
    mine = select(*_REPLY).join(Premises, _DOOR).where(OwnerReply.person_id == person_id)
    return _rows(session, mine.order_by(OwnerReply.id.desc()))


def replies_waiting(session: Session, places: Collection[str] | None) -> list[ReplyRow]:
    """What waits to be looked at in some places, the oldest first."""
    waiting = (OwnerReply.state == ReplyState.WAITING, in_places(places, OwnerReply.place_path))
    statement = select(*_REPLY).join(Premises, _DOOR).where(*waiting)
    return _rows(session, statement.order_by(OwnerReply.at, OwnerReply.id))


def reply_by_number(session: Session, number: str) -> ReplyRow | None:
    """One reply."""
    found = _rows(session, select(*_REPLY).join(Premises, _DOOR).where(OwnerReply.number == number))
    return found[0] if found else None


def reply_waits(session: Session, district: str, premises_id: UUID) -> bool:
    """Whether one of a place waits already."""
    waiting = exists().where(
        OwnerReply.district == district, OwnerReply.premises_id == premises_id,
        OwnerReply.state == ReplyState.WAITING,
    )  # fmt: skip
    return bool(session.scalar(select(waiting)))

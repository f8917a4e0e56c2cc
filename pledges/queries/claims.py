"""Claims about places: those of a person, those that wait at the desk, all of one door."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from pledges.models import Premises, PremisesClaim
from pledges.queries.inspections import in_places
from pledges.rules.premises import ClaimKind, ClaimState
from portal.kernel.instance import instance_of

SHOWN = 50


@dataclass(frozen=True)
class ClaimRow:
    """A claim, with what its author wrote. Only she and those who decide may read it."""

    district: str
    id: UUID
    number: str
    premises_id: UUID
    premises: str
    title: str
    road: str
    door: str
    place_path: str
    operator_id: UUID | None
    kind: ClaimKind
    state: ClaimState
    person_id: UUID | None
    name: str
    phone: str
    words: str
    made_at: datetime
    ended_at: datetime | None
    reason: str | None


_CLAIM: Any = (
    PremisesClaim.district, PremisesClaim.id, PremisesClaim.number, PremisesClaim.premises_id,
    Premises.number, Premises.title, Premises.road, Premises.door, PremisesClaim.place_path,
    PremisesClaim.operator_id, PremisesClaim.kind, PremisesClaim.state, PremisesClaim.person_id,
    PremisesClaim.sealed_name, PremisesClaim.sealed_phone, PremisesClaim.sealed_words,
    PremisesClaim.made_at, PremisesClaim.ended_at, PremisesClaim.reason,
)  # fmt: skip
_ITS_DOOR = and_(
    Premises.district == PremisesClaim.district, Premises.id == PremisesClaim.premises_id
)


def _rows(session: Session, *conditions: Any, limit: int | None = SHOWN) -> list[ClaimRow]:
    statement = (
        select(*_CLAIM)
        .join(Premises, _ITS_DOOR)
        .where(*conditions)
        .order_by(PremisesClaim.made_at, PremisesClaim.id)
        .limit(limit)
    )
    vault = instance_of(session).vault
    return [
        ClaimRow(
            *row[:13], *(vault.unseal(sealed) if sealed else "" for sealed in row[13:16]), *row[16:]
        )
        for row in session.execute(statement)
    ]


def claims_of(session: Session, person_id: UUID | None) -> list[ClaimRow]:
    """What somebody said about places."""
    return _rows(session, PremisesClaim.person_id == person_id) if person_id else []


def claim_by_number(session: Session, number: str) -> ClaimRow | None:
    """One claim by its public number."""
    return next(iter(_rows(session, PremisesClaim.number == number)), None)


def waiting_claims(session: Session, places: Collection[str] | None) -> list[ClaimRow]:
    """What waits in some places, the oldest first."""
    here = in_places(places, PremisesClaim.place_path)
    return _rows(session, PremisesClaim.state == ClaimState.WAITING, here)


def claims_at(session: Session, row: ClaimRow) -> list[ClaimRow]:
    """Everything that waits for the door of a claim: whoever decides sees it all."""
    return claims_waiting_at(session, row.district, row.premises_id, limit=SHOWN)


def claims_waiting_at(
    session: Session, district: str, premises_id: UUID, *, limit: int | None = None
) -> list[ClaimRow]:
    """What waits for a door, the oldest first; without a limit every one."""
    return _rows(
        session, PremisesClaim.district == district, PremisesClaim.premises_id == premises_id,
        PremisesClaim.state == ClaimState.WAITING, limit=limit,
    )  # fmt: skip

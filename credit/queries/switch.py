"""Reads of the switch of deductions."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from credit.models import Checkpoint, DeductionSwitch, Sealed


@dataclass(frozen=True)
class SwitchRow:
    """One wish to have deductions. ``on_sealed_at``: since when it counts, once confirmed."""

    district: str
    id: UUID
    number: str
    basis: str
    responsible: str
    post: str
    document_key: str
    document_digest: bytes
    document_public: bool
    proposed_by: UUID
    proposed_at: datetime
    confirmed_by: UUID | None
    confirmed_at: datetime | None
    on_statement_id: UUID | None
    ended_by: UUID | None
    ended_at: datetime | None
    reason: str | None
    off_statement_id: UUID | None
    on_sealed_at: datetime | None

    def on_at(self, at: datetime) -> bool:
        """Whether deductions are on by it: confirmed, sealed, and not ended."""
        begun = self.on_sealed_at is not None and self.on_sealed_at <= at
        return begun and (self.ended_at is None or at < self.ended_at)

    @property
    def waits(self) -> bool:
        """Whether a second person has still to confirm it."""
        return self.confirmed_at is None and self.ended_at is None

    @property
    def was_on(self) -> bool:
        return self.confirmed_at is not None


def _sealed_at() -> Any:
    """The first checkpoint that covers the statement that switched it on."""
    return (
        select(func.min(Checkpoint.made_at))
        .join(Sealed, (Sealed.log == Checkpoint.log) & (Checkpoint.size > Sealed.seq))
        .where(
            Sealed.district == DeductionSwitch.district,
            Sealed.entry_id == DeductionSwitch.on_statement_id,
        )
        .scalar_subquery()
    )


def _rows(session: Session, *conditions: ColumnElement[bool]) -> list[SwitchRow]:
    columns = [getattr(DeductionSwitch, column.key) for column in DeductionSwitch.__table__.c]
    statement = (
        select(*columns, _sealed_at().label("on_sealed_at"))
        .where(*conditions)
        .order_by(DeductionSwitch.proposed_at.desc(), DeductionSwitch.id.desc())
    )
    return [SwitchRow(**row._mapping) for row in session.execute(statement)]


def switches_of(session: Session, districts: Collection[str]) -> list[SwitchRow]:
    """Every wish of some districts, the newest first."""
    return _rows(session, DeductionSwitch.district.in_(districts))


def switch_by_number(session: Session, number: str) -> SwitchRow | None:
    """One wish by its public number."""
    rows = _rows(session, DeductionSwitch.number == number)
    return rows[0] if rows else None


def open_switch(session: Session, district: str) -> SwitchRow | None:
    """The wish that waits or is on."""
    rows = _rows(session, DeductionSwitch.district == district, DeductionSwitch.ended_at.is_(None))
    return rows[0] if rows else None

"""Reads of entries: one, those of an account, and what is left of an award or a deduction."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from credit.models import Due, Entry
from credit.rules.bodies import issuer_account
from credit.rules.kinds import RESOLVING, TAKEN_BACK_BY, Issuer, Kind
from credit.rules.leaf import Unit
from credit.rules.lots import Lot

_COLUMNS: Final = tuple(Entry.__table__.columns)


@dataclass(frozen=True)
class EntryRow:
    """An entry as it is read."""

    district: str
    id: UUID
    kind: Kind
    unit: Unit | None
    debit_id: UUID | None
    credit_id: UUID | None
    amount: int | None
    rule: str | None
    source_hash: bytes | None
    of_id: UUID | None
    digest: bytes | None
    salt: bytes
    commitment: bytes
    at: datetime
    until: datetime | None


@dataclass(frozen=True)
class TransferRow:
    """A transfer with its two sides told apart."""

    entry: EntryRow
    unit: Unit
    account_id: UUID
    issuer: Issuer
    to_holder: bool
    amount: int
    rule: str
    source: bytes


@lru_cache(maxsize=512)
def issuers_of(district: str, unit: Unit) -> dict[UUID, Issuer]:
    """The accounts of the issuers of a district in a unit."""
    return {issuer_account(district, unit, issuer): issuer for issuer in Issuer}


def is_issuer(district: str, unit: Unit, account_id: UUID) -> bool:
    """Whether an id is that of an issuer, not of a person or a shop."""
    return account_id in issuers_of(district, unit)


def sides_of(entry: EntryRow) -> TransferRow | None:
    """A transfer's holder and issuer; None for a statement."""
    if (
        entry.unit is None
        or entry.debit_id is None
        or entry.credit_id is None
        or entry.amount is None
        or entry.rule is None
        or entry.source_hash is None
    ):
        return None
    issuers = issuers_of(entry.district, entry.unit)
    to_holder = entry.debit_id in issuers
    account, issuer = (
        (entry.credit_id, entry.debit_id) if to_holder else (entry.debit_id, entry.credit_id)
    )
    return TransferRow(
        entry, entry.unit, account, issuers[issuer], to_holder, entry.amount, entry.rule,
        entry.source_hash,
    )  # fmt: skip


def _row(row: Any) -> EntryRow:
    return EntryRow(**row._mapping)


def entry(session: Session, district: str, entry_id: UUID) -> EntryRow | None:
    """One entry by its id."""
    return _one(session, select(*_COLUMNS).where(Entry.district == district, Entry.id == entry_id))


def transfer(session: Session, district: str, entry_id: UUID | None) -> TransferRow | None:
    """One transfer by its id, its sides told apart."""
    found = entry(session, district, entry_id) if entry_id else None
    return sides_of(found) if found else None


def award_of_source(session: Session, district: str, source_hash: bytes) -> EntryRow | None:
    """The award that a source has earned already."""
    return _one(
        session,
        select(*_COLUMNS).where(
            Entry.district == district,
            Entry.source_hash == source_hash,
            Entry.kind == Kind.AWARD,
        ),
    )


def resolution_of(session: Session, district: str, entry_id: UUID) -> EntryRow | None:
    """What ended an entry on hold."""
    return _one(
        session,
        select(*_COLUMNS).where(
            Entry.district == district, Entry.of_id == entry_id, Entry.kind.in_(RESOLVING)
        ),
    )


def _one(session: Session, statement: Select[Any]) -> EntryRow | None:
    row = session.execute(statement).one_or_none()
    return None if row is None else _row(row)


def entries_of(session: Session, district: str, account_id: UUID) -> list[EntryRow]:
    """Everything that moved or held something of an account, the oldest first."""
    statement = (
        select(*_COLUMNS)
        .where(
            Entry.district == district,
            or_(Entry.debit_id == account_id, Entry.credit_id == account_id),
        )
        .order_by(Entry.at, Entry.id)
    )
    return [_row(row) for row in session.execute(statement)]


def left_to_take_back(session: Session, found: TransferRow) -> int:
    """How much of an award, a redemption or a deduction was not taken back yet."""
    kinds = TAKEN_BACK_BY.get(found.entry.kind)
    if kinds is None:
        return 0
    taken = session.scalar(
        select(func.coalesce(func.sum(Entry.amount), 0)).where(
            Entry.district == found.entry.district,
            Entry.of_id == found.entry.id,
            Entry.kind.in_(kinds),
        )
    )
    return found.amount - int(taken or 0)


def lots_of(session: Session, district: str, account_id: UUID) -> list[Lot]:
    """The awards of an account in the order of their coming, with what was taken back of each."""
    back = aliased(Entry)
    expiries = func.coalesce(func.sum(case((back.kind == Kind.EXPIRY, 1), else_=0)), 0)
    statement = (
        select(
            Entry.id,
            Entry.amount,
            func.coalesce(func.sum(back.amount), 0).label("taken_back"),
            Entry.until,
            expiries.label("expiries"),
        )
        .outerjoin(
            back,
            (back.district == Entry.district)
            & (back.of_id == Entry.id)
            & back.kind.in_(TAKEN_BACK_BY[Kind.AWARD]),
        )
        .where(Entry.district == district, Entry.credit_id == account_id, Entry.kind == Kind.AWARD)
        .group_by(Entry.id, Entry.amount, Entry.until, Entry.at)
        .order_by(Entry.at, Entry.id)
    )
    return [
        Lot(row.id, row.amount or 0, int(row.taken_back), row.until, int(row.expiries))
        for row in session.execute(statement)
    ]


@dataclass(frozen=True)
class DueRow:
    """A moment at which something of an entry runs out."""

    district: str
    account_id: UUID
    entry_id: UUID
    due_at: datetime


def accounts_due(session: Session, now: datetime, limit: int) -> list[tuple[str, UUID]]:
    """Accounts of which something has run out, the longest due first."""
    statement = (
        select(Due.district, Due.account_id)
        .where(Due.due_at <= now)
        .group_by(Due.district, Due.account_id)
        .order_by(func.min(Due.due_at), Due.account_id)
        .limit(limit)
    )
    return [(row.district, row.account_id) for row in session.execute(statement)]


def due_of(session: Session, district: str, account_id: UUID, now: datetime) -> list[DueRow]:
    """What has run out of one account."""
    statement = (
        select(Due.district, Due.account_id, Due.entry_id, Due.due_at)
        .where(Due.district == district, Due.account_id == account_id, Due.due_at <= now)
        .order_by(Due.due_at, Due.entry_id)
    )
    return [DueRow(*row) for row in session.execute(statement)]

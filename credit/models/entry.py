"""Entries, which are only ever added, and what lies beside them: erasable details, refusals."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from credit.rules.kinds import MOST_AMOUNT, RESOLVING, Kind, LedgerRefusal
from credit.rules.leaf import Unit
from portal.kernel.db import Base, code_column

_RESOLVING = text(f"kind IN ({', '.join(repr(kind.value) for kind in sorted(RESOLVING))})")
_LATER = text("of_id IS NOT NULL")
_AWARDS = text(f"kind = '{Kind.AWARD.value}'")


class Entry(Base):
    """One entry. Its id is made by the caller and sorts by time; triggers refuse any change.

    No foreign key leads to an account: issuers have no row, because everybody would lock it.
    ``until`` follows from the rule, so it is no part of what is sealed.
    """

    __tablename__ = "credit_entry"
    __table_args__ = (
        CheckConstraint(f"amount BETWEEN 1 AND {MOST_AMOUNT}", name="amount"),
        CheckConstraint("debit_id <> credit_id", name="two_accounts"),
        CheckConstraint("of_id <> id", name="earlier"),
        # a transfer has all of these, a statement none of them
        CheckConstraint(
            "(amount IS NULL) = (digest IS NOT NULL) AND (amount IS NULL) = (unit IS NULL)"
            " AND (amount IS NULL) = (debit_id IS NULL) AND (amount IS NULL) = (credit_id IS NULL)"
            " AND (amount IS NULL) = (rule IS NULL) AND (amount IS NULL) = (source_hash IS NULL)",
            name="form",
        ),
        # what is on hold is resolved once, whoever is quicker
        Index(
            "uq_credit_entry_resolved",
            "district",
            "of_id",
            unique=True,
            sqlite_where=_RESOLVING,
            postgresql_where=_RESOLVING,
        ),
        # a fact earns points once, however often it is told
        Index(
            "uq_credit_entry_source",
            "district",
            "source_hash",
            unique=True,
            sqlite_where=_AWARDS,
            postgresql_where=_AWARDS,
        ),
        Index(
            "ix_credit_entry_of",
            "district",
            "of_id",
            sqlite_where=_LATER,
            postgresql_where=_LATER,
        ),
        Index("ix_credit_entry_debit", "district", "debit_id", "id"),
        Index("ix_credit_entry_credit", "district", "credit_id", "id"),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[Kind] = code_column(Kind)
    unit: Mapped[Unit | None] = code_column(Unit)
    debit_id: Mapped[UUID | None]
    credit_id: Mapped[UUID | None]
    amount: Mapped[int | None] = mapped_column(Integer)
    rule: Mapped[str | None] = mapped_column(String(70))
    source_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    of_id: Mapped[UUID | None]
    digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    commitment: Mapped[bytes] = mapped_column(LargeBinary(32))
    at: Mapped[datetime]
    until: Mapped[datetime | None]


class EntryDetail(Base):
    """What people read of an entry, with the salt that binds it to the leaf: sealed as one, erased
    as one. The salt alone would let whoever has the table open his guesses."""

    __tablename__ = "credit_detail"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district", "entry_id"],
            ["credit_entry.district", "credit_entry.id"],
            name="fk_credit_detail_entry",
        ),
        Index("ix_credit_detail_account", "district", "account_id"),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    # whose entry it is, so that one look finds all that goes at an erasure
    account_id: Mapped[UUID | None]
    sealed_details: Mapped[str] = mapped_column(Text)


class Refusal(Base):
    """An entry that was refused, under its id: the same wish gets the same answer for ever."""

    __tablename__ = "credit_refusal"

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[LedgerRefusal] = code_column(LedgerRefusal)
    field: Mapped[str | None] = mapped_column(String(16))
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class Due(Base):
    """When something of an entry runs out: an award, a deduction, a hold. Gone once seen to."""

    __tablename__ = "credit_due"
    __table_args__ = (
        Index("ix_credit_due_due_at", "due_at"),
        Index("ix_credit_due_account", "district", "account_id", "due_at"),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID]
    due_at: Mapped[datetime]

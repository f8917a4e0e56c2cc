"""Accounts of holders with their balance, and (apart, erasable) whose they are."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from credit.rules.kinds import DEEPEST_CONDUCT, Party
from credit.rules.leaf import Unit
from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id


class Account(Base):
    """The account of a person or a shop in one unit. Its id is chance and tells nobody.

    The database itself keeps the floor, so no defect of ours can spend what is not there.
    """

    __tablename__ = "credit_account"
    __table_args__ = (
        CheckConstraint("held >= 0", name="held"),
        CheckConstraint("unit <> 'points' OR balance - held >= 0", name="points"),
        CheckConstraint(
            f"unit <> 'conduct' OR (balance <= 0 AND balance - held >= {DEEPEST_CONDUCT})",
            name="conduct",
        ),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    unit: Mapped[Unit] = code_column(Unit)
    party: Mapped[Party] = code_column(Party)
    balance: Mapped[int] = mapped_column(BigInteger, default=0)
    held: Mapped[int] = mapped_column(BigInteger, default=0)
    opened_at: Mapped[datetime]


class AccountHolder(Base):
    """Whose account it is. This row goes at an erasure; the entries then lead to nobody."""

    __tablename__ = "credit_holder"
    __table_args__ = (
        UniqueConstraint("district", "party", "holder_id", "unit", name="uq_credit_holder_one"),
        ForeignKeyConstraint(
            ["district", "account_id"],
            ["credit_account.district", "credit_account.id"],
            name="fk_credit_holder_account",
        ),
        Index("ix_credit_holder_holder_id", "holder_id"),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    party: Mapped[Party] = code_column(Party)
    unit: Mapped[Unit] = code_column(Unit)
    holder_id: Mapped[UUID]
    opened_at: Mapped[datetime]


class Consent(Base):
    """A person's yes to having points written down, by district: as easily ended as given (L5)."""

    __tablename__ = "credit_consent"

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    given_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

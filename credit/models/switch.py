"""The switch of deductions: off until two people switched it on, and sealed (L2, L11)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base
from portal.kernel.ids import new_id, new_number

_OPEN = text("ended_at IS NULL")


class DeductionSwitch(Base):
    """One wish to have deductions, from its proposal to its end. Nothing of it is ever deleted."""

    __tablename__ = "credit_switch"
    __table_args__ = (
        # one at a time: who proposes second is told so
        Index(
            "uq_credit_switch_open", "district", unique=True, sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        CheckConstraint("confirmed_by <> proposed_by", name="two_people"),
        CheckConstraint(
            "(confirmed_by IS NULL) = (confirmed_at IS NULL)"
            " AND (confirmed_by IS NULL) = (on_statement_id IS NULL)",
            name="confirmed",
        ),
        CheckConstraint(
            "(ended_by IS NULL) = (ended_at IS NULL) AND (ended_by IS NULL) = (reason IS NULL)",
            name="ended",
        ),
        ForeignKeyConstraint(
            ["district", "on_statement_id"],
            ["credit_entry.district", "credit_entry.id"],
            name="fk_credit_switch_on",
        ),
        ForeignKeyConstraint(
            ["district", "off_statement_id"],
            ["credit_entry.district", "credit_entry.id"],
            name="fk_credit_switch_off",
        ),
    )  # fmt: skip

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    basis: Mapped[str] = mapped_column(Text)
    responsible: Mapped[str] = mapped_column(String(80))
    post: Mapped[str] = mapped_column(String(120))
    document_key: Mapped[str] = mapped_column(String(80))
    document_digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    document_public: Mapped[bool] = mapped_column(Boolean)
    proposed_by: Mapped[UUID]
    proposed_at: Mapped[datetime]
    confirmed_by: Mapped[UUID | None]
    confirmed_at: Mapped[datetime | None]
    on_statement_id: Mapped[UUID | None]
    ended_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(Text)
    off_statement_id: Mapped[UUID | None]

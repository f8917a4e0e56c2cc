"""What could not be written down because the ledger stood still, until it goes on."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from credit.rules.kinds import Party
from portal.kernel.db import Base, code_column


class WaitingFact(Base):
    """A fact that was told, or an erasure (without a holder). Gone once it is in the ledger.

    The key is the fact's source, so however often it is told, it waits once.
    """

    __tablename__ = "credit_waiting_fact"
    __table_args__ = (
        CheckConstraint("(party IS NULL) = (holder_id IS NULL)", name="holder"),
        Index("ix_credit_waiting_fact_told_at", "told_at"),
        Index("ix_credit_waiting_fact_holder_id", "holder_id"),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    source_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    party: Mapped[Party | None] = code_column(Party)
    holder_id: Mapped[UUID | None]
    sealed_fact: Mapped[str] = mapped_column(Text)
    happened_at: Mapped[datetime]
    told_at: Mapped[datetime]

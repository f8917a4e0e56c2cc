"""A guardian's yes for a child under 14: asked for by a link to her own phone, ended by either."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from credit.rules.guardian import Ended
from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id, new_number

_OPEN = text("ended_at IS NULL")


class Guardianship(Base):
    """One request of a child, what its guardian said, and until when it holds (L1).

    The guardian's number itself is not kept, only its hash until she has answered.
    """

    __tablename__ = "credit_guardian"
    __table_args__ = (
        Index(
            "uq_credit_guardian_open", "child_id", unique=True, sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_credit_guardian_guardian_id", "guardian_id"),
        Index("ix_credit_guardian_expires_at", "expires_at"),
        CheckConstraint("guardian_id <> child_id", name="two_people"),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    child_id: Mapped[UUID]
    guardian_id: Mapped[UUID | None]
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    phone_hash: Mapped[str | None] = mapped_column(String(64))
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    agreed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[Ended | None] = code_column(Ended)

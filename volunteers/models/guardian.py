"""A guardian's yes to a child's voluntary service, asked for by a link to her own phone."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base
from portal.kernel.ids import new_id, new_number

_OPEN = text("ended_at IS NULL")


class GuardianYes(Base):
    """One request of a child, and what became of it. Her number itself is not kept, only its hash
    until she has answered (条例, article 15: who serves must be of the age for it)."""

    __tablename__ = "volunteer_guardian"
    __table_args__ = (
        CheckConstraint("guardian_id <> child_id", name="two_people"),
        Index(
            "uq_volunteer_guardian_open",
            "child_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_volunteer_guardian_guardian_id", "guardian_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    child_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    guardian_id: Mapped[UUID | None]
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    phone_hash: Mapped[str | None] = mapped_column(String(64))
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    agreed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

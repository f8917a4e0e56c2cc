"""How calls to other systems went: who has stopped answering, and each call for a while."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base
from portal.kernel.ids import new_id


class WebhookState(Base):
    """A receiver of the configuration, by its name there. ``failures`` counts those in a row."""

    __tablename__ = "webhook_state"
    __table_args__ = (CheckConstraint("failures >= 0", name="failures"),)

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    stopped_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(String(200))


class WebhookDelivery(Base):
    """One call and how it ended: kept for a while, for whoever looks for a lost message."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        Index("ix_webhook_delivery_name_id", "name", "id"),
        Index("ix_webhook_delivery_at", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(80))
    letter_id: Mapped[UUID]
    at: Mapped[datetime]
    ok: Mapped[bool]
    error: Mapped[str | None] = mapped_column(String(200))

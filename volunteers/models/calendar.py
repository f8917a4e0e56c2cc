"""Personal calendar feeds: a link that reads one person's shifts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base
from portal.kernel.ids import new_id


class CalendarFeed(Base):
    """One person's link; a new one ends the old. Its token is computed with the installation's key
    from ``id``, and only its hash is kept, so that nobody reads it from here."""

    __tablename__ = "volunteer_calendar"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(default=new_id)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]

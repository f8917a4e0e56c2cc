"""What offices say in the report of a pilot."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.areas.models import Area
from portal.areas.rules import PATH_LENGTH
from portal.kernel.db import Base
from portal.kernel.ids import new_id, new_number
from portal.publicity.rules.disclosure import NUMBER_LENGTH
from portal.publicity.rules.highlights import LONGEST_WHY, LONGEST_WORDS, MONTH_LENGTH


class PilotHighlight(Base):
    """A highlight. Its words never change: what is approved is what was read. Another is written
    when they are wrong, and this one ends with a reason and stays."""

    __tablename__ = "pilot_highlight"
    __table_args__ = (
        CheckConstraint("(approved_at IS NULL) = (approved_by IS NULL)", name="approved"),
        CheckConstraint("approved_by IS NULL OR approved_by <> written_by", name="second"),
        CheckConstraint("(ended_at IS NULL) = (ended_why IS NULL)", name="ended"),
        Index("ix_pilot_highlight_month", "month"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(NUMBER_LENGTH), unique=True, default=new_number)
    area_id: Mapped[UUID] = mapped_column(ForeignKey(Area.id))
    place_path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    month: Mapped[str] = mapped_column(String(MONTH_LENGTH))
    words: Mapped[str] = mapped_column(String(LONGEST_WORDS))
    written_at: Mapped[datetime]
    written_by: Mapped[UUID | None]
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]
    ended_why: Mapped[str | None] = mapped_column(String(LONGEST_WHY))

"""The card that hangs at a meeting place, with a code that says: whoever reads it stands here."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.areas.models import Area
from portal.kernel.db import Base
from portal.kernel.ids import new_id
from volunteers.rules.activities import LONGEST_PLACE

_HANGS = text("ended_at IS NULL")


class PlaceCard(Base):
    """A card for the shifts of an activity that meet at a place; one hangs there at a time.

    A place is an area and words: two communities may both meet at 北门.
    The code is computed from ``id`` with the installation's key; of it a keyed hash is kept.
    """

    __tablename__ = "volunteer_place_card"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (ender_id IS NULL)", name="ended"),
        Index(
            "uq_volunteer_place_card_hangs", "activity_id", "area_id", "meeting_place",
            unique=True, sqlite_where=_HANGS, postgresql_where=_HANGS,
        ),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_activity.id"))
    area_id: Mapped[UUID] = mapped_column(ForeignKey(Area.id))
    meeting_place: Mapped[str] = mapped_column(String(LONGEST_PLACE))
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    maker_id: Mapped[UUID]
    ended_at: Mapped[datetime | None]
    ender_id: Mapped[UUID | None]

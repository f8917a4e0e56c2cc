"""Inspection groups: the stops of a tour, what its members judged, and the report of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base
from portal.kernel.ids import new_id
from volunteers.rules.activities import LONGEST_PLACE
from volunteers.rules.tours import AXIS_LENGTH, BEST, LONGEST_REMARK, WORST


class TourStop(Base):
    """Where a group looks, in which order and when."""

    __tablename__ = "volunteer_tour_stop"
    __table_args__ = (
        UniqueConstraint("activity_id", "position"),
        CheckConstraint("position >= 1", name="position"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_activity.id"))
    position: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(LONGEST_PLACE))


class TourScore(Base):
    """What one member thinks of a stop on one axis. Whose it is is forgotten with her account."""

    __tablename__ = "volunteer_tour_score"
    __table_args__ = (
        UniqueConstraint("stop_id", "person_id", "axis"),
        CheckConstraint(f"score BETWEEN {WORST} AND {BEST}", name="score"),
        Index("ix_volunteer_tour_score_person_id", "person_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    stop_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_tour_stop.id"))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    axis: Mapped[str] = mapped_column(String(AXIS_LENGTH))
    score: Mapped[int] = mapped_column(Integer)
    remark: Mapped[str | None] = mapped_column(String(LONGEST_REMARK))
    given_at: Mapped[datetime]


class TourReport(Base):
    """The report of a tour. ``figures`` are the means as they stood when it was published."""

    __tablename__ = "volunteer_tour_report"

    activity_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_activity.id"), primary_key=True)
    words: Mapped[str] = mapped_column(Text)
    figures: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime]
    publisher_id: Mapped[UUID]

"""What many shifts have in common: templates, series, and batches that were made at once."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.areas.models import Area
from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id, new_number
from volunteers.rules.activities import (
    LONGEST_PLACE,
    LONGEST_TITLE,
    QUALIFICATION_LENGTH,
    ROLE_LENGTH,
    DutyKind,
)
from volunteers.rules.batches import BatchKind
from volunteers.rules.recurrence import LONGEST_RULE


class ShiftPlan(Base):
    """Times on the wall clock, duty, place and seats. With a ``name`` it is a template for others;
    without one it belongs to a series."""

    __tablename__ = "volunteer_plan"
    __table_args__ = (
        CheckConstraint("start_minute BETWEEN 0 AND 1439", name="start"),
        CheckConstraint("minutes > 0", name="minutes"),
        CheckConstraint("(lon IS NULL) = (lat IS NULL)", name="point"),
        Index("ix_volunteer_plan_place", "place_path", "name"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    name: Mapped[str | None] = mapped_column(String(LONGEST_TITLE))
    duty: Mapped[DutyKind] = code_column(DutyKind)
    start_minute: Mapped[int] = mapped_column(Integer)
    minutes: Mapped[int] = mapped_column(Integer)
    area_id: Mapped[UUID] = mapped_column(ForeignKey(Area.id))
    place_path: Mapped[str] = mapped_column(String(200))
    meeting_place: Mapped[str] = mapped_column(String(LONGEST_PLACE))
    lon: Mapped[float | None] = mapped_column(Float)
    lat: Mapped[float | None] = mapped_column(Float)


class ShiftPlanPost(Base):
    """The seats of one role in a plan."""

    __tablename__ = "volunteer_plan_post"
    __table_args__ = (
        CheckConstraint("seats >= 1", name="seats"),
        CheckConstraint("least BETWEEN 0 AND seats", name="least"),
    )

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_plan.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(ROLE_LENGTH), primary_key=True)
    qualification: Mapped[str | None] = mapped_column(String(QUALIFICATION_LENGTH))
    least: Mapped[int] = mapped_column(Integer, default=0)
    seats: Mapped[int] = mapped_column(Integer)


class ShiftSeries(Base):
    """A plan that recurs by a rule (RFC 5545) from its first day on.

    ``made_to``: the last day for which its shifts were made, as far as the days were known.
    ``version`` counts edits; ``ended_at``: nothing is made any more.
    """

    __tablename__ = "volunteer_series"
    __table_args__ = (Index("ix_volunteer_series_activity_id", "activity_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_activity.id"))
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_plan.id"))
    rule: Mapped[str] = mapped_column(String(LONGEST_RULE))
    first_on: Mapped[date]
    skip_holidays: Mapped[bool] = mapped_column(Boolean, default=False)
    version: Mapped[int] = mapped_column(Integer, default=1)
    made_at: Mapped[datetime]
    made_to: Mapped[date | None]
    ended_at: Mapped[datetime | None]


class SeriesException(Base):
    """A day on which a series does not take place."""

    __tablename__ = "volunteer_series_exception"

    series_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_series.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)


class ShiftBatch(Base):
    """Shifts that were made at once, so that they can be undone at once."""

    __tablename__ = "volunteer_batch"
    __table_args__ = (
        UniqueConstraint("number"),
        Index("ix_volunteer_batch_activity_id", "activity_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), default=new_number)
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_activity.id"))
    kind: Mapped[BatchKind] = code_column(BatchKind)
    shifts: Mapped[int] = mapped_column(Integer)
    already: Mapped[int] = mapped_column(Integer, default=0)
    made_at: Mapped[datetime]
    maker_id: Mapped[UUID]
    undone_at: Mapped[datetime | None]

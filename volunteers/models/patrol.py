"""Routes, patrols on them, and the log that all teams of a patrol share (R029)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
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
from volunteers.rules.activities import DutyKind
from volunteers.rules.doorsteps import LONGEST_BUILDING, MOST_ENTRANCES, DoorTopic
from volunteers.rules.patrols import LIST_LENGTH, LONGEST_LOG, LONGEST_LOOK, LONGEST_NAME, Finding
from volunteers.rules.shifts import LONGEST_REASON


class Route(Base):
    """The way of a patrol through a road, a grid or an estate. It is never changed: a better one
    is written beside it, and this one ends."""

    __tablename__ = "volunteer_route"
    __table_args__ = (Index("ix_volunteer_route_place_path", "place_path"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    area_id: Mapped[UUID] = mapped_column(ForeignKey(Area.id))
    place_path: Mapped[str] = mapped_column(String(200))
    checklist: Mapped[str | None] = mapped_column(String(LIST_LENGTH))
    writer_id: Mapped[UUID]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Checkpoint(Base):
    """One point of a route, in the order of the way."""

    __tablename__ = "volunteer_checkpoint"
    __table_args__ = (
        UniqueConstraint("route_id", "place"),
        CheckConstraint("(lon IS NULL) = (lat IS NULL)", name="point"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    route_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_route.id"))
    place: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    look_at: Mapped[str] = mapped_column(String(LONGEST_LOOK), default="")
    lon: Mapped[float | None] = mapped_column(Float)
    lat: Mapped[float | None] = mapped_column(Float)


class Patrol(Base):
    """Which route a shift walks."""

    __tablename__ = "volunteer_patrol"
    __table_args__ = (Index("ix_volunteer_patrol_route_id", "route_id"),)

    shift_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_shift.id"), primary_key=True)
    route_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_route.id"))


class PatrolTick(Base):
    """That a checkpoint was passed, and when: by whoever came first. ``sign_up_id`` has no foreign
    key, so that the tick outlives an erasure."""

    __tablename__ = "volunteer_patrol_tick"

    shift_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_shift.id"), primary_key=True)
    checkpoint_id: Mapped[UUID] = mapped_column(
        ForeignKey("volunteer_checkpoint.id"), primary_key=True
    )
    at: Mapped[datetime]
    sign_up_id: Mapped[UUID]


class PatrolEntry(Base):
    """One entry of a log. ``sign_up_id``: the member who wrote it; ``actor_id``: the organiser who
    did so later, with a reason. ``case_number``: the public number of what was reported."""

    __tablename__ = "volunteer_patrol_entry"
    __table_args__ = (
        CheckConstraint("people >= 0 AND doors >= 0", name="counts"),
        CheckConstraint("(sign_up_id IS NULL) = (actor_id IS NOT NULL)", name="writer"),
        CheckConstraint("(actor_id IS NULL) = (reason IS NULL)", name="reason"),
        Index("ix_volunteer_patrol_entry_shift_id", "shift_id", "id"),
        Index("ix_volunteer_patrol_entry_case_number", "case_number"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    shift_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_shift.id"))
    duty: Mapped[DutyKind] = code_column(DutyKind)
    made_at: Mapped[datetime]
    words: Mapped[str] = mapped_column(String(LONGEST_LOG))
    people: Mapped[int] = mapped_column(Integer, default=0)
    doors: Mapped[int] = mapped_column(Integer, default=0)
    checkpoint_id: Mapped[UUID | None] = mapped_column(ForeignKey("volunteer_checkpoint.id"))
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("volunteer_team.id"))
    sign_up_id: Mapped[UUID | None]
    actor_id: Mapped[UUID | None]
    reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))
    case_number: Mapped[str | None] = mapped_column(String(16))


class PatrolAnswer(Base):
    """What was seen at one point of a checklist, in one entry."""

    __tablename__ = "volunteer_patrol_answer"

    entry_id: Mapped[UUID] = mapped_column(
        ForeignKey("volunteer_patrol_entry.id"), primary_key=True
    )
    item: Mapped[str] = mapped_column(String(LIST_LENGTH), primary_key=True)
    finding: Mapped[Finding] = code_column(Finding)


class Doorstep(Base):
    """The households of an entry: about what, how many said yes, at which entrance. No door, no
    name; ``volunteers/rules/doorsteps.py`` says when an entrance is kept."""

    __tablename__ = "volunteer_doorstep"
    __table_args__ = (
        CheckConstraint("agreed >= 0", name="agreed"),
        CheckConstraint("entrance IS NULL OR building IS NOT NULL", name="building"),
        CheckConstraint(f"entrance BETWEEN 1 AND {MOST_ENTRANCES}", name="entrance"),
    )

    entry_id: Mapped[UUID] = mapped_column(
        ForeignKey("volunteer_patrol_entry.id"), primary_key=True
    )
    topic: Mapped[DoorTopic] = code_column(DoorTopic)
    agreed: Mapped[int] = mapped_column(Integer)
    building: Mapped[str | None] = mapped_column(String(LONGEST_BUILDING))
    entrance: Mapped[int | None] = mapped_column(Integer)

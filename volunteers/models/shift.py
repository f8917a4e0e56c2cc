"""Shifts and the seats on them."""

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
    QUALIFICATION_LENGTH,
    ROLE_LENGTH,
    DutyKind,
)
from volunteers.rules.shifts import LONGEST_REASON, ShiftState


class Shift(Base):
    """One stretch of service at a place; its end is not part of it.

    ``series_id`` and ``original_on``: which day of which series it was made for; the day stays
    when the shift is moved, so that making a series again makes nothing twice. ``detached``: it was
    changed by itself, and an edit of its series leaves it alone. ``opens_at``: from when seats are
    given (None: at once). ``sequence`` counts changes that people must hear of (iCalendar's
    SEQUENCE); the last was at ``changed_at``. ``batch_id``: with which others it was made at once.
    """

    __tablename__ = "volunteer_shift"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends"),
        CheckConstraint("(lon IS NULL) = (lat IS NULL)", name="point"),
        CheckConstraint("(state = 'cancelled') = (cancelled_at IS NOT NULL)", name="cancelled"),
        CheckConstraint("(series_id IS NULL) = (original_on IS NULL)", name="series"),
        UniqueConstraint("series_id", "original_on", name="uq_volunteer_shift_series"),
        Index("ix_volunteer_shift_starts_at", "starts_at", "id"),
        Index("ix_volunteer_shift_place", "place_path", "starts_at"),
        Index("ix_volunteer_shift_activity_id", "activity_id", "starts_at"),
        Index("ix_volunteer_shift_batch_id", "batch_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_activity.id"))
    series_id: Mapped[UUID | None]
    original_on: Mapped[date | None]
    detached: Mapped[bool] = mapped_column(Boolean, default=False)
    batch_id: Mapped[UUID | None]
    duty: Mapped[DutyKind] = code_column(DutyKind)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    area_id: Mapped[UUID] = mapped_column(ForeignKey(Area.id))
    place_path: Mapped[str] = mapped_column(String(200))
    meeting_place: Mapped[str] = mapped_column(String(LONGEST_PLACE))
    lon: Mapped[float | None] = mapped_column(Float)
    lat: Mapped[float | None] = mapped_column(Float)
    state: Mapped[ShiftState] = code_column(ShiftState, default=ShiftState.PLANNED)
    opens_at: Mapped[datetime | None]
    sequence: Mapped[int] = mapped_column(Integer, default=0)
    changed_at: Mapped[datetime | None]
    made_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))


class ShiftPost(Base):
    """The seats of one role on a shift. ``taken`` moves by a conditional UPDATE only, which is the
    first statement of its transaction: the last seat is sold once (facts §6)."""

    __tablename__ = "volunteer_shift_post"
    __table_args__ = (
        UniqueConstraint("shift_id", "role"),
        CheckConstraint("seats >= 1", name="seats"),
        CheckConstraint("least BETWEEN 0 AND seats", name="least"),
        CheckConstraint("taken BETWEEN 0 AND seats", name="taken"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    shift_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_shift.id"))
    role: Mapped[str] = mapped_column(String(ROLE_LENGTH))
    leads: Mapped[bool] = mapped_column(Boolean, default=False)
    qualification: Mapped[str | None] = mapped_column(String(QUALIFICATION_LENGTH))
    least: Mapped[int] = mapped_column(Integer, default=0)
    seats: Mapped[int] = mapped_column(Integer)
    taken: Mapped[int] = mapped_column(Integer, default=0)

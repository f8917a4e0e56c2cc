"""Who came to a shift: written once, never changed, taken back only by a row that says why.

The rows hang on the sign-up's id without a foreign key: they outlive an erasure, without her.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id, new_number
from volunteers.rules.on_the_day import LONGEST_WORD, AbsenceState, Mark, VoidWhy, Way
from volunteers.rules.shifts import LONGEST_REASON


class Attendance(Base):
    """That somebody came, left or did not come. ``at``: when that was; ``made_at``: when it was
    written.

    ``leaving`` parts coming from going. ``round`` counts what was taken back before, so that of
    two who write the same at once one row is made. ``batch_id``: the act of "the rest did not
    come" that it belongs to. ``actor_id``: the organiser; None: she herself.
    """

    __tablename__ = "volunteer_attendance"
    __table_args__ = (
        UniqueConstraint("sign_up_id", "leaving", "round"),
        CheckConstraint("(mark = 'left') = leaving", name="leaving"),
        CheckConstraint("way <> 'list' OR reason IS NOT NULL", name="reason"),
        Index("ix_volunteer_attendance_shift_id", "shift_id"),
        Index("ix_volunteer_attendance_mark", "mark", "made_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    shift_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_shift.id"))
    sign_up_id: Mapped[UUID]
    mark: Mapped[Mark] = code_column(Mark)
    leaving: Mapped[bool] = mapped_column(Boolean)
    round: Mapped[int] = mapped_column(Integer, default=0)
    way: Mapped[Way] = code_column(Way)
    at: Mapped[datetime]
    made_at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))
    batch_id: Mapped[UUID | None]


class AttendanceVoid(Base):
    """That a row no longer counts, and why. Once a row."""

    __tablename__ = "volunteer_attendance_void"
    __table_args__ = (CheckConstraint("(why = 'struck') = (reason IS NOT NULL)", name="reason"),)

    attendance_id: Mapped[UUID] = mapped_column(
        ForeignKey("volunteer_attendance.id"), primary_key=True
    )
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    why: Mapped[VoidWhy] = code_column(VoidWhy)
    reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))


class Absence(Base):
    """A no-show as she was told of it, and her word on it. It has no effect by itself (N3, L11)."""

    __tablename__ = "volunteer_absence"
    __table_args__ = (
        CheckConstraint("(words IS NULL) = (replied_at IS NULL)", name="replied"),
        CheckConstraint("(decided_at IS NULL) = (decider_id IS NULL)", name="decided"),
        Index("ix_volunteer_absence_person_id", "person_id"),
        Index("ix_volunteer_absence_state", "state", "reply_until", "id"),
        Index("ix_volunteer_absence_shift_id", "shift_id"),
        Index("ix_volunteer_absence_sign_up_id", "sign_up_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    attendance_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_attendance.id"), unique=True)
    shift_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_shift.id"))
    sign_up_id: Mapped[UUID]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    state: Mapped[AbsenceState] = code_column(AbsenceState)
    told_at: Mapped[datetime]
    reply_until: Mapped[datetime]
    words: Mapped[str | None] = mapped_column(String(LONGEST_WORD))
    replied_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decider_id: Mapped[UUID | None]
    answer: Mapped[str | None] = mapped_column(String(LONGEST_REASON))

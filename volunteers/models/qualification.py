"""What volunteers have learnt, with evidence, and who checked it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id, new_number
from volunteers.rules.activities import QUALIFICATION_LENGTH
from volunteers.rules.qualifications import QualificationState
from volunteers.rules.shifts import LONGEST_REASON


class Qualification(Base):
    """One qualification of one person. ``valid_to`` None: it does not run out. The picture of the
    evidence is kept until somebody has checked it, and no longer.

    ``place_path``: whose desk checks it. ``reminded_at``: that she was told that it ends soon.
    """

    __tablename__ = "volunteer_qualification"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates"),
        CheckConstraint("(state = 'waiting') = (checked_at IS NULL)", name="checked"),
        Index("ix_volunteer_qualification_person_id", "person_id", "code"),
        Index("ix_volunteer_qualification_state", "state", "place_path", "id"),
        Index("ix_volunteer_qualification_valid_to", "state", "valid_to"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    code: Mapped[str] = mapped_column(String(QUALIFICATION_LENGTH))
    place_path: Mapped[str] = mapped_column(String(200))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    blob_key: Mapped[str | None] = mapped_column(String(80))
    thumbnail_key: Mapped[str | None] = mapped_column(String(80))
    state: Mapped[QualificationState] = code_column(QualificationState)
    handed_at: Mapped[datetime]
    checker_id: Mapped[UUID | None]
    checked_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))
    reminded_at: Mapped[datetime | None]

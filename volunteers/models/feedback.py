"""What an organiser wrote to one volunteer after a shift: hers alone."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id, new_number
from volunteers.rules.rating import FeedbackKind


class Feedback(Base):
    """A thank-you or a piece of advice. ``author_id``: the organiser, once a stay of hers."""

    __tablename__ = "volunteer_feedback"
    __table_args__ = (
        UniqueConstraint("sign_up_id", "author_id", name="uq_volunteer_feedback_sign_up_id"),
        Index("ix_volunteer_feedback_person_id", "person_id"),
        Index("ix_volunteer_feedback_written_at", "written_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    shift_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_shift.id"))
    sign_up_id: Mapped[UUID]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[FeedbackKind] = code_column(FeedbackKind)
    sealed_words: Mapped[str] = mapped_column(Text)
    author_id: Mapped[UUID]
    written_at: Mapped[datetime]

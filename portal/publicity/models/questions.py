"""Public questions to units."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.areas.models import Area
from portal.areas.rules import PATH_LENGTH
from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id, new_number
from portal.publicity.rules.questions import (
    LONGEST_REASON,
    LONGEST_TITLE,
    NUMBER_LENGTH,
    ROLE_LENGTH,
    HiddenWhy,
    QuestionState,
)


class Question(Base):
    """A question of somebody to a unit. What she wrote is sealed; what everybody reads is a copy,
    without telephone numbers, that is made when it is published and found by ``folded``.

    ``asked_as``: the supervising role in which it was asked; None: as a resident.
    """

    __tablename__ = "question"
    __table_args__ = (
        CheckConstraint("(state = 'hidden') = (hidden_why IS NOT NULL)", name="hidden"),
        CheckConstraint(
            "state <> 'shown' OR (decided_at IS NOT NULL AND title IS NOT NULL AND words IS NOT "
            "NULL)",
            name="shown",
        ),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answer"),
        CheckConstraint("(verdict IS NULL) = (verdict_at IS NULL)", name="verdict"),
        CheckConstraint("verdict IS NULL OR answered_at IS NOT NULL", name="verdict_of"),
        CheckConstraint(
            "reheard_by IS NULL OR reheard_by <> decided_by", name="heard_by_another"
        ),
        CheckConstraint("reheard_at IS NULL OR appealed_at IS NOT NULL", name="reheard"),
        Index("ix_question_state", "state", "id"),
        Index("ix_question_organisation_id", "organisation_id", "state", "id"),
        Index("ix_question_person_id", "person_id"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(NUMBER_LENGTH), unique=True, default=new_number)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    area_id: Mapped[UUID] = mapped_column(ForeignKey(Area.id))
    place_path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    person_id: Mapped[UUID | None]
    asked_as: Mapped[str | None] = mapped_column(String(ROLE_LENGTH))
    sealed_title: Mapped[str | None] = mapped_column(Text)
    sealed_words: Mapped[str | None] = mapped_column(Text)
    title: Mapped[str | None] = mapped_column(String(LONGEST_TITLE * 2))
    words: Mapped[str | None] = mapped_column(Text)
    folded: Mapped[str | None] = mapped_column(Text)
    asked_at: Mapped[datetime]
    state: Mapped[QuestionState] = code_column(QuestionState, default=QuestionState.WAITING)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    hidden_why: Mapped[HiddenWhy | None] = code_column(HiddenWhy)
    hidden_words: Mapped[str | None] = mapped_column(String(LONGEST_REASON))
    sealed_appeal: Mapped[str | None] = mapped_column(Text)
    appealed_at: Mapped[datetime | None]
    reheard_at: Mapped[datetime | None]
    reheard_by: Mapped[UUID | None]
    reheard_words: Mapped[str | None] = mapped_column(String(LONGEST_REASON))
    due_at: Mapped[datetime | None]
    answer: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None]
    verdict: Mapped[bool | None] = mapped_column(Boolean)
    verdict_at: Mapped[datetime | None]

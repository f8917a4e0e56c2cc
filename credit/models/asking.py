"""Requests of residents to have something in their ledger corrected."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from credit.rules.asking import About, AskState
from portal.accounts.models import Person
from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id, new_number

_OPEN = text("answered_at IS NULL")


class CorrectionRequest(Base):
    """One request, with what was prepared and answered. Words of both sides are sealed.

    ``topic`` is what it is about, as one word, so that of the same at most one is open.
    ``answer_by`` None: no calendar says when.
    """

    __tablename__ = "credit_correction_request"
    __table_args__ = (
        Index(
            "uq_credit_correction_request_open", "person_id", "topic", unique=True,
            sqlite_where=_OPEN, postgresql_where=_OPEN,
        ),
        Index("ix_credit_correction_request_state", "district", "state"),
        CheckConstraint("(about = 'entry') = (entry_id IS NOT NULL)", name="about"),
        CheckConstraint("(prepared_by IS NULL) = (amount IS NULL)", name="prepared"),
        # an entry is written by two people only
        CheckConstraint(
            "corrected_id IS NULL OR"
            " (prepared_by IS NOT NULL AND answered_by IS NOT NULL AND prepared_by <> answered_by)",
            name="two_people",
        ),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    district: Mapped[str] = mapped_column(String(12))
    person_id: Mapped[UUID] = mapped_column(ForeignKey(Person.id))
    about: Mapped[About] = code_column(About)
    topic: Mapped[str] = mapped_column(String(40))
    entry_id: Mapped[UUID | None]
    state: Mapped[AskState] = code_column(AskState, default=AskState.OPEN)
    sealed_words: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
    answer_by: Mapped[datetime | None]
    amount: Mapped[int | None] = mapped_column(Integer)
    sealed_answer: Mapped[str | None] = mapped_column(Text)
    prepared_by: Mapped[UUID | None]
    answered_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]
    corrected_id: Mapped[UUID | None]

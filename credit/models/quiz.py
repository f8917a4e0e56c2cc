"""Things to learn, with their questions, in versions. Nobody's answers are kept."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base
from portal.kernel.ids import new_id

_OPEN = text("published_at IS NULL")
_IN_USE = text("published_at IS NOT NULL AND ended_at IS NULL")


class QuizVersion(Base):
    """One version of one thing to learn. Once published its content is never changed.

    How often it was answered and passed is counted, by nobody's name.
    """

    __tablename__ = "credit_quiz"
    __table_args__ = (
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("passed BETWEEN 0 AND answered", name="counts"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="valid"),
        CheckConstraint("ended_at IS NULL OR published_at IS NOT NULL", name="ended"),
        # one draft and one version in use of each
        Index(
            "uq_credit_quiz_draft", "number", unique=True,
            sqlite_where=_OPEN, postgresql_where=_OPEN,
        ),
        Index(
            "uq_credit_quiz_in_use", "number", unique=True,
            sqlite_where=_IN_USE, postgresql_where=_IN_USE,
        ),
        Index("uq_credit_quiz_version", "number", "version", unique=True),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16))
    version: Mapped[int] = mapped_column(Integer)
    # the content as its writer typed it, by language; see credit/rules/quizzes.py
    sheets: Mapped[str] = mapped_column(Text)
    # the city's list from which it was loaded
    list_name: Mapped[str | None] = mapped_column(String(200), index=True)
    revision: Mapped[int] = mapped_column(Integer, default=1)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    written_at: Mapped[datetime]
    written_by: Mapped[UUID | None]
    published_at: Mapped[datetime | None]
    published_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]
    answered: Mapped[int] = mapped_column(Integer, default=0)
    passed: Mapped[int] = mapped_column(Integer, default=0)

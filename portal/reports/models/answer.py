"""Answers to the further questions of a kind: personal ones sealed, so that they can be erased."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base


class CaseAnswer(Base):
    """One answer. A plate or a telephone number is sealed; the rest is read as it stands."""

    __tablename__ = "case_answer"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district", "case_id"], ["cases.district", "cases.id"], name="fk_case_answer_case"
        ),
        CheckConstraint("(value IS NULL) <> (sealed_value IS NULL)", name="one_value"),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str | None] = mapped_column(String(120))
    sealed_value: Mapped[str | None] = mapped_column(Text)

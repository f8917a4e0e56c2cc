"""Where a matter was sent that is not ours: named on a refusal, or handed over with a record."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, code_column
from portal.reports.models.case import of_case
from portal.reports.rules.outside import OutsideKind


class CaseOutside(Base):
    """A body outside of this portal that a step of a case names. The history itself is not changed.

    ``body`` is a code of the list of bodies; ``reference`` their number of the matter.
    """

    __tablename__ = "case_outside"
    __table_args__ = (
        of_case("case_outside"),
        Index("ix_case_outside_case", "district", "case_id"),
        Index("ix_case_outside_answer_by", "answer_by"),
        CheckConstraint("kind = 'handed_over' OR answer_by IS NULL", name="answer"),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    kind: Mapped[OutsideKind] = code_column(OutsideKind)
    body: Mapped[str] = mapped_column(String(40))
    reference: Mapped[str | None] = mapped_column(String(80))
    # until when an answer is awaited; None: none is
    answer_by: Mapped[date | None] = mapped_column(Date)
    at: Mapped[datetime]

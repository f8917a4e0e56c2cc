"""One matter that needs several units (主案, 子案), and one that units dispute."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base
from portal.kernel.ids import new_id
from portal.reports.rules.disputes import LONGEST_RESOLUTION

_WAITING = text("decided_at IS NULL")


class CasePart(Base):
    """That a case is a part of another one: for good. A part has no parts of its own."""

    __tablename__ = "case_part"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district", "case_id"], ["cases.district", "cases.id"], name="fk_case_part_case"
        ),
        ForeignKeyConstraint(
            ["district", "whole_id"], ["cases.district", "cases.id"], name="fk_case_part_whole"
        ),
        Index("ix_case_part_whole", "district", "whole_id"),
        CheckConstraint("case_id <> whole_id", name="whole"),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    whole_id: Mapped[UUID]
    at: Mapped[datetime]


class CaseDispute(Base):
    """A disputed case before the joint meeting, and what the meeting resolved (R181).

    Why it was put before the meeting, and the words of the resolution, are notes in the history.
    """

    __tablename__ = "case_dispute"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district", "case_id"], ["cases.district", "cases.id"], name="fk_case_dispute_case"
        ),
        Index(
            "ix_case_dispute_waiting",
            "district",
            "case_id",
            unique=True,
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
        Index("ix_case_dispute_case", "district", "case_id", "id"),
        CheckConstraint(
            "(decided_at IS NULL) = (unit_id IS NULL) AND (decided_at IS NULL) = (held_on IS NULL)"
            " AND (decided_at IS NULL) = (resolution IS NULL)",
            name="decided",
        ),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID]
    meeting_id: Mapped[UUID]
    put_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    held_on: Mapped[date | None]
    resolution: Mapped[str | None] = mapped_column(String(LONGEST_RESOLUTION))
    unit_id: Mapped[UUID | None]

"""What neighbours and the desk leave beside a case: voices that it is still there, and merges."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, ForeignKeyConstraint, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id
from portal.reports.rules.codes import State

_STANDING = text("undone_at IS NULL")


class CaseStillThere(Base):
    """Somebody who joined a case says that it is still there: once a cycle, the key decides."""

    __tablename__ = "case_still_there"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district", "reporter_id"],
            ["case_reporter.district", "case_reporter.id"],
            name="fk_case_still_there_reporter",
            ondelete="CASCADE",
        ),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    cycle: Mapped[int] = mapped_column(Integer, primary_key=True)
    reporter_id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class CaseMerge(Base):
    """A case that became part of another (并案), with what it takes to part them again."""

    __tablename__ = "case_merge"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district", "case_id"], ["cases.district", "cases.id"], name="fk_case_merge_case"
        ),
        ForeignKeyConstraint(
            ["district", "into_id"], ["cases.district", "cases.id"], name="fk_case_merge_into"
        ),
        Index(
            "ix_case_merge_standing",
            "district",
            "case_id",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
        Index("ix_case_merge_into", "district", "into_id"),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID]
    into_id: Mapped[UUID]
    at: Mapped[datetime]
    was_state: Mapped[State] = code_column(State)
    was_listed: Mapped[bool] = mapped_column(Boolean)
    undone_at: Mapped[datetime | None]

"""Links sent to a reporter (revocable, only hashes kept), and the day she last urged."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id
from portal.reports.rules.codes import LinkPurpose


def _of_reporter(table: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["district", "reporter_id"],
        ["case_reporter.district", "case_reporter.id"],
        name=f"fk_{table}_reporter",
        ondelete="CASCADE",
    )


class CaseLink(Base):
    """One link in one message: it opens the reporter's own case without an account."""

    __tablename__ = "case_link"
    __table_args__ = (
        _of_reporter("case_link"),
        Index("ix_case_link_reporter", "district", "reporter_id"),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    case_id: Mapped[UUID]
    reporter_id: Mapped[UUID]
    purpose: Mapped[LinkPurpose] = code_column(LinkPurpose)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]


class CaseUrge(Base):
    """A reporter urged on a day: the key allows it once."""

    __tablename__ = "case_urge"
    __table_args__ = (_of_reporter("case_urge"),)

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    reporter_id: Mapped[UUID] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)

"""Which months of confirmed reports were told to the ledger, and which reports were among them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base
from portal.reports.models.case import of_case


class UsefulMonth(Base):
    """A month of a district that is told, up to the moment it ended. All is told as of one moment:
    ``told_at``, also what an interrupted run left to the next one."""

    __tablename__ = "useful_month"

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    ended_from: Mapped[datetime]
    ended_before: Mapped[datetime]
    told_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class UsefulCase(Base):
    """A report that counted: never again, even if it is opened and closed once more."""

    __tablename__ = "useful_case"
    __table_args__ = (
        of_case("useful_case"),
        Index("ix_useful_case_month", "district", "month"),
    )

    district: Mapped[str] = mapped_column(String(12), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    month: Mapped[str] = mapped_column(String(7))

"""Early warnings: one row for each spike, from its beginning to its end."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Float, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id, new_number
from portal.reports.rules.spikes import LONGEST_NOTE, Measure

_RUNNING = text("ended_at IS NULL")


class ReportSpike(Base):
    """A kind of problem of which a place reports far more than usual (R238).

    ``level`` is what was seen at the last look (reports, or a satisfied share), ``peak`` the worst
    of it, ``usual`` and ``bound`` what it was held against at the beginning. ``category_code`` is
    empty where all kinds are meant.
    """

    __tablename__ = "report_spike"
    __table_args__ = (
        # one row a spike, whoever finds it first
        Index(
            "uq_report_spike_running",
            "measure",
            "place_path",
            "category_code",
            unique=True,
            sqlite_where=_RUNNING,
            postgresql_where=_RUNNING,
        ),
        Index("ix_report_spike_ended_at", "ended_at", "place_path"),
        CheckConstraint("ended_at >= began_at", name="ended"),
        CheckConstraint("(answered_at IS NULL) = (note IS NULL)", name="answered"),
        CheckConstraint("answered_at IS NULL OR seen_at IS NOT NULL", name="seen"),
        CheckConstraint("(seen_at IS NULL) = (seen_by IS NULL)", name="seen_by"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    measure: Mapped[Measure] = code_column(Measure)
    place_path: Mapped[str] = mapped_column(String(255))
    category_code: Mapped[str] = mapped_column(String(40), default="")
    # of satisfaction: the month of the release
    month: Mapped[str | None] = mapped_column(String(7))
    level: Mapped[float] = mapped_column(Float)
    peak: Mapped[float] = mapped_column(Float)
    usual: Mapped[float] = mapped_column(Float)
    bound: Mapped[float] = mapped_column(Float)
    began_at: Mapped[datetime]
    looked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    seen_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None]
    note: Mapped[str | None] = mapped_column(String(LONGEST_NOTE))

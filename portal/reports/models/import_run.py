"""Files of work orders that staff handed in on the page."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Integer, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id
from portal.reports.rules.import_runs import RunState


class ImportRun(Base):
    """A file of work orders that staff handed in, and how far its taking over has come."""

    __tablename__ = "import_run"
    __table_args__ = (Index("ix_import_run_state_id", "state", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    state: Mapped[RunState] = code_column(RunState)
    handed_by: Mapped[UUID]
    handed_at: Mapped[datetime]
    file_name: Mapped[str] = mapped_column(String(200))
    # None: the file is deleted
    blob_key: Mapped[str | None] = mapped_column(String(80), index=True)
    layout: Mapped[str] = mapped_column(String(40))
    encoding: Mapped[str] = mapped_column(String(16))
    partial: Mapped[bool] = mapped_column(default=False, server_default=false())
    rows: Mapped[int] = mapped_column(Integer, default=0)
    bad: Mapped[int] = mapped_column(Integer, default=0)
    done: Mapped[int] = mapped_column(Integer, default=0)
    # what was found, and what became of it, as JSON
    found: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(Text)
    worked_at: Mapped[datetime | None]
    taken_at: Mapped[datetime | None]

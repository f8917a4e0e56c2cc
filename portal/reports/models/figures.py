"""Kept counts of cases for the figures of staff: made by a job, and made again at any time."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id
from portal.reports.rules.figures import Kept


class FigureCount(Base):
    """Counts of the cases found on a day (or in a month, by its first day). What reporters said of
    them is not among them: that is told by releases only (P4)."""

    __tablename__ = "figure_count"
    __table_args__ = {"sqlite_with_rowid": False}

    kept: Mapped[Kept] = code_column(Kept, primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    place_path: Mapped[str] = mapped_column(String(200), primary_key=True)
    category_code: Mapped[str] = mapped_column(String(40), primary_key=True)
    # nought: no unit
    unit_id: Mapped[UUID] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(32), primary_key=True)
    found: Mapped[int] = mapped_column(Integer)
    found_own: Mapped[int] = mapped_column(Integer)
    found_grid: Mapped[int] = mapped_column(Integer)
    taken: Mapped[int] = mapped_column(Integer)
    responded: Mapped[int] = mapped_column(Integer)
    done: Mapped[int] = mapped_column(Integer)
    due: Mapped[int] = mapped_column(Integer)
    in_time: Mapped[int] = mapped_column(Integer)
    tried: Mapped[int] = mapped_column(Integer)
    reworked: Mapped[int] = mapped_column(Integer)
    given: Mapped[int] = mapped_column(Integer)
    given_right: Mapped[int] = mapped_column(Integer)
    returned: Mapped[int] = mapped_column(Integer)
    passed_on: Mapped[int] = mapped_column(Integer)
    extended: Mapped[int] = mapped_column(Integer)
    suspended: Mapped[int] = mapped_column(Integer)
    open: Mapped[int] = mapped_column(Integer)
    late: Mapped[int] = mapped_column(Integer)
    over_minutes: Mapped[int] = mapped_column(Integer)
    late_minutes: Mapped[int] = mapped_column(Integer)
    closed: Mapped[int] = mapped_column(Integer)
    closed_below: Mapped[int] = mapped_column(Integer)
    grid_closed: Mapped[int] = mapped_column(Integer)
    grid_closed_below: Mapped[int] = mapped_column(Integer)


class FigureStale(Base):
    """A day whose counts have to be made again, noted by whoever changed it without the clock
    of the case saying so. Only added to, so that writers never wait for each other.
    """

    __tablename__ = "figure_stale"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    day: Mapped[date]


class FigureMark(Base):
    """One row: until when the counts know everything. Who counts holds it."""

    __tablename__ = "figure_mark"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    counted_at: Mapped[datetime | None]

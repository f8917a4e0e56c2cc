"""Reads of the reports on dispatch: pages show the frozen file and never count."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.assessment.models.dispatch import DispatchReport

LATEST = 60


@dataclass(frozen=True)
class ReportLine:
    """A report as lists name it."""

    month: str
    frozen_at: datetime
    digest: str


@dataclass(frozen=True)
class ReportFile:
    """A report with its file."""

    line: ReportLine
    text: str


_LINE = (DispatchReport.month, DispatchReport.frozen_at, DispatchReport.digest)


def dispatch_reports(session: Session) -> list[ReportLine]:
    """The last reports, the newest first."""
    newest = select(*_LINE).order_by(DispatchReport.month.desc()).limit(LATEST)
    return [ReportLine(*row) for row in session.execute(newest)]


def dispatch_report(session: Session, month: str) -> ReportFile | None:
    """The report of a month."""
    one = select(*_LINE, DispatchReport.table_csv).where(DispatchReport.month == month)
    row = session.execute(one).first()
    return ReportFile(ReportLine(*row[:3]), row[3]) if row else None

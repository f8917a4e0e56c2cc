"""A few fresh reports with answers to what their kinds ask further, and through the own doors."""

import csv
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from portal.accounts.rules import NOBODY
from portal.areas.queries import AreaRow
from portal.reports.rules.intake import Contact, ReportAnswers
from portal.reports.rules.kinds import BEHAVIOUR
from portal.reports.service.intake import file_report

TOLD = Path(__file__).parents[1] / "data" / "demo-asked.tsv"


def file_asked(session: Session, community: AreaRow, now: datetime) -> None:
    """File them through the service, as visitors would have within the last hours."""
    two_days_ago = f"{now - timedelta(days=2):%Y-%m-%d}"
    with TOLD.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    for row in rows:
        cell = row["answers"].replace("TWODAYSAGO", two_days_ago)
        answers = ReportAnswers(
            area_code=community.code,
            category_code=row["category"],
            words=row["words"],
            contact=Contact.NONE,
            publish=None if row["category"] == BEHAVIOUR else True,
            extra=dict(part.split("=", 1) for part in cell.split()),
        )
        file_report(session, answers, actor=NOBODY, now=now - timedelta(hours=3))

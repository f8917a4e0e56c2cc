"""Who reported something in a time, as opaque keys, and where: for figures of participation."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from portal.reports.models import Case, CaseReporter

FETCHED = 10_000


def reporting_people(session: Session, first: datetime, end: datetime) -> Iterator[tuple[str, str]]:
    """(who, path of the place). An account counts as such, a telephone without one by its
    pseudonym; whoever reported anonymously is known to nobody and is not counted."""
    behind = and_(CaseReporter.district == Case.district, CaseReporter.case_id == Case.id)
    statement = (
        select(CaseReporter.person_id, CaseReporter.pseudonym, Case.place_path)
        .join(Case, behind)
        .where(CaseReporter.created_at >= first, CaseReporter.created_at < end)
    )
    rows: Any = session.execute(statement, execution_options={"yield_per": FETCHED})
    for person_id, pseudonym, path in rows:
        if person_id or pseudonym:
            yield str(person_id or pseudonym), path

"""How much lies open, for whoever watches the portal: counts by the index of open states."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from portal.reports.models import Case
from portal.reports.queries.case_parts import a_whole
from portal.reports.queries.desk import is_late_now
from portal.reports.rules.transitions import OPEN


@dataclass(frozen=True)
class Pulse:
    """Open matters of the whole city, and those whose promise is broken."""

    open: int
    late: int


def pulse(session: Session, now: datetime) -> Pulse:
    """Both counts in one query."""
    found = session.execute(
        select(func.count(), func.count(case((is_late_now(now), 1)))).where(
            Case.state.in_(sorted(OPEN)), a_whole()
        )
    ).one()
    return Pulse(*found)

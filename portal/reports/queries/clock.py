"""Cases whose time has something to be written down."""

from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from portal.reports.models import Case
from portal.reports.queries.case import CaseRow, columns
from portal.reports.rules.transitions import UNDONE

MOST = 500


def paused_over(session: Session, now: datetime) -> list[str]:
    """The numbers of cases whose pause has run out, the longest ago first."""
    found = select(Case.number).where(Case.paused_until <= now).order_by(Case.paused_until)
    return list(session.scalars(found.limit(MOST)))


def undated_cases(session: Session) -> list[CaseRow]:
    """Cases to be done that have no promised date, now or once their pause is over."""
    undated = or_(
        Case.promised_at.is_(None),
        and_(Case.paused_until.is_not(None), Case.promise_if_over.is_(None)),
    )
    found = session.execute(
        select(*columns(Case, CaseRow)).where(Case.state.in_(UNDONE), undated).limit(MOST)
    )
    return [CaseRow(*row) for row in found]

"""The fast alert of a new illegal building (R126): street and grid lead at once, and once only."""

from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.accounts.queries import PersonRow, people_holding
from portal.accounts.rules import Permission
from portal.kernel.db import changed_rows
from portal.reports.models import CaseAlert
from portal.reports.queries.case import CaseRow
from portal.reports.rules.grid import ALERTED
from portal.reports.service.notices import tell_staff


def raise_alert(session: Session, case: CaseRow, *, now: datetime) -> bool:
    """Tell those who answer for the place and its street's desk; False when it was told before.

    The row of the alert is the first write: of two who find the same building one tells it.
    """
    if case.category_code not in ALERTED:
        return False
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    claim = (
        dialect.insert(CaseAlert)
        .values(district=case.district, case_id=case.id, raised_at=now)
        .on_conflict_do_nothing()
    )
    if changed_rows(session, claim) != 1:
        return False
    tell_staff(session, case, _whom(session, case, now), "desk.alert", now)
    return True


def _whom(session: Session, case: CaseRow, now: datetime) -> list[PersonRow]:
    """Who answers first for the place, and the desk that works in its grids (not the city's)."""
    first, desks, local = (
        {person.id: person for person in people_holding(session, one, case.place_path, None, now)}
        for one in (Permission.REPORT_RESPOND, Permission.REPORT_DISPATCH, Permission.GRID_WORK)
    )
    street = {id_: person for id_, person in desks.items() if id_ in local}
    return list({**first, **street}.values())

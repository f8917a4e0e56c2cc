"""The fast alert of a new illegal building (R126): street and grid lead at once, and once only.

Besides accounts the duty telephones hear of it: that of the nearest grid card, and the street
office's, where they can receive a text message. Whoever sits there may have no number of her own.
"""

from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.accounts.queries import PersonRow, people_holding
from portal.accounts.rules import Permission
from portal.areas.queries import duty_phones_up
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.instance import instance_of
from portal.kernel.phones import clean_mobile
from portal.organisations.queries import units_serving
from portal.organisations.rules import OrganisationKind
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
    offices = _duty_phones(session, case, now)
    tell_staff(session, case, _whom(session, case, now), "desk.alert", now, offices=offices)
    return True


def _duty_phones(session: Session, case: CaseRow, now: datetime) -> list[str]:
    """Of the nearest card that has one, and of the street's office; each once, mobiles only."""
    today = city_day(now, instance_of(session).city.zone)
    kinds = (OrganisationKind.STREET_OFFICE,)
    offices = units_serving(session, (case.place_path,), kinds, today)[case.place_path]
    cards = map(clean_mobile, duty_phones_up(session, case.place_path))
    nearest = next((phone for phone in cards if phone), None)
    street = (clean_mobile(office.phone or "") for office in offices[:1])
    return list(dict.fromkeys(phone for phone in (nearest, *street) if phone))


def _whom(session: Session, case: CaseRow, now: datetime) -> list[PersonRow]:
    """Who answers first for the place, and the desk that works in its grids (not the city's)."""
    first, desks, local = (
        {person.id: person for person in people_holding(session, one, case.place_path, None, now)}
        for one in (Permission.REPORT_RESPOND, Permission.REPORT_DISPATCH, Permission.GRID_WORK)
    )
    street = {id_: person for id_, person in desks.items() if id_ in local}
    return list({**first, **street}.values())

"""For whom an inspector or a visitor comes: her duty says so, not she (R034, R176, R278, R295).

The street and its communities come for the office of the place, liaison officers for the street's.
Whoever comes for a company or a social organisation holds a role that names it, and comes only
where it serves: in its place, or by a contract of the list; a company that is given no new work
inspects nothing either. A member of an alliance comes for the alliance that looks after the door.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from pledges.queries.duties import alliance_of
from pledges.queries.inspections import DoorRow
from pledges.rules.inspections import Body, InspectionRefusal, bodies_for
from portal.accounts.rules import Actor, Permission
from portal.kernel.clock import city_day
from portal.kernel.errors import Forbidden, Refused
from portal.kernel.instance import instance_of
from portal.organisations.queries import OrganisationRow, organisations_by_ids, units_for
from portal.organisations.rules import CONTRACTOR_KINDS, OrganisationKind, OrganisationRefusal
from portal.reports.queries.contracts import contracts_at

# whose role has to name it
_NAMED: Final[Mapping[Body, frozenset[OrganisationKind]]] = {
    Body.COMPANY: CONTRACTOR_KINDS,
    Body.SOCIAL_ORG: frozenset({OrganisationKind.SOCIAL_ORG}),
}
# the office of a place for which the others come
_OFFICES: Final[Mapping[Body, frozenset[OrganisationKind]]] = {
    Body.STREET: frozenset({OrganisationKind.STREET_OFFICE, OrganisationKind.DISTRICT_CENTRE}),
    Body.LIAISON: frozenset({OrganisationKind.STREET_OFFICE}),
    Body.COMMUNITY: frozenset({OrganisationKind.COMMITTEE}),
}


@dataclass(frozen=True)
class Duty:
    """As what somebody comes, and for whom; neither where the register knows no such office."""

    body: Body
    organisation_id: UUID | None = None
    alliance_id: UUID | None = None


def bodies_at(actor: Actor, place_path: str) -> tuple[Body, ...]:
    """As what somebody may come to a door: the roles that let her inspect there decide, and none
    that she holds elsewhere."""
    return bodies_for(actor.roles_for(Permission.PLEDGE_INSPECT, place_path=place_path))


def duty_of(
    session: Session, actor: Actor, body: Body | None, door: DoorRow, *, now: datetime
) -> Duty:
    """Her duty at a door. Raises Refused, saying what her role lacks."""
    if actor.person_id is None:
        raise Forbidden
    if body is None or body not in bodies_at(actor, door.place_path):
        raise Refused(InspectionRefusal.NO_BODY, field="body")
    today = city_day(now, instance_of(session).city.zone)
    if body is Body.ALLIANCE:
        alliance = alliance_of(session, actor.person_id, door, today)
        if alliance is None:
            raise Refused(InspectionRefusal.NO_ALLIANCE, field="body")
        return Duty(body, alliance_id=alliance)
    if body in _NAMED:
        return Duty(body, _named_unit(session, actor, body, door, today).id)
    offices = units_for(session, door.place_path, _OFFICES[body], today)
    return Duty(body, offices[0].id if offices else None)


def _named_unit(
    session: Session, actor: Actor, body: Body, door: DoorRow, today: date
) -> OrganisationRow:
    """The body that her role here names, if it serves the door."""
    named = {
        grant.organisation_id
        for grant in actor.grants
        if grant.permission is Permission.PLEDGE_INSPECT
        and grant.organisation_id is not None
        and grant.covers(door.place_path, None)
    }
    units = [
        unit
        for unit in organisations_by_ids(session, named).values()
        if unit.kind in _NAMED[body] and unit.valid_on(today)
    ]
    if not units:
        raise Refused(InspectionRefusal.NO_UNIT, field="body")
    working = [unit for unit in units if unit.takes_work]
    if not working:
        raise Refused(OrganisationRefusal.WITHOUT_NEW_WORK, field="body")
    contractors = {one.contractor for one in contracts_at(session, door.place_path, today)}
    for unit in working:
        place = unit.area_path
        if (place and door.place_path.startswith(place)) or unit.code in contractors:
            return unit
    raise Refused(InspectionRefusal.OUTSIDE, field="body")

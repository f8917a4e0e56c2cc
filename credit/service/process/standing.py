"""Who may take a step: from outside the proposer's unit, without an interest, not for oneself."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from credit.models import Matter
from credit.queries.matters import MatterRow, objections_of, stood_aside
from credit.queries.outside import ground_of, is_inside
from credit.queries.routes import open_route
from credit.queries.speakers import is_about
from credit.rules.guard import COUNTS_FOR, MATTER, Route
from credit.rules.process import MatterRefusal
from portal.accounts.rules import Actor, Permission, roles
from portal.kernel.clock import city_day
from portal.kernel.errors import Conflict, Forbidden, Refused
from portal.kernel.instance import instance_of
from portal.organisations.queries import standing_organisations


@dataclass(frozen=True)
class ActingFor:
    """For which unit or place somebody proposes."""

    unit_id: UUID | None
    place: str | None

    @property
    def key(self) -> str:
        return str(self.unit_id or self.place or "")


def acting_for(session: Session, actor: Actor, *, now: datetime) -> list[ActingFor]:
    """The units that stand and the places for which somebody may propose deductions."""
    grants = [grant for grant in actor.grants if grant.permission is Permission.DEDUCTION_PROPOSE]
    found = {ActingFor(grant.organisation_id, grant.place_path) for grant in grants}
    today = city_day(now, instance_of(session).city.zone)
    units = standing_organisations(session, {one.unit_id for one in found if one.unit_id}, today)
    standing = {None, *(unit.id for unit in units)}
    return sorted((one for one in found if one.unit_id in standing), key=lambda one: one.key)


def person_of(actor: Actor) -> UUID:
    """Who acts. Raises Forbidden for nobody."""
    if actor.person_id is None:
        raise Forbidden
    return actor.person_id


def is_outside(session: Session, row: MatterRow, actor: Actor) -> bool:
    """Whether somebody stands apart from the proposer's units and places, as the guard counts
    them: not by the one unit chosen in the form, but by every post of both (L11)."""
    ground = ground_of(session, actor.person_id, row.proposed_at - COUNTS_FOR)
    inside = select(Matter.id).where(Matter.id == row.id, is_inside(ground))
    return session.scalar(inside) is None


def check_confirmer(session: Session, row: MatterRow, actor: Actor) -> None:
    """Raises unless somebody may be the second person behind a proposal (L11)."""
    # first: a proposer who confirms for others hears the same whatever the guard said (N1)
    if row.proposer_id == actor.person_id:
        raise Refused(MatterRefusal.SAME_PERSON)
    # before the route: inside, both ways are the same as a number that does not exist (N1)
    if not is_outside(session, row, actor):
        raise Forbidden
    confirms = actor.may(Permission.DEDUCTION_CONFIRM) or actor.may(Permission.DEDUCTION_REVIEW)
    if row.confirmer_id is not None and confirms:
        # somebody was quicker; the route is gone with the wait, and it is told to all by now
        raise Conflict(MatterRefusal.CHANGED)
    if not may_see_proposal(session, row, actor):
        raise Forbidden
    _check_uninvolved(session, row, actor)


def may_see_proposal(session: Session, row: MatterRow, actor: Actor) -> bool:
    """Whether a proposal is shown to somebody who could confirm it; never by whom it was kept."""
    route = open_route(session, row.sealed_route, MATTER, row.id)
    if route is Route.ORDINARY:
        return actor.may(Permission.DEDUCTION_CONFIRM)
    return route is Route.OUTSIDE and actor.may(Permission.DEDUCTION_REVIEW)


def check_reviewer(session: Session, row: MatterRow, actor: Actor) -> None:
    """Raises unless somebody may decide an objection: not whoever proposed, confirmed or decided
    before (L9)."""
    if not actor.may(Permission.DEDUCTION_REVIEW):
        raise Forbidden
    decided = {one.decided_by for one in objections_of(session, [row.id]) if one.decided_by}
    if actor.person_id in {row.proposer_id, row.confirmer_id, *decided}:
        raise Refused(MatterRefusal.SAME_PERSON)
    _check_uninvolved(session, row, actor)


def _check_uninvolved(session: Session, row: MatterRow, actor: Actor) -> None:
    if is_about(session, row, actor.person_id):
        raise Refused(MatterRefusal.ONESELF)
    if not is_outside(session, row, actor):
        raise Refused(MatterRefusal.SAME_UNIT)
    if stood_aside(session, row.id, person_of(actor)):
        raise Refused(MatterRefusal.STOOD_ASIDE)


def is_reviewer(actor: Actor) -> bool:
    return actor.may(Permission.DEDUCTION_REVIEW)


def check_staff(row: MatterRow, actor: Actor) -> None:
    """Raises unless a matter is somebody's work: its proposer, its confirmer, or a reviewer."""
    mine = actor.person_id in {row.proposer_id, row.confirmer_id}
    if not (mine and actor.may(Permission.DESK_OPEN)) and not is_reviewer(actor):
        raise Forbidden


def office_of(actor: Actor, permission: Permission) -> str | None:
    """In which of her roles somebody does this: what the person concerned reads."""
    known = roles()
    held = [code for code in known if code in actor.roles]
    return next((code for code in held if permission in known[code].permissions), None)

"""Who gets which role where, and until when; the two offices that never meet in one account."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.accounts.models import Person, PersonOffice, RoleHolding
from portal.accounts.rules import Actor, Office, Permission, Refusal, Role, Scope, roles
from portal.areas.models import Area
from portal.areas.queries import area_by_code, find_areas
from portal.kernel.audit import note_action
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.instance import instance_of
from portal.organisations.queries import organisation, organisation_by_code


@dataclass(frozen=True)
class Place:
    """Where a role is to be held."""

    area_id: UUID | None = None
    organisation_id: UUID | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None


def grant_role(
    session: Session, actor: Actor | None, person_id: UUID, role: str, at: Place, *, now: datetime
) -> RoleHolding:
    """Give somebody a role. ``actor`` None is the operator at the command line."""
    # grants to one person take turns; what must hold is in the constraints all the same
    person = session.scalar(select(Person).where(Person.id == person_id).with_for_update())
    if person is None or person.erased_at is not None:
        raise Missing
    known = roles().get(role)
    if known is None:
        raise Refused(Refusal.UNKNOWN_ROLE, field="role")
    if actor is not None and actor.person_id == person_id:
        raise Refused(Refusal.OWN_ROLE)
    _check_place(session, actor, known, at)
    if at.valid_to is not None and at.valid_to <= (at.valid_from or now):
        raise Refused(Refusal.SHORT_TIME, field="until")
    _refuse_double(session, person_id, role, at, now)
    if known.office is not None:
        _take_office(session, person_id, known.office, now)
    holding = RoleHolding(
        person_id=person_id,
        role=role,
        office=known.office,
        area_id=at.area_id,
        organisation_id=at.organisation_id,
        valid_from=at.valid_from or now,
        valid_to=at.valid_to,
        granted_by=actor.person_id if actor else None,
    )
    session.add(holding)
    _note(session, actor, "role:grant", person, role, now)
    return holding


@dataclass(frozen=True)
class Wish:
    """A role as an administrator types it: place by code or full name, organisation by code."""

    role: str
    area: str = ""
    organisation: str = ""
    until: datetime | None = None


def grant_wish(
    session: Session, actor: Actor | None, person_id: UUID, wish: Wish, *, now: datetime
) -> RoleHolding:
    """Give a role where the words say."""
    place = Place(
        area_id=_area_id(session, wish.area.strip()) if wish.area.strip() else None,
        organisation_id=_unit_id(session, wish.organisation.strip()),
        valid_to=wish.until,
    )
    return grant_role(session, actor, person_id, wish.role, place, now=now)


def _area_id(session: Session, words: str) -> UUID:
    found = area_by_code(session, words)
    if found is not None:
        return found.id
    named = [area for area in find_areas(session, words, 20) if words in area.names.values()]
    # one name may belong to many places: then only the code says which
    if len(named) != 1:
        raise Refused(Refusal.UNKNOWN_AREA, field="area")
    return named[0].id


def _unit_id(session: Session, code: str) -> UUID | None:
    if not code:
        return None
    found = organisation_by_code(session, code)
    if found is None:
        raise Refused(Refusal.UNKNOWN_ORGANISATION, field="organisation")
    return found.id


def _check_place(session: Session, actor: Actor | None, role: Role, at: Place) -> None:
    """The role fits the place, and the actor's reach covers it."""
    area = session.get(Area, at.area_id) if at.area_id else None
    unit = organisation(session, at.organisation_id) if at.organisation_id else None
    if role.scope is Scope.AREA and area is None:
        raise Refused(Refusal.ROLE_NEEDS_AREA, field="area")
    if role.scope is Scope.ORGANISATION and unit is None:
        raise Refused(Refusal.ROLE_NEEDS_ORGANISATION, field="organisation")
    if role.scope is Scope.CITY and area is not None and area.parent_id is not None:
        raise Refused(Refusal.ROLE_NEEDS_CITY, field="area")
    paths = {area.path} if area else set()
    if unit is not None:
        paths.add(unit.area_path or "")
    if actor is not None and not all(reaches(session, actor, path) for path in paths or {""}):
        raise Refused(Refusal.NOT_YOUR_PLACE, field="area")


def reaches(
    session: Session, actor: Actor, path: str, permission: Permission = Permission.ROLE_GRANT
) -> bool:
    """Whether the actor's permission covers a place; "" is the whole city."""
    if path:
        return actor.may(permission, place_path=path)
    roots = [f"/{code}/" for code in instance_of(session).city.roots]
    return actor.may_everywhere(permission) or all(
        actor.may(permission, place_path=root) for root in roots
    )


def _refuse_double(session: Session, person_id: UUID, role: str, at: Place, now: datetime) -> None:
    held = exists().where(
        RoleHolding.person_id == person_id,
        RoleHolding.role == role,
        RoleHolding.ended_at.is_(None),
        (RoleHolding.valid_to.is_(None)) | (RoleHolding.valid_to > now),
        RoleHolding.area_id.is_not_distinct_from(at.area_id),
        RoleHolding.organisation_id.is_not_distinct_from(at.organisation_id),
    )
    if session.scalar(select(held)):
        raise Refused(Refusal.ROLE_HELD, field="role")


def _take_office(session: Session, person_id: UUID, office: Office, now: datetime) -> None:
    """Bind the account to an office; the primary key lets only one of two racing grants win."""
    session.execute(
        update(RoleHolding)
        .where(RoleHolding.person_id == person_id, RoleHolding.valid_to <= now)
        .where(RoleHolding.ended_at.is_(None))
        .values(ended_at=RoleHolding.valid_to, office=None)
    )
    _leave_office(session, person_id)
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    session.execute(
        dialect.insert(PersonOffice)
        .values(person_id=person_id, office=office)
        .on_conflict_do_nothing()
    )
    held = session.scalar(select(PersonOffice.office).where(PersonOffice.person_id == person_id))
    if held is not office:
        raise Refused(Refusal.TWO_OFFICES, field="role")


def _leave_office(session: Session, person_id: UUID) -> None:
    """Free the account of its office when no role binds it any more."""
    bound = exists().where(
        RoleHolding.person_id == PersonOffice.person_id, RoleHolding.office.is_not(None)
    )
    session.execute(delete(PersonOffice).where(PersonOffice.person_id == person_id, ~bound))


def end_role(session: Session, actor: Actor | None, number: str, *, now: datetime) -> None:
    """End a role that is held; the row stays as history."""
    holding = session.scalar(select(RoleHolding).where(RoleHolding.number == number))
    if holding is None:
        raise Missing
    if actor is not None:
        _check_reach(session, actor, holding)
    held = update(RoleHolding).where(RoleHolding.id == holding.id, RoleHolding.ended_at.is_(None))
    by = actor.person_id if actor else None
    if not changed_rows(session, held.values(ended_at=now, ended_by=by, office=None)):
        raise Conflict(Refusal.ROLE_ENDED)
    _leave_office(session, holding.person_id)
    person = session.get_one(Person, holding.person_id)
    _note(session, actor, "role:end", person, holding.role, now)


def _check_reach(session: Session, actor: Actor, holding: RoleHolding) -> None:
    area = session.get(Area, holding.area_id) if holding.area_id else None
    unit = organisation(session, holding.organisation_id) if holding.organisation_id else None
    path = area.path if area else (unit.area_path if unit else None)
    if not reaches(session, actor, path or ""):
        raise Missing
    if actor.person_id == holding.person_id:
        raise Refused(Refusal.OWN_ROLE)


def _note(
    session: Session, actor: Actor | None, action: str, person: Person, role: str, now: datetime
) -> None:
    note_action(
        session,
        at=now,
        actor_id=actor.person_id if actor else None,
        action=action,
        subject=f"person:{person.number}",
        person_id=person.id,
        reason=role,
    )

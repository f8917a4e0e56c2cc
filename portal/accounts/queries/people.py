"""Reads about people: who they are, what they may do, who holds a permission somewhere."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Date, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from portal.accounts.models import LoginSession, Person, RoleHolding
from portal.accounts.rules import (
    Actor,
    Holding,
    Permission,
    grants_of,
    roles,
    second_factor_holds,
)
from portal.areas.models import Area
from portal.kernel.clock import city_day
from portal.kernel.db import UtcDateTime
from portal.kernel.instance import instance_of
from portal.organisations.queries import inheritance


@dataclass(frozen=True)
class PersonRow:
    """A person as others may know her."""

    id: UUID
    number: str
    display_name: str
    language: str
    demo: bool = False


PERSON_COLUMNS = (Person.id, Person.number, Person.display_name, Person.language, Person.demo)


def in_force(now: datetime | BindParameter[datetime]) -> Any:
    """The condition for a role that is held at this moment."""
    return and_(
        RoleHolding.ended_at.is_(None),
        RoleHolding.valid_from <= now,
        or_(RoleHolding.valid_to.is_(None), RoleHolding.valid_to > now),
    )


# every request of who is signed in asks these: built once, which takes longer than they do
_NOW = bindparam("now", type_=UtcDateTime())
# whose matters the units of her roles took over: she may do there what she may do in her own
_TAKEN_OVER = inheritance(bindparam("today", type_=Date()))
_ACTOR = (
    select(
        Person.id,
        Person.number,
        Person.display_name,
        Person.demo,
        RoleHolding.role,
        RoleHolding.organisation_id,
        Area.path,
        _TAKEN_OVER.c.unit_id.label("taken_over"),
    )
    .join(RoleHolding, and_(RoleHolding.person_id == Person.id, in_force(_NOW)), isouter=True)
    .join(_TAKEN_OVER, _TAKEN_OVER.c.heir_id == RoleHolding.organisation_id, isouter=True)
    .join(Area, Area.id == RoleHolding.area_id, isouter=True)
    .where(Person.erased_at.is_(None))
)
_ACTOR_OF_PERSON = _ACTOR.where(Person.id == bindparam("person_id"))
_ACTOR_OF_SESSION = (
    _ACTOR.add_columns(
        LoginSession.id.label("session_id"),
        LoginSession.second_factor_at,
        LoginSession.seen_at,
    )
    .join(LoginSession, LoginSession.person_id == Person.id)
    .where(
        LoginSession.token_hash == bindparam("token_hash"),
        LoginSession.ended_at.is_(None),
        LoginSession.expires_at > _NOW,
    )
)


def person_row(session: Session, person_id: UUID) -> PersonRow | None:
    """One person, unless erased."""
    return people_by_ids(session, [person_id]).get(person_id)


def people_by_ids(session: Session, ids: Iterable[UUID]) -> dict[UUID, PersonRow]:
    """People by id in one query, without the erased."""
    wanted = set(ids)
    if not wanted:
        return {}
    statement = select(*PERSON_COLUMNS).where(Person.id.in_(wanted), Person.erased_at.is_(None))
    return {row.id: PersonRow(*row) for row in session.execute(statement)}


def person_by_number(session: Session, number: str) -> PersonRow | None:
    """One person by her public number, unless erased."""
    statement = select(*PERSON_COLUMNS).where(Person.number == number, Person.erased_at.is_(None))
    row = session.execute(statement).one_or_none()
    return PersonRow(*row) if row else None


def person_by_phone(session: Session, phone: str) -> PersonRow | None:
    """One person by her phone in E.164, unless erased."""
    known = instance_of(session).vault.keyed_hash("phone", phone)
    row = session.execute(select(*PERSON_COLUMNS).where(Person.phone_hash == known)).one_or_none()
    return PersonRow(*row) if row else None


def ids_by_phones(session: Session, phones: Collection[str]) -> dict[str, UUID]:
    """Accounts by their phone in E.164, for a list of many; unknown phones are left out."""
    vault = instance_of(session).vault
    known = {vault.keyed_hash("phone", phone): phone for phone in phones}
    found, hashes = dict[str, UUID](), list(known)
    for at in range(0, len(hashes), 500):
        statement = select(Person.phone_hash, Person.id).where(
            Person.phone_hash.in_(hashes[at : at + 500]), Person.erased_at.is_(None)
        )
        found |= {known[row.phone_hash]: row.id for row in session.execute(statement)}
    return found


def phones_of(session: Session, ids: Collection[UUID]) -> dict[UUID, str]:
    """The phones of some people, unsealed: for sending them a message, never for showing."""
    vault = instance_of(session).vault
    statement = select(Person.id, Person.sealed_phone).where(
        Person.id.in_(ids), Person.sealed_phone.is_not(None)
    )
    return {row.id: vault.unseal(row.sealed_phone) for row in session.execute(statement)}


def actor_for(
    session: Session, person_id: UUID, now: datetime, *, second_factor: bool = False
) -> Actor:
    """The actor a person is at this moment. Staff permissions wait for the second factor."""
    given = {"person_id": person_id, **_moment(session, now)}
    rows = session.execute(_ACTOR_OF_PERSON, given).all()
    return _actor(rows, second_factor=second_factor) if rows else Actor()


def actor_of_session(
    session: Session, token_hash: str, now: datetime, *, local: bool
) -> tuple[Actor, datetime] | None:
    """Who is signed in with this token and when she last did something, in one query.

    Demo accounts live on loopback only.
    """
    asked = {"token_hash": token_hash, **_moment(session, now)}
    rows = session.execute(_ACTOR_OF_SESSION, asked).all()
    if not rows or (rows[0].demo and not local):
        return None
    given = second_factor_holds(rows[0].second_factor_at, now)
    return _actor(rows, second_factor=given, session_id=rows[0].session_id), rows[0].seen_at


def _moment(session: Session, now: datetime) -> dict[str, Any]:
    return {"now": now, "today": city_day(now, instance_of(session).city.zone)}


def _actor(rows: Any, *, second_factor: bool, session_id: UUID | None = None) -> Actor:
    held = [row for row in rows if row.role]
    holdings = [Holding(row.role, row.path, row.organisation_id) for row in held]
    holdings += [Holding(row.role, row.path, row.taken_over) for row in held if row.taken_over]
    return Actor(
        person_id=rows[0].id,
        name=rows[0].display_name,
        number=rows[0].number,
        grants=grants_of(holdings, second_factor=second_factor),
        roles=frozenset(holding.role for holding in holdings),
        session_id=session_id,
        second_factor=second_factor,
    )


def people_holding(
    session: Session,
    permission: Permission,
    place_path: str | None,
    organisation_id: UUID | None,
    now: datetime,
) -> list[PersonRow]:
    """Whoever may do it there, by role: those to tell about a case.

    Without an organisation, those whose role is limited to one are left out; of one that ended
    also those of its successor.
    """
    codes = [role.code for role in roles().values() if permission in role.permissions]
    statement = (
        select(*PERSON_COLUMNS, RoleHolding.role, RoleHolding.organisation_id, Area.path)
        .join(RoleHolding, RoleHolding.person_id == Person.id)
        .join(Area, Area.id == RoleHolding.area_id, isouter=True)
        .where(in_force(now), RoleHolding.role.in_(codes), Person.erased_at.is_(None))
        .where(or_(Area.path.is_(None), Area.path.in_(_prefixes(place_path))))
        .order_by(Person.id)
    )
    unit, taken = RoleHolding.organisation_id, inheritance(_moment(session, now)["today"])
    heirs = select(taken.c.heir_id).where(taken.c.unit_id == organisation_id)
    statement = statement.where(or_(unit.is_(None), unit == organisation_id, unit.in_(heirs)))
    return _distinct(session.execute(statement).all())


def role_holders(
    session: Session, role: str, place_path: str | None, now: datetime
) -> list[PersonRow]:
    """Who holds a role in a place or below it, e.g. the grid leads of a street (R293)."""
    statement = (
        select(*PERSON_COLUMNS)
        .join(RoleHolding, RoleHolding.person_id == Person.id)
        .join(Area, Area.id == RoleHolding.area_id, isouter=True)
        .where(in_force(now), RoleHolding.role == role, Person.erased_at.is_(None))
        .order_by(Person.id)
    )
    if place_path is not None:
        statement = statement.where(Area.path.startswith(place_path, autoescape=True))
    return _distinct(session.execute(statement).all())


def people_at(
    session: Session, permission: Permission, places: Collection[str], now: datetime
) -> dict[str, list[PersonRow]]:
    """Who may do it by a role held at exactly these places (paths): the offices there.

    Nobody from above: who may do it everywhere does not sit in each office.
    """
    codes = [role.code for role in roles().values() if permission in role.permissions]
    statement = (
        select(*PERSON_COLUMNS, Area.path)
        .join(RoleHolding, RoleHolding.person_id == Person.id)
        .join(Area, Area.id == RoleHolding.area_id)
        .where(in_force(now), RoleHolding.role.in_(codes), Person.erased_at.is_(None))
        .where(RoleHolding.organisation_id.is_(None), Area.path.in_(places))
        .order_by(Person.id)
    )
    found: dict[str, dict[UUID, PersonRow]] = {}
    for row in session.execute(statement):
        found.setdefault(row.path, {})[row.id] = PersonRow(*row[:5])
    return {path: list(people.values()) for path, people in found.items()}


def _prefixes(place_path: str | None) -> list[str]:
    """The paths of a place and of all places above it: ``/a/b/`` gives ``/a/`` and ``/a/b/``."""
    codes = [code for code in (place_path or "").split("/") if code]
    return ["/" + "/".join(codes[: at + 1]) + "/" for at in range(len(codes))]


def _distinct(rows: Any) -> list[PersonRow]:
    found: Mapping[UUID, PersonRow] = {row[0]: PersonRow(*row[:5]) for row in rows}
    return list(found.values())


def demo_exists(session: Session) -> bool:
    """Whether this installation holds demo accounts, and so must not be reachable from outside."""
    return session.scalar(select(Person.id).where(Person.demo).limit(1)) is not None


def posts_of(
    session: Session, person_id: UUID, since: datetime, until: datetime
) -> list[tuple[UUID | None, UUID | None]]:
    """Organisations and places in which somebody held a role at any time between two moments."""
    statement = select(RoleHolding.organisation_id, RoleHolding.area_id).where(
        RoleHolding.person_id == person_id,
        RoleHolding.valid_from <= until,
        or_(RoleHolding.valid_to.is_(None), RoleHolding.valid_to >= since),
        or_(RoleHolding.ended_at.is_(None), RoleHolding.ended_at >= since),
    )
    return [(row.organisation_id, row.area_id) for row in session.execute(statement)]


def held_posts(
    person: Any,
    *,
    from_before: Any,
    to_after: datetime,
    units: Collection[UUID],
    place: Callable[[Any], ColumnElement[bool]],
) -> ColumnElement[bool]:
    """The condition that whoever a column names held a role in one of these units, or in a place
    whose path meets a condition, begun by a moment of the row and not over before another."""
    there = exists().where(Area.id == RoleHolding.area_id, place(Area.path))
    return (
        exists()
        .where(RoleHolding.person_id == person)
        .where(
            RoleHolding.valid_from <= from_before,
            or_(RoleHolding.valid_to.is_(None), RoleHolding.valid_to >= to_after),
            or_(RoleHolding.ended_at.is_(None), RoleHolding.ended_at >= to_after),
        )
        .where(or_(RoleHolding.organisation_id.in_(units), there))
    )

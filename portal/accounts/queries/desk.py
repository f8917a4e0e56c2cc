"""What administrators and community desks look up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from portal.accounts.models import Card, Person, RoleHolding
from portal.accounts.queries.people import (
    PERSON_COLUMNS,
    PersonRow,
    in_force,
    person_by_number,
    person_by_phone,
)
from portal.accounts.rules import PIN_TRIES, RESIDENT, Actor, Permission, mask_name, roles
from portal.areas.models import Area
from portal.kernel.ids import clean_number
from portal.kernel.phones import clean_mobile
from portal.organisations.queries import organisations, organisations_by_ids

PEOPLE_PAGE = 50
CARDS_SHOWN = 200


@dataclass(frozen=True)
class FoundPerson:
    """A line of the list of people, with the names of the roles held."""

    number: str
    display_name: str
    roles: Sequence[Mapping[str, str]]


def find_people(
    session: Session, actor: Actor, words: str, after: str | None, now: datetime
) -> tuple[list[FoundPerson], str | None]:
    """Staff in one's places, by name; anybody else only by exact phone or number (P1)."""
    one = _exact(session, words)
    if one is not None:
        ids, following = [one.id], None
    else:
        ids, following = _staff_ids(session, actor, words, after, now)
    rows = session.execute(
        select(*PERSON_COLUMNS, RoleHolding.role)
        .join(RoleHolding, and_(RoleHolding.person_id == Person.id, in_force(now)), isouter=True)
        .where(Person.id.in_(ids))
        .order_by(Person.id, RoleHolding.id)
    )
    return _grouped(rows), following


def _grouped(rows: Any) -> list[FoundPerson]:
    known = roles()
    names: dict[str, tuple[str, list[Mapping[str, str]]]] = {}
    for row in rows:
        _, held = names.setdefault(row.number, (row.display_name, []))
        if row.role in known and known[row.role].names not in held:
            held.append(known[row.role].names)
    return [FoundPerson(number, name, held) for number, (name, held) in names.items()]


def _exact(session: Session, words: str) -> PersonRow | None:
    phone, number = clean_mobile(words), clean_number(words)
    if phone:
        return person_by_phone(session, phone)
    return person_by_number(session, number) if number else None


def _staff_ids(
    session: Session, actor: Actor, words: str, after: str | None, now: datetime
) -> tuple[list[UUID], str | None]:
    staff = [role.code for role in roles().values() if role.staff]
    statement = (
        select(Person.id, Person.number)
        .join(RoleHolding, RoleHolding.person_id == Person.id)
        .join(Area, Area.id == RoleHolding.area_id, isouter=True)
        .where(in_force(now), RoleHolding.role.in_(staff), Person.erased_at.is_(None))
        .distinct()
        .order_by(Person.id)
        .limit(PEOPLE_PAGE + 1)
    )
    places = actor.places_for(Permission.PEOPLE_MANAGE)
    if places is not None:
        units = [unit.id for path in places for unit in organisations(session, under=path)]
        statement = statement.where(
            or_(
                *(Area.path.startswith(path, autoescape=True) for path in places),
                RoleHolding.organisation_id.in_(units),
            )
        )
    if words.strip():
        statement = statement.where(Person.display_name.contains(words.strip(), autoescape=True))
    if after:
        start = select(Person.id).where(Person.number == after).scalar_subquery()
        statement = statement.where(Person.id > start)
    rows = session.execute(statement).all()
    following = rows[PEOPLE_PAGE - 1].number if len(rows) > PEOPLE_PAGE else None
    return [row.id for row in rows[:PEOPLE_PAGE]], following


@dataclass(frozen=True)
class CardRow:
    """A printed card as the desk sees it; the name is masked, the desk knows its people."""

    number: str
    name: str
    issued_at: datetime
    locked: bool
    revoked: bool


def cards_of_desk(session: Session, actor: Actor) -> list[CardRow]:
    """The newest cards that the actor's desk opened."""
    statement = (
        select(Card.number, Person.display_name, Card.issued_at, Card.tries, Card.revoked_at)
        .join(Person, Person.id == Card.person_id)
        .join(Area, Area.id == Card.area_id, isouter=True)
        .order_by(Card.id.desc())
        .limit(CARDS_SHOWN)
    )
    places = actor.places_for(Permission.CARD_ISSUE)
    if places is not None:
        inside = (Area.path.startswith(path, autoescape=True) for path in places)
        statement = statement.where(or_(False, *inside))
    return [
        CardRow(
            number=row.number,
            name=mask_name(row.display_name),
            issued_at=row.issued_at,
            locked=row.tries >= PIN_TRIES,
            revoked=row.revoked_at is not None,
        )
        for row in session.execute(statement)
    ]


@dataclass(frozen=True)
class HeldLine:
    """A role that is held, for the operator's list."""

    person: str
    name: str
    role: str
    area: str | None
    organisation: str | None
    valid_to: datetime | None
    number: str


def held_roles(
    session: Session, role: str | None, area: str | None, now: datetime
) -> list[HeldLine]:
    """Roles in force, without those of plain residents unless asked for."""
    statement = (
        select(
            Person.number,
            Person.display_name,
            RoleHolding.role,
            Area.code,
            RoleHolding.organisation_id,
            RoleHolding.valid_to,
            RoleHolding.number,
        )
        .join(Person, Person.id == RoleHolding.person_id)
        .join(Area, Area.id == RoleHolding.area_id, isouter=True)
        .where(in_force(now), Person.erased_at.is_(None))
        .order_by(RoleHolding.role, Area.path, RoleHolding.id)
    )
    if area is not None:
        statement = statement.where(Area.path.contains(f"/{area}/", autoescape=True))
    wanted = RoleHolding.role == role if role else RoleHolding.role != RESIDENT
    rows = session.execute(statement.where(wanted)).all()
    units = organisations_by_ids(session, [row[4] for row in rows if row[4]])
    return [HeldLine(*row[:4], units[row[4]].code if row[4] else None, *row[5:]) for row in rows]

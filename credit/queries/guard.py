"""Reads of the guard: the marks of somebody, by her pseudonyms, and the units of a proposer."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from credit.models import ProtectedMark
from credit.rules.guard import COUNTS_FOR, Edge, Lines, Mark, ProtectedAct
from portal.accounts.models import Person
from portal.accounts.queries import posts_of
from portal.areas.models import Area
from portal.organisations.queries import UnitLine, all_lines


def phone_hash_of(session: Session, person_id: UUID, *, proved: bool = False) -> str | None:
    """The keyed hash of an account's phone; ``proved``: only of one that it has proved."""
    found = select(Person.phone_hash).where(Person.id == person_id)
    return session.scalar(found.where(Person.phone_verified_at.is_not(None)) if proved else found)


def phone_hashes_of(session: Session, people: Collection[UUID]) -> dict[UUID, str]:
    """The same for several people, as far as they have one."""
    found = select(Person.id, Person.phone_hash).where(
        Person.id.in_(people), Person.phone_hash.is_not(None)
    )
    return {row.id: str(row.phone_hash) for row in session.execute(found)}


def marks_of(session: Session, pseudonyms: Sequence[bytes]) -> list[tuple[bytes, Mark]]:
    """Every mark of some pseudonyms, in whichever district it was left: a person is one person."""
    rows = session.execute(
        select(
            ProtectedMark.who, ProtectedMark.source_hash, ProtectedMark.unit_hash, ProtectedMark.at
        ).where(ProtectedMark.who.in_(pseudonyms))
    )
    return [(row.who, Mark(row.source_hash, row.unit_hash, row.at)) for row in rows]


@dataclass(frozen=True)
class OwnMark:
    """A mark as its owner may read it. Several rows of one deed are one."""

    act: ProtectedAct
    at: datetime
    until: datetime | None


def marks_for_export(session: Session, pseudonyms: Sequence[bytes]) -> list[OwnMark]:
    """The deeds of some pseudonyms, the oldest first."""
    rows = session.execute(
        select(ProtectedMark.act, ProtectedMark.at, ProtectedMark.until)
        .where(ProtectedMark.who.in_(pseudonyms))
        .distinct()
        .order_by(ProtectedMark.at, ProtectedMark.act)
    )
    return [OwnMark(row.act, row.at, row.until) for row in rows]


def count_marks_over(session: Session, now: datetime) -> int:
    """How many marks have had their time."""
    over = select(func.count()).select_from(ProtectedMark).where(ProtectedMark.until <= now)
    return session.scalar(over) or 0


def own_units(session: Session, person_id: UUID, at: datetime) -> frozenset[UUID]:
    """The units somebody works for or has worked for lately, with those above and below them."""
    return units_behind(session, person_id, [], at)


def units_behind(
    session: Session, proposer_id: UUID, units: Iterable[UUID], at: datetime
) -> frozenset[UUID]:
    """The units that propose: those named, the proposer's own of the last 180 days, and whatever
    stands above, below, before or after them. Always three queries."""
    lines = all_lines(session)
    return lines_of(lines).of({*units, *_held(session, proposer_id, lines, at)})


def unit_through_time(session: Session, unit_id: UUID) -> frozenset[UUID]:
    """A unit, whom it followed and who followed it: one unit to whoever counts what it does."""
    return lines_of(all_lines(session)).through_time([unit_id])


def units_held(session: Session, person_id: UUID, at: datetime) -> frozenset[UUID]:
    """The units of somebody's posts of the last 180 days, and the offices of her places; without
    those above and below, which the guard adds when it compares."""
    return _held(session, person_id, all_lines(session), at)


def _held(
    session: Session, person_id: UUID, lines: Iterable[UnitLine], at: datetime
) -> frozenset[UUID]:
    posts = posts_of(session, person_id, at - COUNTS_FOR, at)
    places = {place for _, place in posts if place is not None}
    own = {unit for unit, _ in posts if unit is not None}
    return frozenset(own | _offices(session, places, lines))


def _offices(session: Session, places: set[UUID], lines: Iterable[UnitLine]) -> set[UUID]:
    """The offices of some places, or of the next place above that has one in the register: what
    was said of whoever works there must bind somebody. Where there is none at all, the place stands
    for its office. One query, whatever the places are."""
    offices: dict[UUID, set[UUID]] = {}
    for line in lines:
        if line.governs is not None:
            offices.setdefault(line.governs, set()).add(line.id)
    mine, above = aliased(Area), aliased(Area)
    rows = session.execute(
        select(mine.id, above.id)
        .join(above, func.substr(mine.path, 1, func.length(above.path)) == above.path)
        .where(mine.id.in_(places))
        .order_by(func.length(above.path).desc())
    )
    found: dict[UUID, set[UUID]] = {}
    for place, here in rows:
        if place not in found and here in offices:
            found[place] = offices[here]
    return {unit for place in places for unit in found.get(place, {place})}


def lines_of(lines: Iterable[UnitLine]) -> Lines:
    """The tree of the register."""
    return Lines(Edge(line.id, line.parent_id, line.successor_id) for line in lines)

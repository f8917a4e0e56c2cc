"""What communities settled by themselves: for the desk one by one, for everybody as counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from portal.conventions.models import Handling, Head, VersionClause
from portal.conventions.rules.community import HandlingEnd, HandlingWay, HeadRole
from portal.kernel.instance import instance_of

PAGE = 30


@dataclass(frozen=True)
class HandlingRow:
    """A record. ``heading``: of its clause; ``covers``: the building of the head who keeps it."""

    id: UUID
    number: str
    area_id: UUID
    place_path: str
    way: HandlingWay
    located: str
    outcome: HandlingEnd | None
    at: datetime
    closed_at: datetime | None
    head_id: UUID | None
    heading: str | None
    covers: str | None
    note: str


def _rows() -> Select[*tuple[Any, ...]]:
    h = Handling
    return (
        select(
            h.id, h.number, h.area_id, h.place_path, h.way, h.located, h.outcome, h.at,
            h.closed_at, h.head_id, VersionClause.heading, Head.covers, h.sealed_note,
        )
        .outerjoin(
            VersionClause,
            (VersionClause.version_id == h.version_id) & (VersionClause.clause_id == h.clause_id),
        )
        .outerjoin(Head, Head.id == h.head_id)
    )  # fmt: skip


def _read(session: Session, statement: Select[*tuple[Any, ...]]) -> list[HandlingRow]:
    vault = instance_of(session).vault
    return [
        HandlingRow(*row[:-1], *(vault.unseal(one) if one else "" for one in row[-1:]))
        for row in session.execute(statement)
    ]


def handling_by_number(session: Session, number: str) -> HandlingRow | None:
    """One record."""
    rows = _read(session, _rows().where(Handling.number == number))
    return rows[0] if rows else None


def handlings_in(
    session: Session, places: Sequence[str] | None, after: str = ""
) -> list[HandlingRow]:
    """A page of those of some places, the newest first, and one more. None: of all."""
    statement = _rows().order_by(Handling.id.desc()).limit(PAGE + 1)
    if places is not None:
        inside = (Handling.place_path.startswith(place) for place in places)
        statement = statement.where(or_(False, *inside))
    return _read(session, _after(session, statement, after))


def handlings_by_heads(
    session: Session, heads: Sequence[UUID], after: str = ""
) -> list[HandlingRow]:
    """A page of what some heads saw to, the newest first, and one more."""
    statement = _rows().where(Handling.head_id.in_(heads))
    return _read(session, _after(session, statement.order_by(Handling.id.desc()), after))


def _after(
    session: Session, statement: Select[*tuple[Any, ...]], after: str
) -> Select[*tuple[Any, ...]]:
    last = session.scalar(select(Handling.id).where(Handling.number == after)) if after else None
    return statement.where(Handling.id < last).limit(PAGE + 1) if last else statement.limit(
        PAGE + 1
    )  # fmt: skip


def counts_under(session: Session, version_id: UUID) -> Mapping[HandlingWay, int]:
    """How often each way was gone under a version: all that everybody reads of it."""
    rows = session.execute(
        select(Handling.way, func.count())
        .where(Handling.version_id == version_id)
        .group_by(Handling.way)
    )
    found = {row[0]: row[1] for row in rows}
    return {way: found[way] for way in HandlingWay if way in found}


@dataclass(frozen=True)
class HeadRow:
    """A building of which somebody is head now."""

    id: UUID
    number: str
    area_id: UUID
    place_path: str
    covers: str


def buildings_of(session: Session, person_id: UUID, on: date) -> list[HeadRow]:
    """The buildings and courtyards of which somebody is head on a day."""
    h = Head
    statement = select(h.id, h.number, h.area_id, h.place_path, h.covers).where(
        h.person_id == person_id, h.role == HeadRole.BUILDING, h.starts_on <= on,
        or_(h.ends_on.is_(None), h.ends_on >= on),
    )  # fmt: skip
    return [HeadRow(*row) for row in session.execute(statement.order_by(h.id))]

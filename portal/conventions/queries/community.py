"""What stands in a community, as it is read: stations, heads, organisations, errands."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from portal.areas.models import Area
from portal.conventions.models import Body, Errand, Head, Station
from portal.conventions.rules.community import (
    BodyKind,
    ErrandState,
    HandlingEnd,
    HeadRole,
    holds_on,
)
from portal.conventions.rules.opening import Opening, read_opening
from portal.kernel.instance import instance_of

PAGE = 60
# as many heads or organisations as one community has at most
MOST = 500


def lock_place(session: Session, area_id: UUID) -> None:
    """One at a time for whoever writes what a place has only once."""
    session.execute(select(Area.id).where(Area.id == area_id).with_for_update(key_share=True))


@dataclass(frozen=True)
class StationRow:
    """A station. ``office_phone``: of the office."""

    id: UUID
    number: str
    area_id: UUID
    place_path: str
    title: str
    located: str
    hours: str
    office_phone: str
    markdown: str | None
    updated_at: datetime

    @property
    def opening(self) -> Opening | None:
        return read_opening(self.hours)


def stations_at(session: Session, area_ids: Collection[UUID]) -> dict[UUID, StationRow]:
    """The stations that stand in some places, by the place; one query."""
    statement = select(
        Station.id, Station.number, Station.area_id, Station.place_path, Station.title,
        Station.located, Station.hours, Station.office_phone, Station.markdown, Station.updated_at,
    ).where(Station.area_id.in_(set(area_ids)), Station.ended_on.is_(None))  # fmt: skip
    return {row["area_id"]: StationRow(**row) for row in session.execute(statement).mappings()}


def stations_by_level(session: Session, path: str) -> dict[str, int]:
    """How many places of each level have a station: the tree of self-government (R251)."""
    statement = (
        select(Area.level, func.count())
        .join(Station, Station.area_id == Area.id)
        .where(Station.ended_on.is_(None), Station.place_path.startswith(path, autoescape=True))
        .group_by(Area.level)
    )
    return {row[0]: row[1] for row in session.execute(statement).all()}


def stations_below(session: Session, path: str) -> list[str]:
    """The paths of all places inside that have a station."""
    statement = select(Station.place_path).where(
        Station.ended_on.is_(None), Station.place_path.startswith(path, autoescape=True)
    )
    return list(session.scalars(statement))


@dataclass(frozen=True)
class HeadRow:
    """A head; ``name`` is empty unless it may be read here."""

    id: UUID
    number: str
    area_id: UUID
    place_path: str
    role: HeadRole
    covers: str
    person_id: UUID | None
    name: str
    named_at: datetime | None
    starts_on: date
    ends_on: date | None

    def holds(self, on: date) -> bool:
        return holds_on(self.starts_on, self.ends_on, on)


def _heads(
    session: Session, *where: ColumnElement[bool], names: bool, lock: bool = False
) -> list[HeadRow]:
    statement = (
        select(
            Head.id, Head.number, Head.area_id, Head.place_path, Head.role, Head.covers,
            Head.person_id, Head.sealed_name, Head.named_at, Head.starts_on, Head.ends_on,
        )
        .where(*where)
        .order_by(Head.role, Head.covers, Head.id)
        .limit(MOST)
    )  # fmt: skip
    found = session.execute(statement.with_for_update() if lock else statement)
    return [_head(session, dict(row), names=names) for row in found.mappings()]


def _head(session: Session, row: dict[str, Any], *, names: bool) -> HeadRow:
    sealed = row.pop("sealed_name")
    shown = sealed and (names or row["named_at"] is not None)
    return HeadRow(**row, name=instance_of(session).vault.unseal(sealed) if shown else "")


def heads_of(
    session: Session, area_id: UUID, on: date | None = None, *, names: bool = False
) -> list[HeadRow]:
    """The heads of a place; with a day those whose term holds. ``names``: also unconsented ones."""
    where = [Head.area_id == area_id]
    if on is not None:
        where += [Head.starts_on <= on, or_(Head.ends_on.is_(None), Head.ends_on >= on)]
    return _heads(session, *where, names=names)


def head_by_number(session: Session, number: str, *, lock: bool = False) -> HeadRow | None:
    """One of them, with her name only if she agreed."""
    return next(iter(_heads(session, Head.number == number, names=False, lock=lock)), None)


def heads_held_by(session: Session, person_id: UUID | None) -> list[HeadRow]:
    """The offices that somebody holds or held, for herself."""
    return _heads(session, Head.person_id == person_id, names=True)


@dataclass(frozen=True)
class BodyRow:
    """A self-discipline organisation or another group of residents."""

    id: UUID
    number: str
    area_id: UUID
    place_path: str
    kind: BodyKind
    title: str
    members: int | None
    does: str | None
    founded_on: date
    ended_on: date | None


def bodies_of(session: Session, area_id: UUID) -> list[BodyRow]:
    """Those that stand in a place."""
    return _bodies(session, Body.area_id == area_id, Body.ended_on.is_(None))


def body_by_number(session: Session, number: str) -> BodyRow | None:
    """One of them, ended or not."""
    return next(iter(_bodies(session, Body.number == number)), None)


def _bodies(session: Session, *where: ColumnElement[bool]) -> list[BodyRow]:
    statement = (
        select(
            Body.id, Body.number, Body.area_id, Body.place_path, Body.kind, Body.title,
            Body.members, Body.does, Body.founded_on, Body.ended_on,
        )
        .where(*where)
        .order_by(Body.kind, Body.title, Body.id)
        .limit(MOST)
    )  # fmt: skip
    return [BodyRow(**row) for row in session.execute(statement).mappings()]


@dataclass(frozen=True)
class ErrandRow:
    """What a head is asked to do. ``by_resident`` is false for what the committee asks."""

    id: UUID
    number: str
    head_id: UUID
    head: str
    role: HeadRole
    covers: str
    starts_on: date
    ends_on: date | None
    holder_id: UUID | None
    place_path: str
    person_id: UUID | None
    made_by: UUID | None
    words: str
    due_on: date | None
    state: ErrandState
    outcome: HandlingEnd | None
    answer: str
    at: datetime
    closed_at: datetime | None

    @property
    def by_resident(self) -> bool:
        return self.made_by is None

    def holds(self, on: date) -> bool:
        """Whether the term of its head holds on a day."""
        return holds_on(self.starts_on, self.ends_on, on)


def _errands(session: Session, *where: ColumnElement[bool], order: Any) -> list[ErrandRow]:
    statement = (
        select(
            Errand.id, Errand.number, Errand.head_id, Head.number.label("head"), Head.role,
            Head.covers, Head.starts_on, Head.ends_on, Head.person_id.label("holder_id"),
            Errand.place_path, Errand.person_id,
            Errand.made_by, Errand.sealed_words, Errand.due_on, Errand.state, Errand.outcome,
            Errand.sealed_answer, Errand.at, Errand.closed_at,
        )
        .join(Head, Head.id == Errand.head_id)
        .where(*where)
        .order_by(*order)
    )  # fmt: skip
    return [_errand(session, dict(row)) for row in session.execute(statement).mappings()]


def _of(session: Session, whose: ColumnElement[bool]) -> list[ErrandRow]:
    """All that is open, what waits longest first; then the latest of what is closed."""
    newest = (
        select(Errand.id)
        .where(whose, Errand.state != ErrandState.OPEN)
        .order_by(Errand.id.desc())
        .limit(PAGE)
    )
    shown = or_(Errand.state == ErrandState.OPEN, Errand.id.in_(newest))
    waits = case((Errand.state == ErrandState.OPEN, Errand.id))
    order = (waits.is_(None), waits, Errand.id.desc())
    return _errands(session, whose, shown, order=order)


def _errand(session: Session, row: dict[str, Any]) -> ErrandRow:
    vault = instance_of(session).vault
    words, said = row.pop("sealed_words"), row.pop("sealed_answer")
    return ErrandRow(
        **row, words=vault.unseal(words) if words else "", answer=vault.unseal(said) if said else ""
    )


def errand_by_number(session: Session, number: str) -> ErrandRow | None:
    """One of them."""
    return next(iter(_errands(session, Errand.number == number, order=(Errand.id,))), None)


def errands_of_heads(session: Session, head_ids: Collection[UUID]) -> list[ErrandRow]:
    """What some heads have to do, what waits longest first, and what they did lately."""
    return _of(session, Errand.head_id.in_(set(head_ids)))


def errands_asked_by(session: Session, person_id: UUID | None) -> list[ErrandRow]:
    """What somebody asked of heads."""
    return _of(session, Errand.person_id == person_id)


def errands_open(session: Session, area_id: UUID) -> list[ErrandRow]:
    """Everything that waits in a place, what waits longest first: nobody is forgotten."""
    here = (Errand.area_id == area_id, Errand.state == ErrandState.OPEN)
    return _errands(session, *here, order=(Errand.id,))


def errands_waiting(session: Session, head_id: UUID, person_id: UUID | None) -> int:
    """How many of somebody's with one head are open."""
    statement = (
        select(func.count())
        .select_from(Errand)
        .where(
            Errand.head_id == head_id, Errand.person_id == person_id,
            Errand.state == ErrandState.OPEN,
        )
    )  # fmt: skip
    return session.scalar(statement) or 0

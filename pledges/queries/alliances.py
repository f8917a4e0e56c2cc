"""Alliances as they are read: by everybody, by their members, at the desk.

A shop belongs to an alliance while it has not left and whoever joined still runs it; whoever speaks
for that operator speaks for the member.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from pledges.models import (
    Alliance,
    AllianceHead,
    AllianceMember,
    Premises,
    PremisesOperator,
)
from pledges.queries.inspections import in_places
from pledges.rules.premises import PremisesState

PAGE = 30


class Place(Protocol):
    """A place of the register, as any of its rows gives it."""

    @property
    def district(self) -> str: ...

    @property
    def id(self) -> UUID: ...


@dataclass(frozen=True)
class AllianceRow:
    """An alliance as anybody may see it. ``members``: how many shops belong to it."""

    district: str
    id: UUID
    number: str
    names: dict[str, str]
    area_id: UUID
    place_path: str
    founded_on: date
    ended_on: date | None
    inspects: bool
    members: int


@dataclass(frozen=True)
class MemberRow:
    """A member: its shop by what its sign says. ``person_id``: who speaks for it, for the service
    alone; no page shows it."""

    district: str
    id: UUID
    number: str
    alliance_id: UUID
    premises_id: UUID
    operator_id: UUID
    title: str
    road: str
    door: str
    joined_at: datetime
    person_id: UUID | None
    muted_at: datetime | None


def belongs(member: Any, operator: Any) -> ColumnElement[bool]:
    """The condition that a membership holds now; ``operator`` is joined by ``runs``."""
    return and_(member.left_at.is_(None), operator.ends_on.is_(None))


def runs(member: Any, operator: Any) -> ColumnElement[bool]:
    """The operator of a membership."""
    return and_(operator.district == member.district, operator.id == member.operator_id)


def _counted() -> Any:
    m, o = aliased(AllianceMember), aliased(PremisesOperator)
    return (
        select(func.count())
        .select_from(m)
        .join(o, runs(m, o))
        .where(m.district == Alliance.district, m.alliance_id == Alliance.id, belongs(m, o))
        .correlate(Alliance)
        .scalar_subquery()
    )


def _alliances() -> Select[*tuple[Any, ...]]:
    a = Alliance
    return select(
        a.district, a.id, a.number, a.name_zh_hans, a.name_zh_hant, a.name_en, a.area_id,
        a.place_path, a.founded_on, a.ended_on, a.inspects, _counted(),
    )  # fmt: skip


def _row(row: Any) -> AllianceRow:
    district, key, number, hans, hant, english, *rest = row
    names = {"zh_Hans": hans, "zh_Hant": hant or hans, "en": english or hans}
    return AllianceRow(district, key, number, names, *rest)


def alliances_in(
    session: Session, places: Collection[str] | None, after: str = "", *, ended: bool = False
) -> list[AllianceRow]:
    """A page and one more of the alliances of some places, by number: one query."""
    statement = _alliances().where(in_places(places, Alliance.place_path))
    if not ended:
        statement = statement.where(Alliance.ended_on.is_(None))
    if after:
        statement = statement.where(Alliance.number > after)
    found = session.execute(statement.order_by(Alliance.number).limit(PAGE + 1))
    return [_row(row) for row in found]


def alliance_by_number(session: Session, number: str) -> AllianceRow | None:
    """One alliance."""
    row = session.execute(_alliances().where(Alliance.number == number)).one_or_none()
    return _row(row) if row else None


def alliances_by_ids(session: Session, ids: Iterable[UUID]) -> dict[UUID, AllianceRow]:
    """Some alliances by their ids: one query."""
    found = session.execute(_alliances().where(Alliance.id.in_(set(ids))))
    return {row.id: row for row in map(_row, found)}


def alliances_around(session: Session, place_paths: Iterable[str]) -> list[AllianceRow]:
    """The alliances that shops at some places may join, the nearest first: one query."""
    paths = {
        place[: at + 1] for place in place_paths for at, char in enumerate(place) if char == "/"
    }
    statement = _alliances().where(Alliance.ended_on.is_(None), Alliance.place_path.in_(paths))
    ordered = statement.order_by(func.length(Alliance.place_path).desc(), Alliance.number)
    return [_row(row) for row in session.execute(ordered)]


_MEMBER: Any = (
    AllianceMember.district, AllianceMember.id, AllianceMember.number, AllianceMember.alliance_id,
    AllianceMember.premises_id, AllianceMember.operator_id, Premises.title, Premises.road,
    Premises.door, AllianceMember.joined_at, PremisesOperator.person_id, AllianceMember.muted_at,
)  # fmt: skip


def _members() -> Select[*tuple[Any, ...]]:
    at = and_(
        Premises.district == AllianceMember.district, Premises.id == AllianceMember.premises_id
    )
    return (
        select(*_MEMBER)
        .join(PremisesOperator, runs(AllianceMember, PremisesOperator))
        .join(Premises, at)
        .where(belongs(AllianceMember, PremisesOperator), Premises.state != PremisesState.GONE)
    )


def members_of(session: Session, alliance: AllianceRow) -> list[MemberRow]:
    """Who belongs to an alliance now, by the doors of its road: one query."""
    statement = _members().where(
        AllianceMember.district == alliance.district, AllianceMember.alliance_id == alliance.id
    )
    ordered = statement.order_by(Premises.road, Premises.door, AllianceMember.id)
    return [MemberRow(*row) for row in session.execute(ordered)]


def members_by_ids(
    session: Session, district: str, ids: Iterable[UUID]
) -> dict[UUID, MemberRow]:  # fmt: skip
    """Those of some members that belong to their alliance now: one query."""
    statement = _members().where(
        AllianceMember.district == district, AllianceMember.id.in_(set(ids))
    )
    return {row.id: MemberRow(*row) for row in session.execute(statement)}


def memberships_of(session: Session, person_id: UUID | None) -> list[MemberRow]:
    """The members for which somebody speaks: one query."""
    if person_id is None:
        return []
    statement = _members().where(PremisesOperator.person_id == person_id)
    ordered = statement.order_by(AllianceMember.joined_at, AllianceMember.id)
    return [MemberRow(*row) for row in session.execute(ordered)]


@dataclass(frozen=True)
class HeadRow:
    """Who leads an alliance: the member, the term; ``person_id`` for the service alone."""

    id: UUID
    member_id: UUID
    person_id: UUID | None
    starts_on: date
    ends_on: date


def head_of(
    session: Session, alliance: AllianceRow, today: date, *, lock: bool = False
) -> HeadRow | None:
    """Whoever leads an alliance today: the term runs, and her shop still belongs to it."""
    h, m, o = AllianceHead, AllianceMember, PremisesOperator
    statement = (
        select(h.id, h.member_id, h.person_id, h.starts_on, h.ends_on)
        .join(m, and_(m.district == h.district, m.id == h.member_id))
        .join(o, runs(m, o))
        .where(
            h.district == alliance.district, h.alliance_id == alliance.id, h.ended_at.is_(None),
            h.starts_on <= today, h.ends_on > today, belongs(m, o), h.person_id == o.person_id,
        )
    )  # fmt: skip
    if lock:
        statement = statement.with_for_update(of=h)
    found = session.execute(statement).one_or_none()
    return HeadRow(*found) if found else None


def alliances_of_inspector(
    session: Session, person_id: UUID | None, place: Place
) -> list[AllianceRow]:
    """The alliances for which somebody may look at a frontage: the street lets their members do so,
    she speaks for a member, and the place is that of another one. One query."""
    if person_id is None:
        return []
    mine, looked_at = aliased(AllianceMember), aliased(AllianceMember)
    me, it = aliased(PremisesOperator), aliased(PremisesOperator)
    statement = (
        _alliances()
        .join(mine, and_(mine.district == Alliance.district, mine.alliance_id == Alliance.id))
        .join(me, runs(mine, me))
        .join(
            looked_at,
            and_(
                looked_at.district == Alliance.district, looked_at.alliance_id == Alliance.id,
                looked_at.premises_id != mine.premises_id,
            ),
        )
        .join(it, runs(looked_at, it))
        .where(
            Alliance.ended_on.is_(None), Alliance.inspects, me.person_id == person_id,
            belongs(mine, me), belongs(looked_at, it), looked_at.district == place.district,
            looked_at.premises_id == place.id,
            or_(it.person_id.is_(None), it.person_id != person_id),
        )
        .distinct()
        .order_by(Alliance.number)
    )  # fmt: skip
    return [_row(row) for row in session.execute(statement)]


@dataclass(frozen=True)
class ShopRow:
    """A place for which somebody speaks."""

    district: str
    id: UUID
    number: str
    title: str
    place_path: str


def shops_of(session: Session, person_id: UUID | None) -> list[ShopRow]:
    """The places for which somebody speaks now: one query."""
    if person_id is None:
        return []
    at = and_(
        Premises.district == PremisesOperator.district,
        Premises.id == PremisesOperator.premises_id,
    )
    rows = session.execute(
        select(
            Premises.district, Premises.id, Premises.number, Premises.title, Premises.place_path
        )
        .join(PremisesOperator, at)
        .where(
            PremisesOperator.person_id == person_id, PremisesOperator.ends_on.is_(None),
            Premises.state != PremisesState.GONE,
        )
        .order_by(Premises.number)
    )  # fmt: skip
    return [ShopRow(*row) for row in rows]

"""The register as it is read: at the desk, and by everybody."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Subquery, and_, select, union
from sqlalchemy.orm import Session

from pledges.models import Pledge, Premises, PremisesOperator
from pledges.queries.inspections import in_places
from pledges.rules.clauses import Letter
from pledges.rules.premises import PremisesKind, PremisesState
from pledges.rules.register import search_key
from pledges.rules.signing import PledgeState
from portal.kernel.ids import clean_number
from portal.kernel.instance import instance_of

PAGE = 30


@dataclass(frozen=True)
class PremisesRow:
    """Premises as anybody may see them. ``pledged_at``: since when its frontage pledge holds."""

    district: str
    id: UUID
    number: str
    kind: PremisesKind
    state: PremisesState
    title: str
    trade: str
    road: str
    door: str
    area_id: UUID
    place_path: str
    lon: float | None
    lat: float | None
    duty_words: str | None
    duty_geojson: str | None
    within_id: UUID | None
    duty_version: int
    heads: int | None
    version: int
    pledged_at: Any


_IN_FORCE = and_(
    Pledge.district == Premises.district,
    Pledge.premises_id == Premises.id,
    Pledge.letter == Letter.FRONTAGE,
    Pledge.state == PledgeState.IN_FORCE,
)


def _rows() -> Select[*tuple[Any, ...]]:
    p = Premises
    return select(
        p.district, p.id, p.number, p.kind, p.state, p.title, p.trade, p.road, p.door, p.area_id,
        p.place_path, p.lon, p.lat, p.duty_words, p.duty_geojson,
        p.within_id, p.duty_version, p.heads, p.version,
        Pledge.signed_at,
    ).outerjoin(Pledge, _IN_FORCE)  # fmt: skip


@dataclass(frozen=True)
class Sought:
    """What is looked for in the register; empty: everything."""

    words: str = ""
    kind: PremisesKind | None = None
    trade: str = ""
    under: str = "/"


def _beginning_with(words: str) -> Subquery:
    """The keys of what has a name, or a road and house number, that begins like the words, or the
    number itself: each served by an index, at a million doors too."""
    key, p = search_key(words), Premises
    # no sign stands after it
    end = f"{key}\U0010ffff"
    parts = [
        select(p.district, p.id).where(column >= key, column < end)
        for column in (p.title_key, p.road_key)
    ]
    number = select(p.district, p.id).where(p.number == (clean_number(words) or ""))
    return union(*parts, number).subquery()


def register_statement(
    places: Collection[str] | None, sought: Sought, after: str = ""
) -> Select[*tuple[Any, ...]]:
    """A page and one more of what is there in somebody's places, by number."""
    statement = _rows().where(
        in_places(places, Premises.place_path), Premises.state != PremisesState.GONE
    )
    statement = statement.where(Premises.place_path.startswith(sought.under, autoescape=True))
    if sought.words:
        found_keys = _beginning_with(sought.words)
        statement = statement.join(
            found_keys,
            and_(Premises.district == found_keys.c.district, Premises.id == found_keys.c.id),
        )
    if sought.kind is not None:
        statement = statement.where(Premises.kind == sought.kind)
    if sought.trade:
        statement = statement.where(Premises.trade == sought.trade)
    if after:
        statement = statement.where(Premises.number > after)
    return statement.order_by(Premises.number).limit(PAGE + 1)


def register_page(
    session: Session, places: Collection[str] | None, sought: Sought, after: str = ""
) -> list[PremisesRow]:
    """A page and one more of what is found: one query."""
    found = session.execute(register_statement(places, sought, after))
    return [PremisesRow(*row) for row in found]


def whole_register(
    session: Session, places: Collection[str] | None, limit: int
) -> list[PremisesRow]:
    """Everything that is there in somebody's places, road by road, up to a limit: one query."""
    statement = _rows().where(
        in_places(places, Premises.place_path), Premises.state != PremisesState.GONE
    )
    ordered = statement.order_by(Premises.road, Premises.number).limit(limit)
    return [PremisesRow(*row) for row in session.execute(ordered)]


def premises_by_number(session: Session, number: str) -> PremisesRow | None:
    """The premises with a public number."""
    row = session.execute(_rows().where(Premises.number == number)).one_or_none()
    return PremisesRow(*row) if row else None


def taken_doors(session: Session, keys: Iterable[str]) -> dict[str, str]:
    """The number of what stands at each of some doors."""
    statement = select(Premises.door_key, Premises.number).where(
        Premises.door_key.in_(set(keys)), Premises.state != PremisesState.GONE
    )
    return {row.door_key: row.number for row in session.execute(statement)}


@dataclass(frozen=True)
class OperatorRow:
    """Who answered for a place, from when to when; for the desk alone. No digit of a phone."""

    number: str
    name: str
    sole_trader: bool
    organisation_id: UUID | None
    has_phone: bool
    starts_on: date
    ends_on: date | None


def operators_of(session: Session, premises: PremisesRow) -> list[OperatorRow]:
    """Everybody who answered for a place, the last first."""
    statement = (
        select(PremisesOperator)
        .where(
            PremisesOperator.district == premises.district,
            PremisesOperator.premises_id == premises.id,
        )
        .order_by(PremisesOperator.starts_on.desc(), PremisesOperator.id.desc())
    )
    vault = instance_of(session).vault
    return [
        OperatorRow(
            row.number, vault.unseal(row.sealed_name) if row.sealed_name else "", row.sole_trader,
            row.organisation_id, row.phone_hash is not None, row.starts_on, row.ends_on,
        )
        for row in session.scalars(statement)
    ]  # fmt: skip


def holder_of(session: Session, premises: PremisesRow) -> PremisesRow | None:
    """The market, scenic spot or unit in which a place stands."""
    if premises.within_id is None:
        return None
    inside = (Premises.district == premises.district, Premises.id == premises.within_id)
    return PremisesRow(*session.execute(_rows().where(*inside)).one())


def stalls_of(session: Session, premises: PremisesRow, limit: int) -> list[PremisesRow]:
    """What stands inside of a place and is still there, door by door."""
    statement = _rows().where(
        Premises.district == premises.district, Premises.within_id == premises.id,
        Premises.state != PremisesState.GONE,
    )  # fmt: skip
    rows = session.execute(statement.order_by(Premises.road_key, Premises.number).limit(limit))
    return [PremisesRow(*row) for row in rows]

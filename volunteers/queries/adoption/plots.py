"""Reads of the register: one thing, the public list and map, the desk's list."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, tuple_
from sqlalchemy.orm import Session

from volunteers.models.adoption import Adoption, AdoptionPhoto, AdoptionPlot
from volunteers.rules.adoption.life import HOLDING, AdoptionState, PlotState

PAGE = 30
MOST_PINS = 2000


class Standing(StrEnum):
    """What a thing is to somebody who wants to adopt."""

    FREE = "free"
    HELD = "held"
    HERITAGE = "heritage"
    NOT_OFFERED = "not_offered"
    GONE = "gone"


@dataclass(frozen=True)
class PlotRow:
    """A thing of the register, and how far an adoption of it has come that holds it."""

    id: UUID
    number: str
    register_number: str
    kind: str
    title: str
    area_id: UUID
    place_path: str
    lon: float
    lat: float
    square_metres: int | None
    owner: str
    adoptable: bool
    heritage: bool
    new_green: bool
    state: PlotState
    listed_from: date
    version: int
    held: AdoptionState | None

    @property
    def standing(self) -> Standing:
        if self.state is PlotState.GONE:
            return Standing.GONE
        if self.heritage:
            return Standing.HERITAGE
        if self.held is not None:
            return Standing.HELD
        return Standing.FREE if self.adoptable else Standing.NOT_OFFERED


_PLOT = (
    AdoptionPlot.id, AdoptionPlot.number, AdoptionPlot.register_number, AdoptionPlot.kind,
    AdoptionPlot.title, AdoptionPlot.area_id, AdoptionPlot.place_path, AdoptionPlot.lon,
    AdoptionPlot.lat, AdoptionPlot.square_metres, AdoptionPlot.owner, AdoptionPlot.adoptable,
    AdoptionPlot.heritage, AdoptionPlot.new_green, AdoptionPlot.state, AdoptionPlot.listed_from,
    AdoptionPlot.version,
)  # fmt: skip


def _plots() -> Select[*tuple[Any, ...]]:
    holds = and_(Adoption.plot_id == AdoptionPlot.id, Adoption.state.in_(HOLDING))
    return select(*_PLOT, Adoption.state.label("held")).join(Adoption, holds, isouter=True)


def plot_by_number(session: Session, number: str) -> PlotRow | None:
    """One thing by its public number."""
    row = session.execute(_plots().where(AdoptionPlot.number == number)).one_or_none()
    return PlotRow(*row) if row else None


def plots_by_ids(session: Session, ids: Iterable[UUID]) -> Mapping[UUID, PlotRow]:
    """Some things by their ids, in one query."""
    rows = session.execute(_plots().where(AdoptionPlot.id.in_(set(ids))))
    return {row.id: PlotRow(*row) for row in rows}


def lock_plot(session: Session, plot_id: UUID) -> PlotState | None:
    """Make others wait who want to change this thing or what is adopted; its state."""
    row = select(AdoptionPlot.state).where(AdoptionPlot.id == plot_id).with_for_update()
    return session.scalar(row)


@dataclass(frozen=True)
class Sought:
    """Which things somebody looks for, and after which one the page goes on."""

    place_path: str | None = None
    kind: str | None = None
    standing: Standing | None = None
    only_new: bool = False
    before: str | None = None


_IS: Mapping[Standing, ColumnElement[bool]] = {
    Standing.FREE: and_(AdoptionPlot.adoptable, Adoption.id.is_(None)),
    Standing.HELD: Adoption.id.is_not(None),
    Standing.HERITAGE: AdoptionPlot.heritage.is_(True),
    Standing.NOT_OFFERED: and_(~AdoptionPlot.adoptable, ~AdoptionPlot.heritage),
}


def _found(sought: Sought, today: date) -> Select[*tuple[Any, ...]]:
    """What the public may see: things that are there, from the day on which they are listed."""
    statement = _plots().where(
        AdoptionPlot.state == PlotState.THERE, AdoptionPlot.listed_from <= today
    )
    if sought.place_path:
        inside = AdoptionPlot.place_path.startswith(sought.place_path, autoescape=True)
        statement = statement.where(inside)
    if sought.kind:
        statement = statement.where(AdoptionPlot.kind == sought.kind)
    if sought.standing is not None and sought.standing in _IS:
        statement = statement.where(_IS[sought.standing])
    return statement.where(AdoptionPlot.new_green) if sought.only_new else statement


def listed_plots(session: Session, sought: Sought, today: date) -> list[PlotRow]:
    """A page and one more of the public list, the newest first."""
    order = (AdoptionPlot.listed_from.desc(), AdoptionPlot.id.desc())
    statement = _found(sought, today).order_by(*order).limit(PAGE + 1)
    if sought.before:
        statement = statement.where(_after(session, sought.before))
    return [PlotRow(*row) for row in session.execute(statement)]


def _after(session: Session, number: str) -> ColumnElement[bool]:
    key = select(AdoptionPlot.listed_from, AdoptionPlot.id).where(AdoptionPlot.number == number)
    row = session.execute(key).one_or_none()
    if row is None:
        return AdoptionPlot.id.is_not(None)
    return tuple_(AdoptionPlot.listed_from, AdoptionPlot.id) < tuple_(*row)


def pins_of(
    session: Session,
    sought: Sought,
    today: date,
    box: tuple[float, float, float, float] | None = None,
) -> list[PlotRow]:
    """What the map shows: everything that the filters find, in a window (west, south, east,
    north) if there is one."""
    statement = _found(sought, today).order_by(AdoptionPlot.id).limit(MOST_PINS)
    if box is not None:
        west, south, east, north = box
        statement = statement.where(
            AdoptionPlot.lon.between(west, east), AdoptionPlot.lat.between(south, north)
        )
    return [PlotRow(*row) for row in session.execute(statement)]


@dataclass(frozen=True)
class RegisterLine:
    """A thing with the adoption that holds it, as a file of the register says it."""

    plot: PlotRow
    adoption: str | None
    starts_on: date | None
    ends_on: date | None


def register_lines(session: Session, places: Collection[str] | None) -> list[RegisterLine]:
    """The whole register of somebody's places (None: everywhere), by register number."""
    dates = (Adoption.number, Adoption.starts_on, Adoption.ends_on)
    statement = _plots().add_columns(*dates).where(in_places(places))
    rows = session.execute(statement.order_by(AdoptionPlot.register_number))
    return [RegisterLine(PlotRow(*row[:-3]), *row[-3:]) for row in rows]


def public_register(session: Session, sought: Sought, today: date) -> list[PlotRow]:
    """Everything that the filters of the public list find, by register number."""
    statement = _found(sought, today).order_by(AdoptionPlot.register_number)
    return [PlotRow(*row) for row in session.execute(statement)]


def register_at_desk(
    session: Session, places: Collection[str] | None, after: str | None = None
) -> list[PlotRow]:
    """A page and one more of the register of somebody's places (None: everywhere), by number."""
    statement = (
        _plots().where(in_places(places)).order_by(AdoptionPlot.register_number).limit(PAGE + 1)
    )
    if after:
        statement = statement.where(AdoptionPlot.register_number > after)
    return [PlotRow(*row) for row in session.execute(statement)]


def in_places(places: Collection[str] | None, column: Any = None) -> ColumnElement[bool]:
    """The condition of lying in some places; None: everywhere."""
    path = AdoptionPlot.place_path if column is None else column
    if places is None:
        return path.is_not(None)
    return or_(false(), *(path.startswith(place, autoescape=True) for place in places))


def known_numbers(session: Session, numbers: Collection[str]) -> Mapping[str, PlotRow]:
    """What stands in the register under some register numbers."""
    statement = _plots().where(AdoptionPlot.register_number.in_(set(numbers)))
    return {row.register_number: PlotRow(*row) for row in session.execute(statement)}


@dataclass(frozen=True)
class PhotoRow:
    """A photo as pages show it, and the files behind it."""

    code: str
    plot_id: UUID
    care_id: UUID | None
    blob_key: str
    thumbnail_key: str


_PHOTO = (
    AdoptionPhoto.code, AdoptionPhoto.plot_id, AdoptionPhoto.care_id, AdoptionPhoto.blob_key,
    AdoptionPhoto.thumbnail_key,
)  # fmt: skip


def photo_by_code(session: Session, code: str) -> PhotoRow | None:
    """One photo."""
    row = session.execute(select(*_PHOTO).where(AdoptionPhoto.code == code)).one_or_none()
    return PhotoRow(*row) if row else None


def photos_of_plots(session: Session, ids: Iterable[UUID]) -> Mapping[UUID, list[PhotoRow]]:
    """The register's own photos of some things, the oldest first."""
    statement = (
        select(*_PHOTO)
        .where(AdoptionPhoto.plot_id.in_(set(ids)), AdoptionPhoto.care_id.is_(None))
        .order_by(AdoptionPhoto.id)
    )
    found: dict[UUID, list[PhotoRow]] = {}
    for row in session.execute(statement):
        found.setdefault(row.plot_id, []).append(PhotoRow(*row))
    return found


def photos_of_care(session: Session, ids: Iterable[UUID]) -> Mapping[UUID, list[PhotoRow]]:
    """The photos of some care entries."""
    statement = (
        select(*_PHOTO).where(AdoptionPhoto.care_id.in_(set(ids))).order_by(AdoptionPhoto.id)
    )
    found: dict[UUID, list[PhotoRow]] = {}
    for row in session.execute(statement):
        found.setdefault(row.care_id, []).append(PhotoRow(*row))
    return found

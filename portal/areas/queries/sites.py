"""Reads of building sites inside places."""

from dataclasses import dataclass, fields
from datetime import date
from math import cos, pi
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from portal.areas.models import Area, ConstructionSite
from portal.kernel.geo import METRES_A_DEGREE, metres_between


@dataclass(frozen=True)
class SiteRow:
    """A building site as it is read."""

    id: UUID
    code: str
    area_id: UUID
    title: str
    builder: str
    permit: str
    measures: str
    lon: float | None
    lat: float | None
    valid_from: date
    valid_to: date | None


_COLUMNS = [getattr(ConstructionSite, field.name) for field in fields(SiteRow)]


def _standing(on: date) -> tuple[ColumnElement[bool], ...]:
    table = ConstructionSite
    return table.valid_from <= on, or_(table.valid_to.is_(None), table.valid_to > on)


def sites_in(session: Session, path: str, *, on: date) -> list[SiteRow]:
    """The sites inside a place on a day, by name."""
    statement = (
        select(*_COLUMNS)
        .join(Area, Area.id == ConstructionSite.area_id)
        .where(Area.path.startswith(path, autoescape=True), *_standing(on))
        .order_by(ConstructionSite.title, ConstructionSite.code)
    )
    return [SiteRow(*row) for row in session.execute(statement)]


def sites_near(
    session: Session, lon: float, lat: float, metres: float, *, on: date
) -> list[tuple[SiteRow, int]]:
    """The sites around a point with how far they are, the nearest first."""
    high = metres / METRES_A_DEGREE
    wide = high / max(cos(lat / 180.0 * pi), 0.01)
    statement = select(*_COLUMNS).where(
        ConstructionSite.lon.between(lon - wide, lon + wide),
        ConstructionSite.lat.between(lat - high, lat + high),
        *_standing(on),
    )
    found = []
    for row in (SiteRow(*one) for one in session.execute(statement)):
        away = metres_between(lon, lat, row.lon or 0.0, row.lat or 0.0)
        if away <= metres:
            found.append((row, round(away)))
    return sorted(found, key=lambda one: (one[1], one[0].code))

"""Reads of outlines: which place holds a point, and what is wrong with the outlines."""

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from shapely import STRtree, from_geojson, get_parts
from shapely import union_all as union_of_shapes
from shapely.geometry import Point, box
from shapely.geometry.base import BaseGeometry
from sqlalchemy import and_, func, literal, select, union_all
from sqlalchemy.orm import Session

from portal.areas.models import Area, AreaShape
from portal.areas.queries.tree import AreaRow, area_by_id, data_version
from portal.areas.rules import FlawKind, codes_of, valid_on
from portal.kernel.geo import possible

# a square metre in square degrees at the middle latitudes of China, good enough for a tolerance
SQUARE_METRE = 1.0 / (111_320.0 * 90_000.0)
TOLERANCE_M2 = 2_000.0


@dataclass(frozen=True)
class Flaw:
    """One finding: the place, the other place of an overlap, and how many square metres."""

    kind: FlawKind
    code: str
    other: str | None
    square_metres: int


@dataclass(frozen=True)
class _Outline:
    area_id: UUID
    code: str
    path: str
    depth: int
    valid_from: date
    valid_to: date | None
    shape: BaseGeometry


class _Index:
    """All outlines of one version of the places, searchable by point."""

    def __init__(self, outlines: list[_Outline]) -> None:
        self.outlines = outlines
        self.tree = STRtree([outline.shape for outline in outlines])

    def at(self, lon: float, lat: float, on: date | None) -> _Outline | None:
        """The deepest outline that holds or touches the point; by code where two touch."""
        found = [
            self.outlines[int(at)]
            for at in self.tree.query(Point(lon, lat), predicate="intersects")
        ]
        valid = [o for o in found if _counts(o, on)]
        return min(valid, key=lambda o: (-o.depth, o.code), default=None)


def _counts(outline: _Outline, on: date | None) -> bool:
    if on is None:
        return outline.valid_to is None
    return valid_on(outline.valid_from, outline.valid_to, on)


_indexes: OrderedDict[UUID, _Index] = OrderedDict()
_indexes_lock = threading.Lock()
_KEPT = 4


def _index(session: Session) -> _Index | None:
    """The index for the present version: built once for each version in each process."""
    version = data_version(session)
    if version is None:
        return None
    with _indexes_lock:
        known = _indexes.get(version)
    if known is None:
        known = _Index(_load(session))
        with _indexes_lock:
            _indexes[version] = known
            while len(_indexes) > _KEPT:
                _indexes.popitem(last=False)
    return known


def _load(session: Session, path: str = "/") -> list[_Outline]:
    statement = (
        select(Area.id, Area.code, Area.path, Area.valid_from, Area.valid_to, AreaShape.geojson)
        .join(AreaShape, AreaShape.area_id == Area.id)
        .where(Area.path.startswith(path, autoescape=True))
        .order_by(Area.path)
    )
    return [
        _Outline(
            area_id=row.id,
            code=row.code,
            path=row.path,
            depth=len(codes_of(row.path)),
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            shape=from_geojson(row.geojson),
        )
        for row in session.execute(statement)
    ]


def locate(session: Session, lon: float, lat: float, *, on: date | None = None) -> AreaRow | None:
    """The finest place whose outline holds a WGS-84 point; None outside the city or impossible."""
    if not possible(lon, lat):
        return None
    index = _index(session)
    found = index.at(lon, lat, on) if index else None
    return area_by_id(session, found.area_id) if found else None


def locator(session: Session) -> Callable[[float, float], str | None]:
    """The same for many points of one moment, without a query for each: the code of the place."""
    index = _index(session)

    def find(lon: float, lat: float) -> str | None:
        found = index.at(lon, lat, None) if index and possible(lon, lat) else None
        return found.code if found else None

    return find


def outlines_of(session: Session, codes: Iterable[str]) -> list[tuple[str, dict[str, Any]]]:
    """(code, GeoJSON) of some places, as far as their outlines are known: one query."""
    statement = (
        select(Area.code, AreaShape.geojson)
        .join(AreaShape, AreaShape.area_id == Area.id)
        .where(Area.code.in_(set(codes)))
        .order_by(Area.code)
    )
    return [(row.code, json.loads(row.geojson)) for row in session.execute(statement)]


def finest_outline(session: Session, codes: Collection[str]) -> tuple[str, dict[str, Any]] | None:
    """(code, GeoJSON) of the last place on a way down the tree whose outline is known."""
    row = session.execute(
        select(Area.code, AreaShape.geojson)
        .join(AreaShape, AreaShape.area_id == Area.id)
        .where(Area.code.in_(codes))
        .order_by(func.length(Area.path).desc())
        .limit(1)
    ).first()
    return (row.code, json.loads(row.geojson)) if row else None


def outline_of(session: Session, area_id: UUID) -> dict[str, Any] | None:
    """A place's outline as a GeoJSON geometry."""
    text = session.scalar(select(AreaShape.geojson).where(AreaShape.area_id == area_id))
    found: dict[str, Any] | None = json.loads(text) if text else None
    return found


def outlines_under(session: Session, path: str, *, level: str) -> list[tuple[str, dict[str, Any]]]:
    """(code, GeoJSON geometry) of the places of a level inside a place: for drawing maps."""
    statement = (
        select(Area.code, AreaShape.geojson)
        .join(AreaShape, AreaShape.area_id == Area.id)
        .where(
            Area.path.startswith(path, autoescape=True),
            Area.level == level,
            Area.valid_to.is_(None),
        )
        .order_by(Area.code)
    )
    return [(code, json.loads(text)) for code, text in session.execute(statement)]


@dataclass(frozen=True)
class Outlines:
    """What a picture of a place is drawn of: the places inside it, or its own outline.

    ``made_up``: some of it was drawn for the demonstration. ``others``: of places that were named.
    """

    shapes: list[tuple[str, dict[str, Any]]]
    made_up: bool
    others: Mapping[str, dict[str, Any]]


def known_outlines(session: Session, codes: Iterable[str]) -> Outlines:
    """The outlines of some places that are known, and whether any was made up: one query."""
    statement = (
        select(Area.code, AreaShape.geojson, AreaShape.made_up)
        .join(AreaShape, AreaShape.area_id == Area.id)
        .where(Area.code.in_(set(codes)))
        .order_by(Area.code)
    )
    rows = session.execute(statement).all()
    shapes = [(row.code, json.loads(row.geojson)) for row in rows]
    return Outlines(shapes, any(row.made_up for row in rows), {})


def outlines_to_draw(
    session: Session, area: AreaRow, level: str | None, named: Collection[str] = ()
) -> Outlines:
    """The outlines of a level inside a place, its own and those of named places: one query."""
    inside = and_(
        Area.path.startswith(area.path, autoescape=True),
        Area.level == level,
        Area.valid_to.is_(None),
    )
    asked = (("inside", inside), ("own", Area.id == area.id), ("named", Area.code.in_(named)))
    parts = [
        select(literal(part).label("part"), Area.code, AreaShape.geojson, AreaShape.made_up)
        .join(AreaShape, AreaShape.area_id == Area.id)
        .where(condition)
        for part, condition in asked
        if part != "named" or named
    ]
    found: dict[str, list[Any]] = {part: [] for part, _ in asked}
    for row in session.execute(union_all(*parts).order_by("code")):
        found[row.part].append(row)
    drawn = found["inside"] or found["own"]
    return Outlines(
        [(row.code, json.loads(row.geojson)) for row in drawn],
        any(row.made_up for row in drawn),
        {row.code: json.loads(row.geojson) for row in found["named"]},
    )


def areas_in_box(
    session: Session, west: float, south: float, east: float, north: float
) -> list[UUID]:
    """The ids of open places whose outlines meet a box."""
    index = _index(session)
    if index is None:
        return []
    found = index.tree.query(box(west, south, east, north), predicate="intersects")
    return [
        index.outlines[int(at)].area_id for at in found if _counts(index.outlines[int(at)], None)
    ]


def find_flaws(session: Session, path: str = "/", *, on: date | None = None) -> list[Flaw]:
    """Broken outlines, overlaps of siblings, gaps in a parent, and what sticks out of it."""
    outlines = [o for o in _load(session, path) if _counts(o, on)]
    flaws = [Flaw(FlawKind.BROKEN, o.code, None, 0) for o in outlines if not o.shape.is_valid]
    sound = [o for o in outlines if o.shape.is_valid]
    by_path = {o.path: o for o in sound}
    families: dict[str, list[_Outline]] = {}
    for outline in sound:
        above = outline.path[: -len(outline.code) - 1]
        families.setdefault(above, []).append(outline)
    for above, family in families.items():
        flaws += _overlaps(family)
        if above in by_path:
            flaws += _misfits(by_path[above], family)
    return flaws


def _overlaps(family: list[_Outline]) -> Iterable[Flaw]:
    tree = STRtree([o.shape for o in family])
    for at, outline in enumerate(family):
        for other in tree.query(outline.shape, predicate="intersects"):
            if int(other) <= at:
                continue
            area = square_metres(outline.shape.intersection(family[int(other)].shape))
            if area > TOLERANCE_M2:
                yield Flaw(FlawKind.OVERLAP, outline.code, family[int(other)].code, round(area))


def _misfits(parent: _Outline, family: list[_Outline]) -> Iterable[Flaw]:
    for outline in family:
        outside = square_metres(outline.shape.difference(parent.shape))
        if outside > TOLERANCE_M2:
            yield Flaw(FlawKind.OUTSIDE, outline.code, parent.code, round(outside))
    missing = parent.shape.difference(union_of_shapes([o.shape for o in family]))
    gap = sum(area for part in get_parts(missing) if (area := square_metres(part)) > TOLERANCE_M2)
    if gap:
        yield Flaw(FlawKind.GAP, parent.code, None, round(gap))


def square_metres(shape: BaseGeometry) -> float:
    """Roughly how large a shape is."""
    return float(shape.area) / SQUARE_METRE

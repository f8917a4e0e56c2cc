"""Outlines: read from GeoJSON or typed points, checked alone and against the neighbours."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shapely import from_geojson, get_coordinates, is_valid_reason, set_coordinates, to_geojson
from shapely.errors import GEOSException
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from portal.areas.models import Area, AreaShape
from portal.areas.rules import AreaRefusal, is_code
from portal.areas.service.turn import renew_version
from portal.kernel.city import City
from portal.kernel.errors import BadData, Refused
from portal.kernel.geo import System, possible, to_wgs84
from portal.kernel.tables import LONGEST_FILE

LONGEST_OUTLINE = 200_000
NATIONAL_PREFIX = "156"  # ISO 3166 number of China, before the county's code in `gb`


@dataclass(frozen=True)
class OutlineReport:
    """What an import of outlines did; ``foreign`` ones belong to other cities."""

    changed: int
    foreign: int


def import_outlines(
    session: Session,
    content: bytes,
    source: str,
    *,
    city: City,
    system: System = System.WGS84,
) -> OutlineReport:
    """Outlines from a FeatureCollection, by the property ``code`` or ``gb`` (156 + county code).

    Raises BadData with the number of each wrong feature and writes nothing then. A place without a
    label point gets one inside its outline.
    """
    features = _features(content, source)
    known = {row.code: row for row in session.execute(select(Area.code, Area.id, Area.lon))}
    shapes: dict[str, tuple[BaseGeometry, bool]] = {}
    problems: list[tuple[int, str]] = []
    foreign = 0
    for number, feature in enumerate(features, start=1):
        code = _code(feature)
        if code is not None and not code.startswith(city.roots):
            foreign += 1
            continue
        try:
            shape = _shape(feature, system)
            _check_code(code, known, shapes)
        except ValueError as error:
            problems.append((number, str(error)))
            continue
        properties = feature.get("properties") or {}
        shapes[str(code)] = (shape, bool(properties.get("made_up", False)))
    if problems:
        raise BadData(f"{source} (numbers are features)", problems)
    renew_version(session)
    _write(session, {known[code].id: row for code, row in shapes.items()})
    _label(
        session, {known[code].id: s for code, (s, _) in shapes.items() if known[code].lon is None}
    )
    return OutlineReport(len(shapes), foreign)


def _features(content: bytes, source: str) -> list[Mapping[str, Any]]:
    if len(content) > LONGEST_FILE:
        raise BadData(source, [(1, f"larger than {LONGEST_FILE // 1_000_000} MB")])
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise BadData(source, [(line, "not UTF-8 text")]) from error
    except json.JSONDecodeError as error:
        raise BadData(source, [(error.lineno, f"not JSON ({error.msg})")]) from error
    except RecursionError as error:
        raise BadData(source, [(1, "nested too deeply")]) from error
    features = data.get("features") if isinstance(data, dict) else None
    if not isinstance(features, list) or not all(isinstance(row, dict) for row in features):
        raise BadData(source, [(1, "not a GeoJSON FeatureCollection")])
    return features


def _code(feature: Mapping[str, Any]) -> str | None:
    properties = feature.get("properties")
    if not isinstance(properties, dict):
        return None
    if properties.get("code"):
        return str(properties["code"])
    return str(properties.get("gb") or "").removeprefix(NATIONAL_PREFIX) or None


def _check_code(code: str | None, known: Mapping[str, Any], seen: Mapping[str, Any]) -> None:
    if code is None or not is_code(code):
        raise ValueError("no property code")
    if code not in known:
        raise ValueError(f"no place has the code {code}")
    if code in seen:
        raise ValueError(f"{code} has two outlines")


def _shape(feature: Mapping[str, Any], system: System) -> BaseGeometry:
    shape = checked_geometry(json.dumps(feature.get("geometry")))
    if system is System.WGS84:
        return shape
    points = [to_wgs84(lon, lat, system) for lon, lat in get_coordinates(shape)]
    return set_coordinates(shape, points)


def checked_geometry(text: str) -> BaseGeometry:
    """A sound area on Earth. Raises ValueError saying what it is not."""
    try:
        shape = from_geojson(text)
    except (GEOSException, TypeError) as error:
        raise ValueError("not a GeoJSON geometry") from error
    if shape is None or shape.geom_type not in {"Polygon", "MultiPolygon"} or shape.is_empty:
        raise ValueError("not a Polygon or MultiPolygon")
    if not all(possible(lon, lat) for lon, lat in get_coordinates(shape)):
        raise ValueError("a point that is not on Earth")
    if not shape.is_valid:
        raise ValueError(f"not a sound outline: {is_valid_reason(shape)}")
    return shape


def _write(session: Session, shapes: Mapping[UUID, tuple[BaseGeometry, bool]]) -> None:
    if not shapes:
        return
    session.execute(delete(AreaShape).where(AreaShape.area_id.in_(shapes)))
    session.execute(
        insert(AreaShape),
        [
            {"area_id": area_id, "geojson": to_geojson(shape), "made_up": made_up}
            for area_id, (shape, made_up) in shapes.items()
        ],
    )


def _label(session: Session, shapes: Mapping[UUID, BaseGeometry]) -> None:
    points = {area_id: shape.representative_point() for area_id, shape in shapes.items()}
    if points:
        session.execute(
            update(Area),
            [
                {"id": area_id, "lon": round(point.x, 6), "lat": round(point.y, 6)}
                for area_id, point in points.items()
            ],
        )


def write_outline(session: Session, area_id: UUID, shape: BaseGeometry) -> None:
    """Give one place its outline, and a label point inside it."""
    _write(session, {area_id: (shape, False)})
    _label(session, {area_id: shape})


def read_outline(text: str) -> BaseGeometry:
    """An outline typed by a person: GeoJSON, or one ``lon, lat`` a line. Raises Refused."""
    if len(text) > LONGEST_OUTLINE:
        raise Refused(AreaRefusal.BAD_OUTLINE, field="outline")
    try:
        if text.lstrip().startswith("{"):
            return checked_geometry(_geometry_text(text))
        return checked_geometry(to_geojson(Polygon(_points(text))))
    except (ValueError, RecursionError) as error:
        raise Refused(AreaRefusal.BAD_OUTLINE, field="outline") from error


def _geometry_text(text: str) -> str:
    """The geometry of a pasted geometry, Feature, or FeatureCollection with one feature."""
    data = json.loads(text)
    if isinstance(data, dict) and data.get("type") == "FeatureCollection":
        features = data.get("features")
        if not isinstance(features, list) or len(features) != 1:
            raise ValueError("one feature is needed")
        data = features[0]
    if isinstance(data, dict) and data.get("type") == "Feature":
        data = data.get("geometry")
    return json.dumps(data)


def _points(text: str) -> list[tuple[float, float]]:
    points = []
    for line in text.splitlines():
        cells = line.replace("，", ",").replace(",", " ").split()
        if not cells:
            continue
        if len(cells) != 2:
            raise ValueError("each line is a longitude and a latitude")
        lon, lat = float(cells[0]), float(cells[1])
        if not possible(lon, lat):
            raise ValueError("a point that is not on Earth")
        points.append((lon, lat))
    if len(points) < 3:
        raise ValueError("at least three points")
    return points


def check_neighbours(
    session: Session, shape: BaseGeometry, *, area_id: UUID | None, parent_id: UUID, level: str
) -> None:
    """Refuse an outline that overlaps a sibling or leaves its parent (R066)."""
    siblings = session.execute(
        select(Area.name_zh_hans, AreaShape.geojson)
        .join(AreaShape, AreaShape.area_id == Area.id)
        .where(Area.parent_id == parent_id, Area.level == level, Area.valid_to.is_(None))
        .where(Area.id != area_id if area_id else Area.id.is_not(None))
    )
    for name, geojson in siblings:
        if _spills(shape.intersection(from_geojson(geojson)), shape):
            raise Refused(AreaRefusal.OUTLINE_OVERLAPS, field="outline", facts={"name": name})
    parent = session.scalar(select(AreaShape.geojson).where(AreaShape.area_id == parent_id))
    if parent is not None and _spills(shape.difference(from_geojson(parent)), shape):
        raise Refused(AreaRefusal.OUTLINE_LEAVES_PARENT, field="outline")


def _spills(part: BaseGeometry, shape: BaseGeometry) -> bool:
    """Whether a part is more than the rounding of shared borders: a thousandth of the shape."""
    return bool(part.area > shape.area / 1000)

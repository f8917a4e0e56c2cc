"""A point within the outline of its place, as an SVG path: a map that needs no script or tiles."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, MARGIN, TALLEST = 320.0, 12.0, 320.0
Point = tuple[float, float]


@dataclass(frozen=True)
class PinMap:
    """A drawing: its size, the outline's path, where the pin stands, and of which place."""

    width: int
    height: int
    outline: str
    x: float
    y: float
    place: Mapping[str, str]


def pin_map(
    geojson: Mapping[str, Any], lon: float, lat: float, place: Mapping[str, str]
) -> PinMap | None:
    """Draw a point in an outline (WGS-84, north up); None when there is nothing to draw."""
    rings = list(_rings(geojson))
    points = [point for ring in rings for point in ring] + [(lon, lat)]
    if not rings:
        return None
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    shrink = math.cos(math.radians((south + north) / 2))
    wide, tall = max((east - west) * shrink, 1e-9), max(north - south, 1e-9)
    scale = min((WIDTH - 2 * MARGIN) / wide, (TALLEST - 2 * MARGIN) / tall)
    shift = (WIDTH - wide * scale) / 2

    def place_at(point: Point) -> Point:
        x = shift + (point[0] - west) * shrink * scale
        return round(x, 1), round(MARGIN + (north - point[1]) * scale, 1)

    path = "".join(_path([place_at(point) for point in ring]) for ring in rings)
    x, y = place_at((lon, lat))
    return PinMap(int(WIDTH), round(tall * scale + 2 * MARGIN), path, x, y, place)


def _rings(geojson: Mapping[str, Any]) -> Iterable[Sequence[Point]]:
    shape: Any = geojson.get("coordinates", [])
    for polygon in shape if geojson.get("type") == "MultiPolygon" else [shape]:
        for ring in polygon:
            yield [(float(point[0]), float(point[1])) for point in ring]


def _path(points: Sequence[Point]) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y in points) + "Z"

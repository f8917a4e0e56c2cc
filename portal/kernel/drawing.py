"""Outlines as a picture: an SVG drawn by the server, no script and no map service needed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import cos, pi
from typing import Any

WIDTH, HEIGHT = 640.0, 560.0
MARGIN = 4.0
Outlines = list[tuple[str, dict[str, Any]]]
Box = tuple[float, float, float, float]
Spot = tuple[str, float, float, bool]


@dataclass(frozen=True)
class Piece:
    """One outline as an SVG path, with where its number stands."""

    code: str
    path: str
    x: float
    y: float


@dataclass(frozen=True)
class Pin:
    """A matter on the picture: where it stands, by which number, and whether it is open."""

    number: str
    x: float
    y: float
    open: bool


@dataclass(frozen=True)
class Drawing:
    """A picture of some outlines, no larger than the box they are fitted into."""

    width: int
    height: int
    pieces: tuple[Piece, ...]
    made_up: bool = False
    pins: tuple[Pin, ...] = ()
    # (rule, path) of zones, and where stalls are permitted
    zones: tuple[tuple[str, str], ...] = ()
    marks: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class _Scale:
    west: float
    north: float
    across: float
    down: float

    def __call__(self, lon: float, lat: float) -> tuple[float, float]:
        x = MARGIN + (lon - self.west) * self.across
        return x, MARGIN + (self.north - lat) * self.down


def draw(
    outlines: Outlines,
    spots: Iterable[Spot] = (),
    zones: Iterable[tuple[str, Mapping[str, Any]]] = (),
    marks: Iterable[tuple[float, float]] = (),
) -> Drawing | None:
    """Draw (code, GeoJSON geometry) pairs to one scale; None when there is nothing to draw.

    ``spots`` (number, longitude, latitude, open) and ``marks`` that lie beside the picture are left
    out; ``zones`` (rule, geometry) are cut off at its edge.
    """
    points = [point for _, geometry in outlines for ring in _rings(geometry) for point in ring]
    if not points:
        return None
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    box = (west, south, east, north)
    squeeze = cos((south + north) / 2 / 180 * pi)
    wide, high = max((east - west) * squeeze, 1e-9), max(north - south, 1e-9)
    down = min((WIDTH - 2 * MARGIN) / wide, (HEIGHT - 2 * MARGIN) / high)
    scale = _Scale(west, north, down * squeeze, down)
    pieces = tuple(_piece(code, geometry, scale) for code, geometry in outlines)
    pins = tuple(
        Pin(number, *_rounded(scale(lon, lat)), is_open)
        for number, lon, lat, is_open in spots
        if west <= lon <= east and south <= lat <= north
    )
    inside = [p for p in marks if west <= p[0] <= east and south <= p[1] <= north]
    width, height = round(wide * down + 2 * MARGIN), round(high * down + 2 * MARGIN)
    return Drawing(
        width,
        height,
        pieces,
        pins=pins,
        zones=tuple((rule, path) for rule, shape in zones if (path := _zone(shape, scale, box))),
        marks=tuple(_rounded(scale(*point)) for point in inside),
    )


def _zone(
    geometry: Mapping[str, Any], scale: _Scale, box: tuple[float, float, float, float]
) -> str:
    """The path of a zone, empty where all of it lies beside the picture."""
    west, south, east, north = box
    rings = list(_rings(geometry))
    near = any(
        min(p[0] for p in ring) < east
        and max(p[0] for p in ring) > west
        and min(p[1] for p in ring) < north
        and max(p[1] for p in ring) > south
        for ring in rings
    )
    lines = (f"M{'L'.join(_thinned(scale(*p[:2]) for p in ring))}Z" for ring in rings)
    return "".join(lines) if near else ""


def _rounded(point: tuple[float, float]) -> tuple[float, float]:
    return round(point[0], 1), round(point[1], 1)


def _rings(geometry: Mapping[str, Any]) -> Iterator[list[list[float]]]:
    """The rings of a Polygon or MultiPolygon, outer ones and holes."""
    parts = geometry["coordinates"]
    for polygon in [parts] if geometry["type"] == "Polygon" else parts:
        yield from polygon


def _piece(code: str, geometry: Mapping[str, Any], scale: _Scale) -> Piece:
    rings = [[scale(*point[:2]) for point in ring] for ring in _rings(geometry)]
    path = "".join(f"M{'L'.join(_thinned(ring))}Z" for ring in rings)
    largest = max(rings, key=_size)
    x = sum(x for x, _ in largest[:-1]) / len(largest[:-1])
    y = sum(y for _, y in largest[:-1]) / len(largest[:-1])
    return Piece(code, path, round(x, 1), round(y, 1))


def _thinned(ring: Iterable[tuple[float, float]]) -> Iterator[str]:
    """Points to a tenth of a pixel, those that fall together only once."""
    last = ""
    for x, y in ring:
        text = f"{x:.1f} {y:.1f}"
        if text != last:
            yield text
        last = text


def _size(ring: list[tuple[float, float]]) -> float:
    """Twice the area of a ring (shoelace)."""
    return abs(sum(x * v - u * y for (x, y), (u, v) in pairwise(ring)))

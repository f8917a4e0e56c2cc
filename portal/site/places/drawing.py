"""Outlines as a picture: an SVG drawn by the server, no script and no map service needed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import cos, pi
from typing import Any

WIDTH, HEIGHT = 640.0, 560.0
MARGIN = 4.0


@dataclass(frozen=True)
class Piece:
    """One outline as an SVG path, with where its number stands."""

    code: str
    path: str
    x: float
    y: float


@dataclass(frozen=True)
class Drawing:
    """A picture of some outlines, no larger than the box they are fitted into."""

    width: int
    height: int
    pieces: tuple[Piece, ...]
    made_up: bool = False


@dataclass(frozen=True)
class _Scale:
    west: float
    north: float
    across: float
    down: float

    def __call__(self, lon: float, lat: float) -> tuple[float, float]:
        x = MARGIN + (lon - self.west) * self.across
        return x, MARGIN + (self.north - lat) * self.down


def draw(outlines: list[tuple[str, dict[str, Any]]]) -> Drawing | None:
    """Draw (code, GeoJSON geometry) pairs to one scale; None when there is nothing to draw."""
    points = [point for _, geometry in outlines for ring in _rings(geometry) for point in ring]
    if not points:
        return None
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    squeeze = cos((south + north) / 2 / 180 * pi)
    wide, high = max((east - west) * squeeze, 1e-9), max(north - south, 1e-9)
    down = min((WIDTH - 2 * MARGIN) / wide, (HEIGHT - 2 * MARGIN) / high)
    scale = _Scale(west, north, down * squeeze, down)
    pieces = tuple(_piece(code, geometry, scale) for code, geometry in outlines)
    return Drawing(round(wide * down + 2 * MARGIN), round(high * down + 2 * MARGIN), pieces)


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

"""The map as a drawing: outlines and pins placed in a frame, north up. Pure arithmetic."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.reports.rules.publicity import Box

WIDTH, MOST_HEIGHT, LEAST_HEIGHT = 720.0, 720.0, 320.0
# dots closer than this are one line on any screen
COARSE = 0.8
NARROWEST = 0.002
# squares wide enough for a circle with a number in it, also on a phone
COLUMNS = 9
# so wide is a heap of pins, and so many do not make one yet
HEAP, HEAPED = 48.0, 3
# the room of a line and of a Chinese character on a phone, where letters are largest
LINE, WIDE_SIGN, LATIN = 30.0, 24.0, 0x2E7F
CHINA = Box(73.5, 18.0, 135.1, 53.6)
Point = tuple[float, float]


@dataclass(frozen=True)
class Frame:
    """A window on the earth and the drawing it fills."""

    box: Box
    height: float

    def place(self, lon: float, lat: float) -> Point:
        """Where a point stands in the drawing."""
        x = (lon - self.box.west) / (self.box.east - self.box.west) * WIDTH
        y = (self.box.north - lat) / (self.box.north - self.box.south) * self.height
        return round(x, 1), round(y, 1)

    def shows(self, lon: float, lat: float) -> bool:
        return self.box.holds(lon, lat)


def square(box: Box) -> tuple[float, float]:
    """Width and height (degrees) of the squares in which many pins are counted."""
    wide = (box.east - box.west) * math.cos(math.radians((box.south + box.north) / 2))
    rows = max(1, round(COLUMNS * (box.north - box.south) / max(wide, 1e-9)))
    return (box.east - box.west) / COLUMNS, (box.north - box.south) / min(rows, COLUMNS)


def frame(box: Box) -> Frame:
    """The frame for a window, in true proportion as far as a page allows."""
    shrink = math.cos(math.radians((box.south + box.north) / 2))
    wide = max((box.east - box.west) * shrink, 1e-9)
    height = WIDTH * (box.north - box.south) / wide
    return Frame(box, round(min(max(height, LEAST_HEIGHT), MOST_HEIGHT)))


def bounds(geojsons: Iterable[Mapping[str, Any]]) -> Box | None:
    """The smallest window around some outlines, with a little room."""
    points = [p for geojson in geojsons for ring in rings(geojson) for p in ring]
    return around(points)


def around(points: Sequence[Point]) -> Box | None:
    """The window around some points, with a little room."""
    if not points:
        return None
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    room = max((east - west) * 0.04, (north - south) * 0.04, NARROWEST)
    return bounded(west - room, south - room, east + room, north + room)


def bounded(west: float, south: float, east: float, north: float) -> Box:
    """A window that stays on the earth."""
    return Box(max(west, -180.0), max(south, -85.0), min(east, 180.0), min(north, 85.0))


def moved(box: Box, *, scale: float = 1.0, right: float = 0.0, up: float = 0.0) -> Box:
    """A window zoomed about its middle and shifted by parts of its size."""
    wide, tall = box.east - box.west, box.north - box.south
    lon = (box.west + box.east) / 2 + right * wide
    lat = (box.south + box.north) / 2 + up * tall
    half = max(wide * scale, NARROWEST) / 2, max(tall * scale, NARROWEST) / 2
    moved_box = bounded(lon - half[0], lat - half[1], lon + half[0], lat + half[1])
    return moved_box if moved_box.west < moved_box.east else box


def covers(outer: Box, inner: Box) -> bool:
    """Whether a window shows all of another."""
    return outer.holds(inner.west, inner.south) and outer.holds(inner.east, inner.north)


def rings(geojson: Mapping[str, Any]) -> Iterable[Sequence[Point]]:
    """The rings of a polygon or of several."""
    shape: Any = geojson.get("coordinates", [])
    for polygon in shape if geojson.get("type") == "MultiPolygon" else [shape]:
        for ring in polygon:
            yield [(float(point[0]), float(point[1])) for point in ring]


def outline(geojson: Mapping[str, Any], on: Frame) -> str:
    """An outline as an SVG path, without dots that no eye can tell apart; empty when outside."""
    drawn = []
    for ring in rings(geojson):
        if not _meets(ring, on.box):
            continue
        points = _thinned([on.place(*point) for point in ring])
        if len(points) > 2:
            drawn.append("M" + "L".join(f"{x:g} {y:g}" for x, y in points) + "Z")
    return "".join(drawn)


def _meets(ring: Sequence[Point], box: Box) -> bool:
    west, east = min(p[0] for p in ring), max(p[0] for p in ring)
    south, north = min(p[1] for p in ring), max(p[1] for p in ring)
    return west < box.east and east > box.west and south < box.north and north > box.south


def _thinned(points: Sequence[Point]) -> list[Point]:
    kept: list[Point] = []
    for x, y in points:
        # far outside the frame a coarser line is enough: browsers clip it
        if not kept or abs(x - kept[-1][0]) + abs(y - kept[-1][1]) >= COARSE:
            kept.append((x, y))
    return kept


def dots(points: Iterable[Point], on: Frame) -> str:
    """Many pins as one path: each a line without length that its round end makes a dot."""
    return "".join(f"M{x:g} {y:g}h0" for x, y in (on.place(*p) for p in points))


def heaps(points: Sequence[Point]) -> list[list[int]]:
    """The positions of points (of the drawing) that lie so close that they cover each other."""
    found: list[list[int]] = []
    for at, point in enumerate(points):
        near = (heap for heap in found if math.dist(points[heap[0]], point) < HEAP)
        heap = next(near, None)
        if heap is None:
            found.append([at])
        else:
            heap.append(at)
    return [heap for heap in found if len(heap) > HEAPED]


def with_room(labels: Sequence[tuple[float, float, float]]) -> list[bool]:
    """Which labels (middle, baseline, width) can be read; one that covers an earlier cannot."""
    taken: list[tuple[float, float, float]] = []
    found = []
    for x, y, width in labels:
        half = width / 2
        inside = half < x < WIDTH - half
        free = not any(abs(y - b) < LINE and abs(x - a) < half + c for a, b, c in taken)
        found.append(inside and free)
        if found[-1]:
            taken.append((x, y, half))
    return found


def label_width(names: Iterable[str]) -> float:
    """The room that the longest of some names may take."""
    sizes = (sum(WIDE_SIGN if ord(sign) > LATIN else WIDE_SIGN / 2 for sign in n) for n in names)
    return max(sizes, default=0.0)


def radius(count: int) -> float:
    """The size of a circle for several reports: it grows slowly."""
    return round(16 + 6 * math.log10(max(count, 1)), 1)

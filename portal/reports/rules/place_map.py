"""The map on which a place is shown with a finger, drawn as a picture: no script, no tiles."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

SIZE = 320
CLOSEST, WIDEST = 0.004, 6.0
ZOOM = 3.0
_ZONE, _PERMITTED = "#1d4f91", "#1b6637"
_PAPER, _LAND, _LINE, _INK, _MARK = "#eef3f2", "#ffffff", "#6d8286", "#14262a", "#a3231b"


@dataclass(frozen=True)
class Frame:
    """A square window: its middle, and how many degrees of latitude it is high."""

    lon: float
    lat: float
    span: float

    @property
    def width(self) -> float:
        """Degrees of longitude from left to right: a degree is shorter further north."""
        return self.span / max(math.cos(math.radians(self.lat)), 0.1)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east, north."""
        half_width, half_height = self.width / 2, self.span / 2
        return (
            self.lon - half_width,
            self.lat - half_height,
            self.lon + half_width,
            self.lat + half_height,
        )

    def point_at(self, x: float, y: float) -> tuple[float, float]:
        """Longitude and latitude of a dot of the picture, counted from its upper left corner."""
        west, _, _, north = self.box
        return west + x / SIZE * self.width, north - y / SIZE * self.span

    def dot_of(self, lon: float, lat: float) -> tuple[float, float]:
        """The dot of a point."""
        west, _, _, north = self.box
        return (lon - west) / self.width * SIZE, (north - lat) / self.span * SIZE

    def zoomed(self, lon: float, lat: float, factor: float) -> "Frame":
        """The same map around another middle, closer (factor below 1) or wider."""
        return Frame(lon, lat, min(max(self.span * factor, CLOSEST), WIDEST))

    def moved(self, east: float, north: float) -> "Frame":
        """The map pushed by parts of its own size: the keyboard's way of pointing."""
        return Frame(self.lon + east * self.width, self.lat + north * self.span, self.span)


@dataclass(frozen=True)
class Label:
    """A name on the map."""

    lon: float
    lat: float
    text: str


def read_frame(lon: str, lat: str, span: str) -> Frame | None:
    """A frame from an address; None when it is no window on this earth."""
    try:
        frame = Frame(float(lon), float(lat), float(span))
    except ValueError:
        return None
    # comparisons with NaN are false, so that it is refused as well
    good = abs(frame.lon) <= 180 and abs(frame.lat) <= 85 and CLOSEST <= frame.span <= WIDEST
    return frame if good else None


def frame_around(points: Sequence[tuple[float, float]]) -> Frame | None:
    """The smallest frame that shows all points, with a margin."""
    if not points:
        return None
    lons, lats = [lon for lon, _ in points], [lat for _, lat in points]
    lon, lat = (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2
    height = max(lats) - min(lats)
    as_high = (max(lons) - min(lons)) * math.cos(math.radians(lat))
    return Frame(lon, lat, min(max(height, as_high, CLOSEST) * 1.1, WIDEST))


def rings(geometry: dict[str, Any]) -> Iterable[list[tuple[float, float]]]:
    """The rings of a GeoJSON Polygon or MultiPolygon."""
    polygons = geometry["coordinates"]
    if geometry["type"] == "Polygon":
        polygons = [polygons]
    for polygon in polygons:
        for ring in polygon:
            yield [(lon, lat) for lon, lat, *_ in ring]


def draw(
    frame: Frame,
    outlines: Iterable[dict[str, Any]],
    labels: Iterable[Label],
    zones: Iterable[tuple[str, dict[str, Any]]] = (),
    marks: Iterable[tuple[float, float]] = (),
) -> str:
    """The picture as SVG, with a cross in the middle. Colours stand in attributes: no CSS.

    ``zones``: (how its edge is dashed, outline); ``marks``: where stalls are permitted.
    """
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{SIZE}" height="{SIZE}" '
        f'viewBox="0 0 {SIZE} {SIZE}" font-family="sans-serif" font-size="12">',
        f'<rect width="{SIZE}" height="{SIZE}" fill="{_PAPER}"/>',
    ]
    parts += [_path(frame, outline) for outline in outlines]
    parts += [_zone(frame, dashes, outline) for dashes, outline in zones]
    parts += [_mark_at(*frame.dot_of(lon, lat)) for lon, lat in marks]
    parts += _names(frame, labels)
    middle = SIZE / 2
    parts.append(
        f'<g fill="none" stroke="{_MARK}" stroke-width="2"><circle cx="{middle}" cy="{middle}" '
        f'r="9"/><path d="M{middle} {middle - 16}V{middle - 3}M{middle} {middle + 3}v13'
        f'M{middle - 16} {middle}h13M{middle + 3} {middle}h13"/></g></svg>'
    )
    return "".join(parts)


def _lines(frame: Frame, outline: dict[str, Any]) -> str:
    lines = []
    for ring in rings(outline):
        dots = [frame.dot_of(lon, lat) for lon, lat in ring]
        lines.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in dots) + "Z")
    return "".join(lines)


def _path(frame: Frame, outline: dict[str, Any]) -> str:
    return (
        f'<path d="{_lines(frame, outline)}" fill="{_LAND}" fill-opacity="0.75" '
        f'fill-rule="evenodd" stroke="{_LINE}" stroke-width="1"/>'
    )


def _zone(frame: Frame, dashes: str, outline: dict[str, Any]) -> str:
    return (
        f'<path d="{_lines(frame, outline)}" fill="{_ZONE}" fill-opacity="0.08" '
        f'fill-rule="evenodd" stroke="{_ZONE}" stroke-width="2" stroke-dasharray="{dashes}"/>'
    )


def _mark_at(x: float, y: float) -> str:
    return (
        f'<path d="M{x:.1f} {y - 7:.1f}l6 11h-12z" fill="{_PERMITTED}" stroke="{_LAND}" '
        'stroke-width="1.5"/>'
    )


def _names(frame: Frame, labels: Iterable[Label]) -> list[str]:
    """Names where there is room: one that would cover another is left out."""
    taken: list[tuple[float, float, float]] = []
    drawn = []
    for label in labels:
        x, y = frame.dot_of(label.lon, label.lat)
        half = sum(12 if ord(char) > 0x2E7F else 6.5 for char in label.text) / 2
        inside = half < x < SIZE - half and 12 < y < SIZE - 6
        if not inside or any(abs(y - b) < 15 and abs(x - a) < half + c for a, b, c in taken):
            continue
        taken.append((x, y, half))
        drawn.append(
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle" fill="{_INK}" stroke="{_LAND}" '
            f'stroke-width="3" paint-order="stroke">{escape(label.text)}</text>'
        )
    return drawn

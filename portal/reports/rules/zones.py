"""Zones with rules (R199): where burning, livestock or fireworks are banned, from when. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

Point = tuple[float, float]
CORNERS = 3


class ZoneRule(StrEnum):
    """What is banned in a zone."""

    NO_BURNING = "no_burning"
    NO_LIVESTOCK = "no_livestock"
    NO_FIREWORKS = "no_fireworks"


# which plain names a rule bears on
BEARS_ON: Mapping[ZoneRule, frozenset[str]] = {
    ZoneRule.NO_BURNING: frozenset({"burning", "open_bbq"}),
    ZoneRule.NO_LIVESTOCK: frozenset({"dogs"}),
    ZoneRule.NO_FIREWORKS: frozenset({"burning", "safety_hazard"}),
}


# how the edge of a zone is drawn: told apart without colours (SVG stroke-dasharray)
DASHES: Mapping[ZoneRule, str] = {
    ZoneRule.NO_BURNING: "10 5",
    ZoneRule.NO_LIVESTOCK: "2 5",
    ZoneRule.NO_FIREWORKS: "10 4 2 4",
}


@dataclass(frozen=True)
class Zone:
    """A zone: the codes of its places, or the corners of an outline (WGS-84), and its days."""

    rule: ZoneRule
    names: Mapping[str, str]
    words: Mapping[str, str]
    places: tuple[str, ...]
    corners: tuple[Point, ...]
    valid_from: date
    valid_to: date | None

    def in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)

    def holds(self, codes: Iterable[str], point: Point | None) -> bool:
        """Whether a place (the codes on its path) or a point lies in the zone."""
        if set(self.places) & set(codes):
            return True
        return point is not None and within(self.corners, point)


def as_polygon(corners: Sequence[Point]) -> dict[str, Any]:
    """An outline by corners as GeoJSON, closed."""
    return {"type": "Polygon", "coordinates": [[list(p) for p in (*corners, corners[0])]]}


def within(corners: Sequence[Point], point: Point) -> bool:
    """Whether a point lies in a ring of corners: how often a ray to the east crosses it."""
    lon, lat = point
    inside = False
    for (x1, y1), (x2, y2) in zip(corners, [*corners[1:], *corners[:1]], strict=True):
        if (y1 > lat) != (y2 > lat) and lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def zones_at(
    zones: Iterable[Zone], codes: Iterable[str], point: Point | None, on: date
) -> list[Zone]:
    """The zones in force where something is."""
    known = tuple(codes)
    return [zone for zone in zones if zone.in_force(on) and zone.holds(known, point)]


def zones_about(zones: Iterable[Zone], category: str) -> list[Zone]:
    """Those that bear on a kind of problem."""
    return [zone for zone in zones if category in BEARS_ON[zone.rule]]


def zones_of_place(
    zones: Iterable[Zone], codes: Sequence[str], point: Point | None, on: date
) -> list[Zone]:
    """Zones to show on the page of a place: those that hold it, and those that lie in it.

    ``codes``: those on its path, the root first. A zone by outline lies in the root at least.
    """
    own = codes[-1]
    return [
        zone
        for zone in zones
        if zone.in_force(on)
        and (
            zone.holds(codes, point)
            or any(place.startswith(own) for place in zone.places)
            or (len(codes) == 1 and bool(zone.corners))
        )
    ]

"""What the public may know of a case: how exactly the place, how exactly the time, which words.

Law P5: a matter aimed at a person or a shop is public only as its category, its road or estate, its
steps and its outcome. Of other matters the category says how exact the place and the time may be.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from portal.reports.rules.codes import Precision, Target

# about 220 m by 180 m in the middle of China: a road, not a door
ROAD_STEP = 0.002
TILE_ZOOMS = (8, 10, 12, 14, 16)
_FRACTION_BITS, _CHANCE_BITS = 12, 3


class TimePrecision(StrEnum):
    """How exactly the public learns when something happened."""

    MINUTE = "minute"
    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True)
class Publicity:
    """What a category allows the public to see."""

    target: Target
    precision: Precision

    @property
    def protected(self) -> bool:
        """Whether law P5 keeps words, photos and the point inside."""
        return self.target is Target.PERSON_OR_SHOP

    @property
    def time(self) -> TimePrecision:
        """A day is enough to recognise the neighbour who complained yesterday."""
        if self.protected or self.precision is Precision.COMMUNITY:
            return TimePrecision.MONTH
        return TimePrecision.DAY if self.precision is Precision.ROAD else TimePrecision.MINUTE

    @property
    def place_words(self) -> bool:
        """Whether the words that describe the spot may be shown."""
        return not self.protected and self.precision is Precision.EXACT


# a category that is gone or unknown is treated like the strictest one
STRICTEST = Publicity(Target.PERSON_OR_SHOP, Precision.COMMUNITY)


def public_point(
    publicity: Publicity,
    point: tuple[float, float] | None,
    label_point: tuple[float, float] | None,
) -> tuple[float, float] | None:
    """The point the public may see: the spot, the middle of a square, or the place's label."""
    if publicity.protected or publicity.precision is Precision.COMMUNITY or point is None:
        return label_point
    if publicity.precision is Precision.ROAD:
        lon, lat = ((value // ROAD_STEP + 0.5) * ROAD_STEP for value in point)
        return round(lon, 6), round(lat, 6)
    return point


def sort_key(case_id: UUID) -> int:
    """63 bits that order like a UUIDv7: milliseconds, their fraction, and a little chance."""
    value = case_id.int
    milliseconds = value >> 80
    fraction = value >> 64 & (1 << _FRACTION_BITS) - 1
    chance = value >> 62 - _CHANCE_BITS & (1 << _CHANCE_BITS) - 1
    return (milliseconds << _FRACTION_BITS | fraction) << _CHANCE_BITS | chance


def public_codes(path: str, publicity: Publicity) -> tuple[str, ...]:
    """The codes of the places the public may connect a case with, from the root down.

    Codes of the national list end at the community; grids, courtyards and buildings (codes of our
    own) would lead to a door, and are left out unless the category allows the exact spot.
    """
    codes = tuple(part for part in path.split("/") if part)
    if publicity.place_words:
        return codes
    return tuple(code for code in codes if code.isdecimal())


def tile(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    """The web-mercator tile of a WGS-84 point."""
    count = 1 << zoom
    x = int((lon + 180.0) / 360.0 * count)
    bounded = math.radians(min(max(lat, -85.05), 85.05))
    y = int((1.0 - math.asinh(math.tan(bounded)) / math.pi) / 2.0 * count)
    return min(max(x, 0), count - 1), min(max(y, 0), count - 1)


@dataclass(frozen=True)
class Box:
    """A window on the map: west, south, east, north in degrees (WGS-84)."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, lon: float, lat: float) -> bool:
        return self.west <= lon <= self.east and self.south <= lat <= self.north

    def __str__(self) -> str:
        return ",".join(f"{edge:.5f}" for edge in (self.west, self.south, self.east, self.north))


def read_box(text: str) -> Box | None:
    """``west,south,east,north``, or None when it is no window on this earth."""
    parts = text.split(",")
    if len(parts) != 4 or any(len(part) > 24 for part in parts):
        return None
    try:
        west, south, east, north = (float(part) for part in parts)
    except ValueError:
        return None
    # comparisons with NaN are false, so that it is refused as well
    good = -180 <= west < east <= 180 and -90 <= south < north <= 90
    return Box(west, south, east, north) if good else None


def tiles_over(box: Box, most: int = 24) -> tuple[int, list[tuple[int, int]]]:
    """The finest zoom at which few tiles cover a window, and those tiles."""
    found: tuple[int, list[tuple[int, int]]] = (0, [])
    for zoom in TILE_ZOOMS:
        left, top = tile(box.west, box.north, zoom)
        right, bottom = tile(box.east, box.south, zoom)
        if (right - left + 1) * (bottom - top + 1) > most:
            break
        columns, rows = range(left, right + 1), range(top, bottom + 1)
        found = (zoom, [(x, y) for x in columns for y in rows])
    return found


def tile_name(zoom: int, x: int, y: int) -> str:
    """A tile as the value of a search facet."""
    return f"{zoom}_{x}_{y}"

"""A duty area as a small drawing: its outline, the door, and a bar for its size. Pure."""

import json
import math
from dataclasses import dataclass
from typing import Final

from portal.reports.rules.atlas import WIDTH, frame, outline, rings
from portal.reports.rules.publicity import Box

METRES_A_DEGREE: Final = 111_320.0
# what a bar may stand for, in metres
BARS: Final = (5, 10, 20, 50, 100, 200, 500, 1000)
# no drawing of a doorstep is narrower, about twenty metres
NARROWEST: Final = 0.0002


@dataclass(frozen=True)
class Sketch:
    """A drawing ``WIDTH`` wide. ``bar``: how long the bar is that stands for ``metres``."""

    height: float
    path: str
    door: tuple[float, float] | None
    bar: float
    metres: int


def sketch(geojson: str | None, lon: float | None, lat: float | None) -> Sketch | None:
    """The drawing of an outline that was drawn, with the door if its point is known."""
    if not geojson:
        return None
    shape = json.loads(geojson)
    points = [point for ring in rings(shape) for point in ring]
    door = None if lon is None or lat is None else (lon, lat)
    seen = [*points, door] if door else points
    on = frame(_box(seen))
    wide = (on.box.east - on.box.west) * METRES_A_DEGREE * math.cos(math.radians(on.box.north))
    metres = max((bar for bar in BARS if bar <= wide / 3), default=BARS[0])
    return Sketch(
        on.height, outline(shape, on), on.place(*door) if door else None,
        round(metres / wide * WIDTH, 1), metres,
    )  # fmt: skip


def _box(points: list[tuple[float, float]]) -> Box:
    """The window around points, with room at its edges."""
    lons, lats = [p[0] for p in points], [p[1] for p in points]
    middle = (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2
    right = max(max(lons) - min(lons), NARROWEST) * 0.65
    up = max(max(lats) - min(lats), NARROWEST) * 0.65
    return Box(middle[0] - right, middle[1] - up, middle[0] + right, middle[1] + up)

"""Hot spots (热点) and hard cases (难点): what comes up again and again (R109, R182). Pure.

A hot spot is at least three matters of a kind that lie within 250 m and came within 90 days. They
are counted in squares whose diagonal is 250 m, in four grids that lie half a square apart, so that
the border of a square hides no hot spot.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

WITHIN_METRES, FEWEST = 250, 3
SINCE = timedelta(days=90)
MOST_SHOWN, MOST_CASES = 30, 10
# returns and sendings back together that make a case a hard one; refusals of a kind in a place
TRIES, REFUSALS = 2, 2
METRES_A_DEGREE = 111_320.0
# half a square apart, each way and both
OFFSETS = ((0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5))
MIDDLE_OF_CHINA = 36.0


@dataclass(frozen=True)
class Grid:
    """Squares of one size near a latitude: their sides in degrees."""

    lon_step: float
    lat_step: float


@dataclass(frozen=True)
class Cell:
    """One square with a kind of problem in it. ``at``: which of the four grids it is of."""

    category: str
    at: int
    x: int
    y: int
    count: int

    def box(self, grid: Grid) -> tuple[float, float, float, float]:
        """West, south, east, north."""
        dx, dy = OFFSETS[self.at]
        west = (self.x - 0.5 - dx) * grid.lon_step
        south = (self.y - 0.5 - dy) * grid.lat_step
        return west, south, west + grid.lon_step, south + grid.lat_step


def grid_at(latitude: float | None) -> Grid:
    """The squares for a city; without a point as in the middle of the country."""
    at = MIDDLE_OF_CHINA if latitude is None else latitude
    side = WITHIN_METRES / math.sqrt(2)
    lat_step = side / METRES_A_DEGREE
    return Grid(lat_step / math.cos(math.radians(at)), lat_step)


def chosen(cells: Iterable[Cell], grid: Grid) -> list[Cell]:
    """The fullest squares; of those that overlap (same kind) only the fullest."""
    found: list[Cell] = []
    for cell in sorted(cells, key=lambda one: (-one.count, one.category, one.at, one.x, one.y)):
        if len(found) == MOST_SHOWN:
            break
        if not any(_overlap(cell, other, grid) for other in found):
            found.append(cell)
    return found


def _overlap(one: Cell, other: Cell, grid: Grid) -> bool:
    if one.category != other.category:
        return False
    a, b = one.box(grid), other.box(grid)
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]

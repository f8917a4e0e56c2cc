"""The squares in which public points are kept counted: a pyramid of web-mercator tiles. Pure."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from portal.reports.rules.atlas import COLUMNS
from portal.reports.rules.publicity import Box, tile

# from a province to a few streets; closer than that there are few enough to count on the spot
COARSEST, FINEST = 8, 16
# so much finer than what is drawn are the squares by which a window's edge is cut
FINER = 2
Cell = tuple[int, int]


@dataclass(frozen=True)
class Window:
    """Which kept squares answer for a window, and how many of them make one that is drawn."""

    zoom: int
    west: int
    north: int
    east: int
    south: int
    shift: int

    def drawn(self, cell: Cell) -> Cell:
        """The square of the drawing that a kept one lies in."""
        return cell[0] >> self.shift, cell[1] >> self.shift


def finest_cell(lon: float, lat: float) -> Cell:
    """The smallest kept square around a point."""
    return tile(lon, lat, FINEST)


def coarser(cell: Cell, zoom: int) -> Cell:
    """The square of a zoom that holds a smallest one."""
    return cell[0] >> FINEST - zoom, cell[1] >> FINEST - zoom


def pyramid(changes: Iterable[tuple[Cell, int]]) -> dict[tuple[int, int, int], int]:
    """What changes in the counts of every zoom; (zoom, x, y) → more or fewer."""
    found: Counter[tuple[int, int, int]] = Counter()
    for cell, change in changes:
        for zoom in range(COARSEST, FINEST + 1):
            found[(zoom, *coarser(cell, zoom))] += change
    return {key: change for key, change in found.items() if change}


def moves(
    before: Mapping[object, Cell | None], after: Mapping[object, Cell | None]
) -> dict[Cell, int]:
    """What a change of some points does to the smallest squares; nothing where none has moved."""
    found: Counter[Cell] = Counter()
    for cells, sign in ((before, -1), (after, 1)):
        for cell in cells.values():
            if cell is not None:
                found[cell] += sign
    return {cell: change for cell, change in found.items() if change}


def window(box: Box, *, whole: bool) -> Window | None:
    """The squares for a window, at most nine in a row; None when they would be too coarse.

    ``whole``: all points lie in it, so that no edge needs finer squares.
    """
    drawn = math.floor(math.log2(360.0 * COLUMNS / (box.east - box.west)))
    shift = 0 if whole else FINER
    zoom = max(drawn + shift, COARSEST)
    if zoom > FINEST:
        return None
    west, north = tile(box.west, box.north, zoom)
    east, south = tile(box.east, box.south, zoom)
    return Window(zoom, west, north, east, south, min(shift, max(zoom - drawn, 0)))


def middle(cell: Cell, zoom: int) -> tuple[float, float]:
    """Longitude and latitude of a square's middle."""
    count = 1 << zoom
    lon = (cell[0] + 0.5) / count * 360.0 - 180.0
    lat = math.degrees(math.atan(math.sinh(math.pi * (1.0 - 2.0 * (cell[1] + 0.5) / count))))
    return lon, lat


def drawn_counts(on: Window, counts: Mapping[Cell, int], box: Box) -> dict[Cell, int]:
    """Counts of the squares that are drawn. Of a cut window what has its middle inside."""
    found: Counter[Cell] = Counter()
    for cell, count in counts.items():
        if not on.shift or box.holds(*middle(cell, on.zoom)):
            found[on.drawn(cell)] += count
    return dict(found)


def place_of(on: Window, cell: Cell, box: Box) -> tuple[float, float]:
    """Where a drawn square's circle stands: its middle, or the window's edge before it."""
    lon, lat = middle(cell, on.zoom - on.shift)
    return min(max(lon, box.west), box.east), min(max(lat, box.south), box.north)

"""Rectangles that cover a part of a photo before the public sees it. Pure.

They are kept as thousandths of the photo's sides, so that they fit it at every size.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

WHOLE: Final = 1000
MOST: Final = 40
LEAST_SIDE: Final = 4
# a photo lies under a grid as on a city map: columns have letters, rows have numbers
LONG_CELLS, SHORT_CELLS = 12, 9
LETTERS: Final = "ABCDEFGHIJKL"
_RECTANGLE = re.compile(r"(\d{1,4}),(\d{1,4}),(\d{1,4}),(\d{1,4})\Z")


class CoverRefusal(StrEnum):
    """Why a photo is not covered."""

    NOTHING = "cover.nothing"
    DAMAGED = "cover.damaged"
    TOO_MANY = "cover.too_many"
    NOT_COVERED = "cover.not_covered"
    NO_FILE = "cover.no_file"


@dataclass(frozen=True)
class Rectangle:
    """Left, top, width and height in thousandths of the photo."""

    left: int
    top: int
    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.left},{self.top},{self.width},{self.height}"

    @property
    def good(self) -> bool:
        """Whether it lies in the photo and can be seen."""
        inside = self.left + self.width <= WHOLE and self.top + self.height <= WHOLE
        return inside and self.width >= LEAST_SIDE and self.height >= LEAST_SIDE


def read_rectangles(text: str | None) -> list[Rectangle] | None:
    """What was drawn or kept, or None when it is damaged."""
    found = []
    for part in (text or "").split():
        match = _RECTANGLE.match(part)
        if match is None:
            return None
        one = Rectangle(*(int(number) for number in match.groups()))
        if not one.good:
            return None
        found.append(one)
    return found


def write_rectangles(rectangles: Iterable[Rectangle]) -> str:
    """As they are kept; the same rectangle twice is one."""
    return " ".join(str(one) for one in dict.fromkeys(rectangles))


@dataclass(frozen=True)
class Grid:
    """The grid over a photo: more cells along its longer side."""

    columns: int
    rows: int

    @property
    def letters(self) -> str:
        return LETTERS[: self.columns]

    @property
    def numbers(self) -> Sequence[str]:
        return [str(row) for row in range(1, self.rows + 1)]

    def between(self, first: tuple[str, str], last: tuple[str, str]) -> Rectangle | None:
        """The rectangle between two cells, in whichever order they are named."""
        columns = sorted(self.letters.find(letter) for letter in (first[0], last[0]))
        rows = sorted(self._row(number) for number in (first[1], last[1]))
        if columns[0] < 0 or rows[0] < 0:
            return None
        left, right = self._at(columns[0], self.columns), self._at(columns[1] + 1, self.columns)
        top, bottom = self._at(rows[0], self.rows), self._at(rows[1] + 1, self.rows)
        return Rectangle(left, top, right - left, bottom - top)

    def _row(self, number: str) -> int:
        return self.numbers.index(number) if number in self.numbers else -1

    @staticmethod
    def _at(cell: int, cells: int) -> int:
        return round(cell * WHOLE / cells)


def grid_over(width: int, height: int) -> Grid:
    """The grid for a photo of this shape."""
    wide = width >= height
    return Grid(LONG_CELLS, SHORT_CELLS) if wide else Grid(SHORT_CELLS, LONG_CELLS)

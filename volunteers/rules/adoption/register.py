"""What a line of the register says, and what is wrong with it by itself. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from math import isfinite
from typing import Any, Final

from volunteers.rules.adoption.lists import column_names, thing_kinds, yes_words
from volunteers.rules.adoption.refusals import RegisterFlaw

REQUIRED: Final = ("register_number", "kind", "name", "lon", "lat", "owner", "adoptable")
OPTIONAL: Final = ("square_metres", "heritage", "new_green", "listed_from")
LENGTHS: Final = {"register_number": 40, "name": 80, "owner": 120}
MOST_METRES: Final = 10_000_000
LARGEST_FILE: Final = 5_000_000
MOST_LINES: Final = 20_000


@dataclass(frozen=True)
class PlotWish:
    """A thing as it is to stand in the register."""

    register_number: str
    kind: str
    name: str
    lon: float
    lat: float
    square_metres: int | None
    owner: str
    adoptable: bool
    heritage: bool
    new_green: bool
    listed_from: date


@dataclass(frozen=True)
class Flaw:
    """What is wrong, in which column, with facts for its sentence. ``line`` 0: typed by hand."""

    code: RegisterFlaw
    column: str = ""
    line: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)


def columns_of(header: tuple[str, ...]) -> tuple[dict[str, str], list[Flaw]]:
    """Our columns by the titles of a table, and which are missing. Others are left unread."""
    known = column_names()
    found = {title: known[title] for title in header if title in known}
    missing = [name for name in REQUIRED if name not in found.values()]
    return found, [Flaw(RegisterFlaw.NO_COLUMN, name, 1) for name in missing]


def read_cells(
    cells: Mapping[str, str], today: date, line: int = 0
) -> tuple[PlotWish | None, list[Flaw]]:
    """A line as a wish; None when a cell cannot be read. Nothing is guessed."""
    read = _Reading(cells, line)
    wish = PlotWish(
        register_number=read.text("register_number"),
        kind=read.kind(),
        name=read.text("name"),
        lon=read.degree("lon", 180),
        lat=read.degree("lat", 90),
        square_metres=read.metres(),
        owner=read.text("owner"),
        adoptable=read.answer("adoptable", usual=None),
        heritage=read.answer("heritage", usual=False),
        new_green=read.answer("new_green", usual=False),
        listed_from=read.day("listed_from", today),
    )
    flaws = read.flaws or flaws_of(wish, line)
    return (None if flaws else wish), flaws


def flaws_of(wish: PlotWish, line: int = 0) -> list[Flaw]:
    """What does not fit together."""
    found = []
    if wish.heritage and wish.adoptable:
        found.append(Flaw(RegisterFlaw.HERITAGE, "adoptable", line))
    if thing_kinds()[wish.kind].measured and wish.square_metres is None:
        found.append(Flaw(RegisterFlaw.AREA, "square_metres", line))
    return found


class _Reading:
    """Reads cells one by one and keeps what is wrong with them."""

    def __init__(self, cells: Mapping[str, str], line: int) -> None:
        self.cells = cells
        self.line = line
        self.flaws: list[Flaw] = []

    def _cell(self, column: str) -> str:
        return self.cells.get(column, "").strip()

    def _wrong(self, code: RegisterFlaw, column: str, **facts: Any) -> None:
        self.flaws.append(Flaw(code, column, self.line, facts))

    def text(self, column: str) -> str:
        found = self._cell(column)
        if not found:
            self._wrong(RegisterFlaw.EMPTY, column)
        elif len(found) > LENGTHS[column]:
            self._wrong(RegisterFlaw.LONG, column, most=LENGTHS[column])
        return found

    def kind(self) -> str:
        found = self._cell("kind")
        by_name = {
            name: kind.code for kind in thing_kinds().values() for name in kind.names.values()
        }
        code = found if found in thing_kinds() else by_name.get(found, "")
        if not code:
            self._wrong(RegisterFlaw.KIND, "kind", value=found)
        return code

    def degree(self, column: str, most: int) -> float:
        try:
            found = float(self._cell(column))
        except ValueError:
            found = float("nan")
        if not isfinite(found) or abs(found) > most:
            self._wrong(RegisterFlaw.POINT, column)
            return 0.0
        return found

    def metres(self) -> int | None:
        found = self._cell("square_metres")
        if not found:
            return None
        if not (found.isascii() and found.isdigit() and 0 < int(found) <= MOST_METRES):
            self._wrong(RegisterFlaw.AREA, "square_metres")
            return None
        return int(found)

    def answer(self, column: str, *, usual: bool | None) -> bool:
        found, (yes, no) = self._cell(column).lower(), yes_words()
        if found in yes or found in no:
            return found in yes
        if found or usual is None:
            self._wrong(RegisterFlaw.YES_NO, column)
        return bool(usual)

    def day(self, column: str, usual: date) -> date:
        found = self._cell(column)
        try:
            return date.fromisoformat(found[:10]) if found else usual
        except ValueError:
            self._wrong(RegisterFlaw.DAY, column)
            return usual

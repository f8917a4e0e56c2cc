"""What a line of the register of premises says, and what is wrong with it by itself. Pure."""

import csv
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from math import isfinite
from pathlib import Path
from typing import Any, Final

from pledges.rules.premises import (
    LONGEST_DOOR,
    LONGEST_DUTY,
    LONGEST_ROAD,
    LONGEST_TITLE,
    MOST_HEADS,
    PremisesKind,
)

DATA: Final = Path(__file__).parent.parent / "data"
REQUIRED: Final = ("title", "kind", "trade", "road", "door", "place")
OPTIONAL: Final = (
    "duty_words", "duty_outline", "lon", "lat", "heads", "operator", "phone", "sole_trader",
    "within",
)  # fmt: skip
LONGEST_OUTLINE: Final = 8_000
# in which other places have their stalls, houses and doors (R032)
HOLDERS: Final = frozenset(
    {PremisesKind.MARKET, PremisesKind.NIGHT_MARKET, PremisesKind.SCENIC_SPOT, PremisesKind.UNIT}
)
LONGEST_NAME: Final = 80
LENGTHS: Final = {
    "title": LONGEST_TITLE, "road": LONGEST_ROAD, "door": LONGEST_DOOR, "place": 80,
    "duty_words": LONGEST_DUTY, "within": 40, "operator": LONGEST_NAME, "phone": 40,
}  # fmt: skip
LARGEST_FILE: Final = 5_000_000
KEY_LENGTH: Final = 160
MOST_LINES: Final = 5_000
# what office programs take for a formula
_FORMULA: Final = ("=", "+", "@")


class PremisesFlaw(StrEnum):
    """What is wrong with a line, or with what was typed about premises."""

    EMPTY = "premises.empty"
    LONG = "premises.long"
    STRAY = "premises.stray"
    KIND = "premises.kind"
    TRADE = "premises.trade"
    PLACE_UNKNOWN = "premises.place_unknown"
    PLACE_MANY = "premises.place_many"
    NOT_YOURS = "premises.not_yours"
    POINT = "premises.point"
    HEADS = "premises.heads"
    PHONE = "premises.phone"
    YES_NO = "premises.yes_no"
    NO_OPERATOR = "premises.no_operator"
    DOOR_TAKEN = "premises.door_taken"
    TWICE = "premises.twice"
    NO_COLUMN = "premises.no_column"
    NO_FILE = "premises.no_file"
    TOO_LARGE = "premises.too_large"
    UNREADABLE = "premises.unreadable"
    NO_ROWS = "premises.no_rows"
    SPOILED = "premises.spoiled"
    OUTLINE = "premises.outline"
    OUTLINE_LARGE = "premises.outline_large"
    OUTLINE_ALONE = "premises.outline_alone"
    HOLDER = "premises.holder"
    STALLS = "premises.stalls"
    SOLE_TRADER = "premises.sole_trader"
    NO_UNIT = "premises.no_unit"
    UNDONE = "premises.undone"
    BUILT_UPON = "premises.built_upon"


@dataclass(frozen=True)
class OperatorWish:
    """Who is to answer for a place. ``name``: of the business on its licence."""

    name: str
    phone: str | None
    sole_trader: bool


@dataclass(frozen=True)
class PremisesWish:
    """Premises as they are to stand in the register; ``place`` a name or a code as typed."""

    title: str
    kind: PremisesKind
    trade: str
    road: str
    door: str
    place: str
    duty_words: str | None
    lon: float | None
    lat: float | None
    heads: int | None
    operator: OperatorWish | None
    # corners or GeoJSON as typed; and the number of the place in which it stands
    duty_outline: str = ""
    within: str = ""


@dataclass(frozen=True)
class Flaw:
    """What is wrong, in which column, with facts for its sentence. ``line`` 0: typed by hand."""

    code: PremisesFlaw
    column: str = ""
    line: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(line for line in file if not line.startswith("#")))


def _names(file: str) -> Mapping[str, Mapping[str, str]]:
    return {
        row["code"]: {
            "zh_Hans": row["name_zh_hans"], "zh_Hant": row["name_zh_hant"], "en": row["name_en"],
        }
        for row in _rows(file)
    }  # fmt: skip


@cache
def trades() -> Mapping[str, Mapping[str, str]]:
    """The trades with their names by language."""
    return _names("trades.csv")


@cache
def picture_names() -> Mapping[str, Mapping[str, str]]:
    """The signs that a clause can bear, with their names by language."""
    return _names("pictograms.csv")


@cache
def words_of(what: str) -> Mapping[str, str]:
    """What the words of a column, or of the titles of columns, mean."""
    return {row["word"]: row["means"] for row in _rows("premises-words.csv") if row["of"] == what}


def columns_of(header: tuple[str, ...]) -> tuple[dict[str, str], list[Flaw]]:
    """Our columns by the titles of a table, and which are missing. Others are left unread."""
    known = {name: name for name in (*REQUIRED, *OPTIONAL)} | dict(words_of("column"))
    found = {title: known[title] for title in header if title in known}
    missing = [name for name in REQUIRED if name not in found.values()]
    return found, [Flaw(PremisesFlaw.NO_COLUMN, name, 1) for name in missing]


def door_key(street_path: str, road: str, door: str) -> str:
    """Road and number as they are compared: without blanks, width and case."""
    said = unicodedata.normalize("NFKC", f"{road}|{door}").casefold()
    return f"{street_path}{''.join(said.split())}"


def search_key(text: str) -> str:
    """A name or a road as it is looked for: without blanks, width and case."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())[:KEY_LENGTH]


def is_stray(text: str) -> bool:
    """Whether it holds signs that nobody sees (bidi marks too), or would run in a table."""
    unseen = any(unicodedata.category(char) in {"Cf", "Cc", "Cs", "Cn", "Co"} for char in text)
    return unseen or unicodedata.normalize("NFKC", text).lstrip().startswith(_FORMULA)


def read_cells(cells: Mapping[str, str], line: int = 0) -> tuple[PremisesWish | None, list[Flaw]]:
    """A line as a wish; None when a cell cannot be read. Nothing is guessed."""
    read = _Reading(cells, line)
    lon, lat = read.degree("lon", 180), read.degree("lat", 90)
    if (lon is None) != (lat is None):
        read.wrong(PremisesFlaw.POINT, "lon")
    wish = PremisesWish(
        title=read.text("title"),
        kind=read.kind(),
        trade=read.trade(),
        road=read.text("road"),
        door=read.text("door"),
        place=read.text("place"),
        duty_words=read.text("duty_words", needed=False) or None,
        lon=lon,
        lat=lat,
        heads=read.heads(),
        operator=read.operator(),
        duty_outline=read.outline(),
        within=read.text("within", needed=False),
    )
    return (None if read.flaws else wish), read.flaws


def read_operator(cells: Mapping[str, str]) -> tuple[OperatorWish | None, list[Flaw]]:
    """Who comes, as typed; None when something cannot be read."""
    read = _Reading(cells, 0)
    found = read.operator()
    if found is None:
        read.wrong(PremisesFlaw.EMPTY, "operator")
    return (None if read.flaws else found), read.flaws


class _Reading:
    """Reads cells one by one and keeps what is wrong with them."""

    def __init__(self, cells: Mapping[str, str], line: int) -> None:
        self.cells = cells
        self.line = line
        self.flaws: list[Flaw] = []

    def _cell(self, column: str) -> str:
        return self.cells.get(column, "").strip()

    def wrong(self, code: PremisesFlaw, column: str, **facts: Any) -> None:
        self.flaws.append(Flaw(code, column, self.line, facts))

    def text(self, column: str, *, needed: bool = True) -> str:
        found = self._cell(column)
        if not found and needed:
            self.wrong(PremisesFlaw.EMPTY, column)
        elif len(found) > LENGTHS[column]:
            self.wrong(PremisesFlaw.LONG, column, most=LENGTHS[column])
        elif column != "phone" and is_stray(found):
            self.wrong(PremisesFlaw.STRAY, column)
        return found

    def kind(self) -> PremisesKind:
        found = self._cell("kind")
        code = words_of("kind").get(found, found)
        if code in set(PremisesKind):
            return PremisesKind(code)
        self.wrong(PremisesFlaw.KIND, "kind")
        return PremisesKind.SHOP

    def trade(self) -> str:
        found = self._cell("trade")
        by_name = {name: code for code, names in trades().items() for name in names.values()}
        code = found if found in trades() else by_name.get(found, "")
        if not code:
            self.wrong(PremisesFlaw.TRADE, "trade")
        return code

    def degree(self, column: str, most: int) -> float | None:
        said = self._cell(column)
        if not said:
            return None
        try:
            found = float(said)
        except ValueError:
            found = float("nan")
        if not isfinite(found) or abs(found) > most:
            self.wrong(PremisesFlaw.POINT, column)
            return None
        return found

    def outline(self) -> str:
        """What is drawn; whether it is an outline, the service sees."""
        found = self._cell("duty_outline")
        if len(found) > LONGEST_OUTLINE:
            self.wrong(PremisesFlaw.LONG, "duty_outline", most=LONGEST_OUTLINE)
        return found

    def heads(self) -> int | None:
        found = self._cell("heads")
        if not found:
            return None
        if not (
            found.isascii() and found.isdigit() and len(found) < 7 and int(found) <= MOST_HEADS
        ):
            self.wrong(PremisesFlaw.HEADS, "heads")
            return None
        return int(found)

    def operator(self) -> OperatorWish | None:
        name, phone = self.text("operator", needed=False), self.text("phone", needed=False)
        said = self._cell("sole_trader").lower()
        sole = words_of("sole_trader").get(said, "" if said else "yes")
        if not sole:
            self.wrong(PremisesFlaw.YES_NO, "sole_trader")
        if phone and not name:
            self.wrong(PremisesFlaw.NO_OPERATOR, "operator")
        return OperatorWish(name, phone or None, sole == "yes") if name else None

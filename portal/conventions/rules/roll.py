"""The roll of a vote, line by line: typed, or from a file; what is wrong is told by its line. Pure.

Only what the electorate needs is kept: a door where each household has one voice, floor space where
owners are counted by it. A telephone finds the account that may vote on the screen, and is dropped.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, Final

from portal.conventions.rules.doors import door_key
from portal.conventions.rules.kinds import DATA, Electorate
from portal.conventions.rules.lists import rows_of

MOST_ELECTORS: Final = 20_000
LARGEST_FILE: Final = 4 * 1024 * 1024
LONGEST_NAME: Final = 60
LONGEST_DOOR: Final = 60
MOST_FLAWS: Final = 100
_AREA: Final = re.compile(r"[0-9]{1,7}(\.[0-9]{1,2})?\Z", re.ASCII)
_APART: Final = re.compile(r"[,\t\uff0c]")


class RollProblem(StrEnum):
    """What is wrong with a roll, or with a line of it."""

    EMPTY = "roll.empty"
    TOO_LARGE = "roll.too_large"
    UNREADABLE = "roll.unreadable"
    BOTH = "roll.both"
    NO_COLUMN = "roll.no_column"
    BAD_LINES = "roll.bad_lines"
    SPOILED = "roll.spoiled"
    NO_NAME = "roll.no_name"
    LONG = "roll.long"
    NO_DOOR = "roll.no_door"
    DOOR_TWICE = "roll.door_twice"
    AREA = "roll.area"
    PHONE = "roll.phone"
    PHONE_TWICE = "roll.phone_twice"
    TWICE = "roll.twice"


@dataclass(frozen=True)
class RollLine:
    """An elector as she is typed. ``area`` in hundredths of a square metre."""

    line: int
    name: str
    door: str = ""
    area: int | None = None
    phone: str = ""


@dataclass(frozen=True)
class RollFlaw:
    """What is wrong with a line; ``facts`` for the words."""

    line: int
    code: RollProblem
    facts: Mapping[str, Any] = field(default_factory=dict)


@cache
def _words() -> Mapping[str, str]:
    return {row["word"]: row["column"] for row in rows_of(DATA / "roll-words.tsv")}


def columns() -> tuple[str, ...]:
    """The columns in their order."""
    return tuple(dict.fromkeys(_words().values()))


def columns_of(header: Sequence[str]) -> dict[str, str]:
    """Which column of a file is which of ours; what nobody knows is left out."""
    found = ((title, _words().get(title.strip().lower())) for title in header)
    return {title: column for title, column in found if column is not None}


def typed_cells(text: str) -> list[tuple[int, dict[str, str]]]:
    """Lines as they are typed: name, door, floor space, telephone, with commas between."""
    return [
        (at, dict(zip(columns(), (part.strip() for part in _APART.split(line)), strict=False)))
        for at, line in enumerate(text.splitlines(), 1)
        if line.strip()
    ]


def read_line(line: int, cells: Mapping[str, str], electorate: Electorate) -> RollLine | RollFlaw:
    """One line, or the first thing that is wrong with it."""
    name, door = cells.get("name", "").strip(), cells.get("door", "").strip()
    by_area = electorate is Electorate.HEADS_AND_AREA
    area = cells.get("area", "").strip()
    bad = (
        (not name, RollProblem.NO_NAME),
        (len(name) > LONGEST_NAME or len(door) > LONGEST_DOOR, RollProblem.LONG),
        (electorate is Electorate.HOUSEHOLDS and not door, RollProblem.NO_DOOR),
        (by_area and (not _AREA.match(area) or not Decimal(area)), RollProblem.AREA),
    )
    wrong = next((code for found, code in bad if found), None)
    if wrong is not None:
        return RollFlaw(line, wrong)
    hundredths = int(Decimal(area) * 100) if by_area else None
    return RollLine(line, name, door, hundredths, cells.get("phone", "").strip())


def twice_in(lines: Iterable[RollLine], electorate: Electorate) -> list[RollFlaw]:
    """A household that stands twice; without doors, a name and door that stand twice."""
    first, flaws = dict[tuple[str, ...], int](), list[RollFlaw]()
    households = electorate is Electorate.HOUSEHOLDS
    code = RollProblem.DOOR_TWICE if households else RollProblem.TWICE
    for one in lines:
        door = door_key(one.door)
        # two people of one name are two people; of one name and one door they are one
        key = (door,) if households else (one.name, door)
        if key in first and (households or door):
            flaws.append(RollFlaw(one.line, code, {"first": first[key]}))
        first.setdefault(key, one.line)
    return flaws

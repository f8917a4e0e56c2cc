"""A file of shifts (CSV or XLSX), line by line: what each says, and what is wrong with it. Pure.

A file names places, times and seats, never people: whoever serves signs up herself.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from functools import cache
from typing import Final

from volunteers.rules.activities import DATA, DutyKind, shift_roles
from volunteers.rules.planning import PlanWish, PostWish, TimesWish, flaw_of_plan

NEEDED: Final = ("day", "starts", "ends", "place", "duty", "seats")
NEXT_DAY: Final = "+1"
USUAL_ROLE: Final = "member"


class LineProblem(StrEnum):
    """What is wrong with a line."""

    DAY = "line.day"
    TIME = "line.time"
    PLACE = "line.place"
    DUTY = "line.duty"
    ROLE = "line.role"
    SEATS = "line.seats"
    WIDE = "line.wide"
    LOST = "line.lost"
    TWICE = "line.twice"


@dataclass(frozen=True)
class Line:
    """What a good line says; ``place`` is the code of an area."""

    line: int
    day: date
    wish: PlanWish


@dataclass(frozen=True)
class Problem:
    """A line that cannot be taken over, and why: of the line itself, or as a plan."""

    line: int
    code: StrEnum


@cache
def words() -> Mapping[tuple[str, str], str]:
    """What columns and duties are called, as ``(column or duty, word)`` → code."""
    with (DATA / "roster-words.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return {(row["what"], row["word"]): row["code"] for row in rows}


def column_names() -> Mapping[str, Mapping[str, str]]:
    """What each column is called first in each language: the first words of the list, in order."""
    found: dict[str, list[str]] = {}
    for (what, word), code in words().items():
        if what == "column":
            found.setdefault(code, []).append(word)
    # where both scripts write it alike it stands once
    return {
        code: {"en": said[0], "zh_Hans": said[1], "zh_Hant": said[2] if len(said) > 2 else said[1]}
        for code, said in found.items()
    }


def columns_of(header: tuple[str, ...]) -> dict[str, str]:
    """Which column of the file is which of ours; columns that nobody knows are left out."""
    found = ((words().get(("column", name.strip().lower())), name) for name in header)
    return {code: name for code, name in found if code is not None}


def missing_columns(columns: Mapping[str, str]) -> list[str]:
    """The columns without which no line can be read."""
    return [name for name in NEEDED if name not in columns]


def read_line(line: int, cells: Mapping[str, str]) -> Line | Problem:
    """One line; ``cells`` by our names of columns."""
    day, start, end = _day(cells["day"]), _clock(cells["starts"]), _clock(cells["ends"])
    duty, role = _duty(cells["duty"]), _role(cells.get("role", ""))
    seats, least = _count(cells["seats"]), _count(cells.get("least", "") or "0")
    bad = (
        (day is None, LineProblem.DAY),
        (start is None or end is None, LineProblem.TIME),
        (not cells["place"], LineProblem.PLACE),
        (duty is None, LineProblem.DUTY),
        (role is None, LineProblem.ROLE),
        (seats is None or least is None, LineProblem.SEATS),
    )
    wrong = next((code for found, code in bad if found), None)
    if wrong is not None or day is None:
        return Problem(line, wrong or LineProblem.DAY)
    times = TimesWish(start, end, cells["ends"].strip().endswith(NEXT_DAY))
    post = PostWish(role or USUAL_ROLE, seats or 0, least or 0)
    wish = PlanWish(times, duty or "", cells["place"], cells.get("meeting_place", ""), [post])
    flaw = flaw_of_plan(wish)
    return Line(line, day, wish) if flaw is None else Problem(line, flaw[0])


def _day(text: str) -> date | None:
    try:
        # a spreadsheet's own days come with a time at midnight
        return date.fromisoformat(text.strip().removesuffix(" 00:00:00").replace("/", "-"))
    except ValueError:
        return None


def _clock(text: str) -> time | None:
    typed = text.strip().removesuffix(NEXT_DAY).strip().replace("\uff1a", ":")
    try:
        return time.fromisoformat(typed if len(typed.partition(":")[0]) == 2 else f"0{typed}")
    except ValueError:
        return None


def _duty(text: str) -> str | None:
    code = words().get(("duty", text.strip()), text.strip())
    return code if code in set(DutyKind) else None


def _role(text: str) -> str | None:
    typed = text.strip() or USUAL_ROLE
    for role in shift_roles().values():
        if typed == role.code or typed in role.names.values():
            return role.code
    return None


def _count(text: str) -> int | None:
    typed = text.strip()
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else None

"""Tables of heads and of services: how a line is read, and what is wrong with it. Pure."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Final

from portal.conventions.rules.community import (
    LONGEST_ADDRESS,
    LONGEST_COVERS,
    LONGEST_HOURS,
    LONGEST_NAME,
    LONGEST_PHONE,
    LONGEST_TITLE,
    LONGEST_WORDS,
    HeadRole,
    ListProblem,
)
from portal.conventions.rules.kinds import DATA
from portal.kernel.clock import is_countable

MOST_LINES: Final = 500
LARGEST_FILE: Final = 1024 * 1024
HEADS: Final = ("role", "covers", "name", "starts_on")
SERVICES: Final = ("title", "located", "offers")
_LONGEST: Final[Mapping[str, int]] = {
    "covers": LONGEST_COVERS, "name": LONGEST_NAME, "phone": LONGEST_PHONE,
    "title": LONGEST_TITLE, "located": LONGEST_ADDRESS, "hours": LONGEST_HOURS,
    "office_phone": LONGEST_PHONE, "offers": LONGEST_WORDS, "bring": LONGEST_ADDRESS,
}  # fmt: skip


@dataclass(frozen=True)
class ListFlaw:
    """What is wrong with a line."""

    line: int
    code: StrEnum


@cache
def _words() -> Mapping[tuple[str, str], str]:
    with (DATA / "community-words.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader((one for one in file if not one.startswith("#")), delimiter="\t")
        return {(row["what"], row["word"]): row["means"] for row in rows}


def meant(what: str, word: str) -> str | None:
    """What a word of a table means as a column, a role or a yes."""
    return _words().get((what, word.strip().lower()))


def columns_of(header: Sequence[str]) -> dict[str, str]:
    """Which column of a file is which of ours; what nobody knows is left out."""
    found = ((title, meant("column", title)) for title in header)
    return {title: column for title, column in found if column is not None}


def flaw_of(cells: Mapping[str, str], needed: Sequence[str]) -> ListProblem | None:
    """The first thing that is wrong with a line, whatever it lists."""
    if any(not cells.get(column) for column in needed):
        return ListProblem.MISSING
    if any(len(cells.get(column, "")) > most for column, most in _LONGEST.items()):
        return ListProblem.LONG
    if "role" in needed and role_of(cells) is None:
        return ListProblem.OFFICE
    days = [cells[name] for name in ("starts_on", "ends_on") if cells.get(name)]
    return ListProblem.DAY if any(day_of(text) is None for text in days) else None


def role_of(cells: Mapping[str, str]) -> HeadRole | None:
    """The office of a line."""
    code = meant("role", cells.get("role", ""))
    return HeadRole(code) if code else None


def day_of(text: str) -> date | None:
    """A day like 2026-07-01, or as a spreadsheet writes it."""
    try:
        found = date.fromisoformat(text.strip()[:10].replace("/", "-"))
    except ValueError:
        return None
    return found if is_countable(found) else None

"""Participation by place and month (R088, R242): how many people took part, and of how many.

Decision 0058: people are counted, not acts; counts are rounded to five, and fewer than ten are not
told, as in surveys, nor are those through which they could be computed (``rules.suppression``).
None and few look alike. A month is counted once, ten days after its end, and never again.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from portal.areas.rules import codes_of
from portal.publicity.rules.suppression import Sum, cells_told

# until then time of service is confirmed, and paper is typed
CLOSES_AFTER_DAYS: Final = 10
MONTH_LENGTH: Final = 7
# beside the city itself, the widest first
LEVELS: Final = ("street", "community")
CODE_LENGTH: Final = 40
# after a place's code: in it, but in none that is counted inside it; such a cell is never published
_ELSEWHERE: Final = "*"


class TookPart(StrEnum):
    """In which way; ``ANY`` counts somebody once who did it in several."""

    ANY = "any"
    REPORTING = "reporting"
    VOLUNTEERING = "volunteering"
    ADOPTING = "adopting"
    SIGNING = "signing"
    VOTING = "voting"


# (who, as an opaque key; where, as the path of a place)
Part = tuple[str, str]


@dataclass(frozen=True)
class Counted:
    """A cell. ``people`` None: not told, since it is fewer than ten, which may be nobody, or since
    it would lead to such a one."""

    code: str
    took_part: TookPart
    people: int | None


def closing_month(today: date) -> str:
    """The last month that can be counted on a day."""
    first = (today - timedelta(days=CLOSES_AFTER_DAYS)).replace(day=1)
    return (first - timedelta(days=1)).strftime("%Y-%m")


def count_people(parts: Mapping[TookPart, Iterable[Part]], paths: Sequence[str]) -> list[Counted]:
    """A cell for every place and way, empty ones too: a cell that is missing would tell. Places
    are given by their paths, the widest first."""
    codes = [codes_of(path)[-1] for path in paths]
    people = _people(parts, set(codes))
    sums = [*_of_places(paths, people), *_of_ways(codes)]
    cells = [(code, way) for code in codes for way in TookPart]
    beside = sorted({part for one in sums for part in one.parts} - set(cells))
    counts = {cell: len(people.get(cell, ())) for cell in (*cells, *beside)}
    found = cells_told(counts, sums, unpublished=beside)
    return [Counted(*cell, found[cell]) for cell in cells]


def _people(
    parts: Mapping[TookPart, Iterable[Part]], counted: set[str]
) -> dict[tuple[str, TookPart], set[str]]:
    found: dict[tuple[str, TookPart], set[str]] = {}
    for took_part, some in parts.items():
        for who, path in some:
            codes = [code for code in codes_of(path) if code in counted]
            for code in (*codes, *(one + _ELSEWHERE for one in codes[-1:])):
                found.setdefault((code, took_part), set()).add(who)
                found.setdefault((code, TookPart.ANY), set()).add(who)
    return found


def _of_places(
    paths: Sequence[str], people: Collection[tuple[str, TookPart]]
) -> list[Sum[tuple[str, TookPart]]]:  # fmt: skip
    """Each place that holds others, with the nearest of them, for every way."""
    inside: dict[str, list[str]] = {}
    counted = {codes_of(path)[-1] for path in paths}
    for path in paths:
        *above, code = codes_of(path)
        nearest = next((one for one in reversed(above) if one in counted), None)
        if nearest is not None:
            inside.setdefault(nearest, []).append(code)
    found = []
    for whole, codes in inside.items():
        for way in TookPart:
            parts = [(code, way) for code in (*codes, whole + _ELSEWHERE)]
            there = (cell for cell in parts if cell in people or cell[0] in counted)
            found.append(Sum((whole, way), tuple(there), True))
    return found


def _of_ways(codes: Sequence[str]) -> list[Sum[tuple[str, TookPart]]]:
    """Whoever took part in any way did in one or more."""
    ways = [way for way in TookPart if way is not TookPart.ANY]
    return [
        Sum((code, TookPart.ANY), tuple((code, way) for way in ways), False) for code in codes
    ]  # fmt: skip


def share(people: int | None, population: int | None) -> float | None:
    """How many of a place's people took part; None where one of the two is not known."""
    return people / population if people is not None and population else None

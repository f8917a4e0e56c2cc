"""Participation by place and month (R088, R242): how many people took part, and of how many.

Decision 0058: people are counted, not acts; counts are rounded to five, and fewer than ten are not
told, as in surveys. None and few look alike. A month is counted once, ten days after its end, and
never again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from portal.areas.rules import codes_of
from portal.satisfaction.rules.surveys import FEWEST, rounded

# until then time of service is confirmed, and paper is typed
CLOSES_AFTER_DAYS: Final = 10
MONTH_LENGTH: Final = 7
# beside the city itself, the widest first
LEVELS: Final = ("street", "community")
CODE_LENGTH: Final = 40


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
    """A cell. ``people`` None: fewer than ten, which may be nobody."""

    code: str
    took_part: TookPart
    people: int | None


def closing_month(today: date) -> str:
    """The last month that can be counted on a day."""
    first = (today - timedelta(days=CLOSES_AFTER_DAYS)).replace(day=1)
    return (first - timedelta(days=1)).strftime("%Y-%m")


def count_people(
    parts: Mapping[TookPart, Iterable[Part]], codes: Iterable[str]
) -> list[Counted]:  # fmt: skip
    """A cell for every place and way, empty ones too: a cell that is missing would tell."""
    found: dict[tuple[str, TookPart], set[str]] = {}
    for took_part, some in parts.items():
        for who, path in some:
            for code in codes_of(path):
                found.setdefault((code, took_part), set()).add(who)
                found.setdefault((code, TookPart.ANY), set()).add(who)
    return [
        Counted(code, way, told(len(found.get((code, way), ())))) for code in codes
        for way in TookPart
    ]  # fmt: skip


def told(people: int) -> int | None:
    """What is published of a count."""
    return rounded(people) if people >= FEWEST else None


def share(people: int | None, population: int | None) -> float | None:
    """How many of a place's people took part; None where one of the two is not known."""
    return people / population if people is not None and population else None

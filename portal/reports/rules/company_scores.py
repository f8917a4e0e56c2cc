"""The score of a service company (R249): a published formula over a quarter that is over. Pure.

Each part is a count over a count, so anybody can compute the score again from what is published.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from fractions import Fraction
from functools import cache
from math import sqrt
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from portal.satisfaction.rules.bands import band_of

FORMULA_FILE: Final = Path(__file__).parents[1] / "data" / "company-score.tsv"
_QUARTER = re.compile(r"([0-9]{4})-Q([1-4])\Z", re.ASCII)
# after a quarter: what was checked in its last days has been heard, late counts are made
FREEZE_AFTER: Final = timedelta(days=20)
# below half of the weights a score would speak of little
LEAST_WEIGHT: Final = 50
FEWEST_RATERS: Final = 10
_95_PERCENT = 1.96


class Part(StrEnum):
    """What the score is made of: each a share of what was right."""

    IN_TIME = "in_time"
    KEPT = "kept"
    SPOT = "spot"
    RESIDENT = "resident"


@dataclass(frozen=True)
class Weight:
    """What a part weighs, and of how few it says nothing."""

    weight: int
    fewest: int


@dataclass(frozen=True)
class Formula:
    """One version of the formula, and the first quarter it counts for."""

    version: int
    since: str
    parts: Mapping[Part, Weight]


@dataclass(frozen=True)
class Count:
    """``got`` of ``of``; ``known`` is of how many matters, checks or people that speaks."""

    got: int
    of: int
    known: int


@cache
def formulas() -> Sequence[Formula]:
    """Every version, the oldest first."""
    with FORMULA_FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    found: dict[int, Formula] = {}
    for row in rows:
        version = int(row["version"])
        before = found.get(version, Formula(version, row["since"], {}))
        weight = Weight(int(row["weight"]), int(row["fewest"]))
        parts = {**before.parts, Part(row["part"]): weight}
        found[version] = Formula(version, row["since"], parts)
    return [found[version] for version in sorted(found)]


def formula_of(quarter: str) -> Formula | None:
    """The version that counts for a quarter."""
    fitting = [one for one in formulas() if one.since <= quarter]
    return fitting[-1] if fitting else None


def formula_by_version(version: int) -> Formula:
    """A version that a score was made with."""
    return next(one for one in formulas() if one.version == version)


def score(formula: Formula, counts: Mapping[Part, Count]) -> int | None:
    """Tenths of points of 100: the weighted mean of the parts of which enough is known.

    What is not known takes no part; None: too little is.
    """
    known = {part: formula.parts[part] for part in formula.parts if part in counts}
    enough = {
        part: weight
        for part, weight in known.items()
        if counts[part].known >= weight.fewest and counts[part].of
    }
    total = sum(weight.weight for weight in enough.values())
    if total < LEAST_WEIGHT:
        return None
    got = sum(
        Fraction(weight.weight * counts[part].got, counts[part].of)
        for part, weight in enough.items()
    )
    return int(got / total * 1000 + Fraction(1, 2))


def banded(satisfied: int, answers: int, raters: int) -> Count | None:
    """The residents' part, as coarse as it is shown: the middle of the band the share lies in.

    None below ten raters.
    """
    if raters < FEWEST_RATERS or not answers:
        return None
    return Count(band_of(satisfied, answers).middle, 100, raters)


def interval(count: Count) -> tuple[int, int]:
    """Between which percentages the share of all residents lies, 19 times of 20 (Wilson)."""
    n, share, z2 = count.known, count.got / count.of, _95_PERCENT**2
    centre = share + z2 / (2 * n)
    spread = _95_PERCENT * sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    low, high = (centre - spread) / (1 + z2 / n), (centre + spread) / (1 + z2 / n)
    return int(low * 100), min(100, int(high * 100) + 1)


# --- quarters -------------------------------------------------------------------------------------


def quarter_of(day: date) -> str:
    """The quarter of a day: ``2026-Q3``."""
    return f"{day.year:04d}-Q{(day.month + 2) // 3}"


def days_of(quarter: str) -> tuple[date, date]:
    """The first day of a quarter, and of the next. Raises ValueError."""
    found = _QUARTER.match(quarter)
    if found is None:
        raise ValueError(quarter)
    year, number = int(found[1]), int(found[2])
    return date(year, number * 3 - 2, 1), date(year + number // 4, number % 4 * 3 + 1, 1)


def bounds_of(quarter: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first moment of a quarter in the city, and of the next."""
    first, after = (datetime.combine(day, time(), zone) for day in days_of(quarter))
    return first, after


def last_closed(now: datetime, zone: ZoneInfo, rating_days: int) -> str:
    """The last quarter whose score can be made: nobody rates its matters any more."""
    wait = max(FREEZE_AFTER, timedelta(days=rating_days))
    day = (now - wait).astimezone(zone).date()
    first = days_of(quarter_of(day))[0]
    return quarter_of(first - timedelta(days=1))

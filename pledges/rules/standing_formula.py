"""The stars of a shop: a published formula over a quarter that is over. Pure.

What goes in are counts, so anybody can compute a standing again from what is stored with it.
"""

import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from fractions import Fraction
from functools import cache
from math import sqrt
from pathlib import Path
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from credit.rules.canonical import Json, canonical
from pledges.rules.inspections import Body
from pledges.rules.standing import FEWEST_STARS, MOST_STARS
from portal.reports.rules.company_scores import banded
from portal.satisfaction.rules import SMALLEST_CELL, Given, Settings

FORMULA_FILE: Final = Path(__file__).parents[1] / "data" / "standing-formula.toml"
# the days in which a notice is appealed against, and in which late drafts arrive
FREEZE_AFTER: Final = timedelta(days=20)
_BEST = 100
_95_PERCENT = 1.96


class Part(StrEnum):
    """What a standing is made of."""

    INSPECTION = "inspection"
    RESIDENT = "resident"
    REPORT = "report"


@dataclass(frozen=True)
class Formula:
    """One version, and the first quarter it counts for."""

    version: int
    since: str
    fade: Sequence[int]
    weights: Mapping[Part, int]
    least_weight: int
    least_days: int
    bodies: frozenset[Body]
    repeat_cost: int


@dataclass(frozen=True)
class Quarter:
    """What is known of one quarter. ``days``: on how many somebody looked; ``band``: the middle of
    the band in which the share of satisfied people lies, of ``raters`` people, or nothing."""

    kept: int = 0
    seen: int = 0
    days: int = 0
    cases: int = 0
    band: int | None = None
    raters: int = 0


@dataclass(frozen=True)
class Result:
    """Stars with their interval, and what each part said, in hundredths; None: too little known."""

    stars: int | None
    low: float | None
    high: float | None
    parts: Mapping[Part, int]


@cache
def formulas() -> Sequence[Formula]:
    """Every version, the oldest first."""
    rows = tomllib.loads(FORMULA_FILE.read_text(encoding="utf-8"))["formula"]
    found = [_formula(row) for row in rows]
    return sorted(found, key=lambda one: one.version)


def _formula(row: Mapping[str, Any]) -> Formula:
    return Formula(
        row["version"], row["since"], tuple(row["fade"]),
        {Part(name): weight for name, weight in row["weights"].items()},
        row["least_weight"], row["least_days"], frozenset(Body(one) for one in row["bodies"]),
        row["repeat_cost"],
    )  # fmt: skip


def formula_of(quarter: str) -> Formula | None:
    """The version that counts for a quarter."""
    fitting = [one for one in formulas() if one.since <= quarter]
    return fitting[-1] if fitting else None


def formula_by_version(version: int) -> Formula:
    """A version that a standing was made with."""
    return next(one for one in formulas() if one.version == version)


# --- the formula ----------------------------------------------------------------------------------


def standing(formula: Formula, quarters: Sequence[Quarter]) -> Result:
    """The stars of the first of some quarters, which come newest first.

    The weighted mean of the parts that say something; the interval is the mean of their ends.
    """
    said = _said(formula, quarters)
    weight = sum(formula.weights[part] for part in said)
    parts = {part: int(three[1] + Fraction(1, 2)) for part, three in said.items()}
    if weight < formula.least_weight:
        return Result(None, None, None, parts)
    low, middle, high = (
        sum((formula.weights[part] * three[end] for part, three in said.items()), Fraction(0))
        / weight
        for end in range(3)
    )
    stars = int(_in_stars(middle) + Fraction(1, 2))
    return Result(stars, round(float(_in_stars(low)), 2), round(float(_in_stars(high)), 2), parts)


Three = tuple[Fraction, Fraction, Fraction]


def _said(formula: Formula, quarters: Sequence[Quarter]) -> dict[Part, Three]:
    """Lowest, likely and highest share of each part of which enough is known, in hundredths."""
    pairs = [(Fraction(fade, formula.fade[0]), one)
             for fade, one in zip(formula.fade, quarters, strict=True)]  # fmt: skip
    repeats = max(sum((fade * one.cases for fade, one in pairs), Fraction(0)) - 1, Fraction(0))
    report = max(_BEST - formula.repeat_cost * repeats, Fraction(0))
    found: dict[Part, Three] = {Part.REPORT: (report, report, report)}
    seen = sum((fade * one.seen for fade, one in pairs), Fraction(0))
    if seen and sum(one.days for one in quarters) >= formula.least_days:
        kept = sum((fade * one.kept for fade, one in pairs), Fraction(0))
        days = sum((fade * one.days for fade, one in pairs), Fraction(0))
        found[Part.INSPECTION] = _with_interval(kept / seen, days)
    rated = [(fade, one.band, one.raters) for fade, one in pairs if one.band is not None]
    if rated:
        total = sum((fade * raters for fade, _band, raters in rated), Fraction(0))
        mean = sum((fade * raters * band for fade, band, raters in rated), Fraction(0)) / total
        found[Part.RESIDENT] = _with_interval(mean / _BEST, total)
    return found


def _with_interval(share: Fraction, number: Fraction) -> Three:
    """A share with the ends between which it lies 19 times of 20 (Wilson), in hundredths."""
    p, n, z2 = float(share), float(number), _95_PERCENT**2
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    spread = _95_PERCENT * sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    low, high = max(0.0, centre - spread), min(1.0, centre + spread)
    middle = share * _BEST
    # the share itself lies between its ends, whatever was rounded
    return min(Fraction(low) * _BEST, middle), middle, max(Fraction(high) * _BEST, middle)


def _in_stars(hundredths: Fraction) -> Fraction:
    return FEWEST_STARS + (MOST_STARS - FEWEST_STARS) * hundredths / _BEST


def residents(given: Iterable[Given]) -> tuple[int | None, int]:
    """The band and the number of people of a quarter's ratings, in the order in which they became
    final. One person counts once, with what she said last; only whole tens of people count.

    So an eleventh person changes nothing, and of ten nobody's answer follows from the figure.
    """
    last: dict[UUID, Given] = {}
    for one in given:
        last.pop(one.rater_key, None)
        last[one.rater_key] = one
    people = len(last) // SMALLEST_CELL * SMALLEST_CELL
    settings = Settings()
    satisfied = sum(settings.satisfied(one.result) for one in list(last.values())[:people])
    count = banded(satisfied, people, people)
    return (count.got, people) if count is not None else (None, 0)


# --- as it is stored ------------------------------------------------------------------------------


def figures_of(formula: Formula, quarter: str, quarters: Sequence[Quarter]) -> str:
    """What went in, as canonical JSON of numbers. A band of 0 people is none."""
    rows: list[Json] = [
        {"kept": one.kept, "seen": one.seen, "days": one.days, "cases": one.cases,
         "band": one.band or 0, "raters": one.raters}
        for one in quarters
    ]  # fmt: skip
    written: Json = {"formula": formula.version, "quarter": quarter, "quarters": rows}
    return canonical(written).decode()


def read_figures(figures: str) -> tuple[Formula, list[Quarter]]:
    """What went in, and the formula that it was computed with."""
    found = json.loads(figures)
    rows = [
        Quarter(**row | {"band": row["band"] if row["raters"] else None})
        for row in found["quarters"]
    ]
    return formula_by_version(found["formula"]), rows


# --- quarters -------------------------------------------------------------------------------------


def quarter_of(day: date) -> str:
    """The quarter of a day: ``2026-4``."""
    return f"{day.year:04d}-{(day.month + 2) // 3}"


def days_of(quarter: str) -> tuple[date, date]:
    """The first day of a quarter, and of the next."""
    year, number = (int(part) for part in quarter.split("-"))
    return date(year, number * 3 - 2, 1), date(year + number // 4, number % 4 * 3 + 1, 1)


def before(quarter: str) -> str:
    """The quarter before one."""
    return quarter_of(days_of(quarter)[0] - timedelta(days=1))


def window_of(quarter: str, many: int) -> list[str]:
    """A quarter and those before it, the newest first."""
    found = [quarter]
    while len(found) < many:
        found.append(before(found[-1]))
    return found


def bounds_of(quarter: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first moment of a quarter in the city, and of the next."""
    first, after = (datetime.combine(day, time(), zone) for day in days_of(quarter))
    return first, after


def last_closed(now: datetime, zone: ZoneInfo) -> str:
    """The last quarter whose standings can be made."""
    return before(quarter_of((now - FREEZE_AFTER).astimezone(zone).date()))

"""Indicator sets, assessed groups, pairs, funds and talk rules: all of them data. Pure."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final

from portal.assessment.rules import (
    Axis,
    Direction,
    Field,
    GroupKind,
    Missing,
    Source,
    Span,
    TalkRule,
)
from portal.reports.rules.figures import COUNTS

DATA: Final = Path(__file__).parents[1] / "data"
RELEASE_COLUMNS: Final = frozenset({"satisfied_share", "solved_share"})
HUNDRED: Final = 100
CRITICAL: Final = "critical"
# the kind of problem that each lamp of the register is out of order by
LAMPS: Final = "street_lamp"
LIAISON: Final = "liaison"
# of one: values are stored in ten-thousandths
UNIT: Final = 10_000
LANGUAGES: Final = ("zh_Hans", "zh_Hant", "en")
Names = Mapping[str, str]


@cache
def rows_of(name: str) -> tuple[Mapping[str, str], ...]:
    """The rows of a table of this package. Lines that begin with # are remarks."""
    lines = (DATA / name).read_text("utf-8").splitlines()
    kept = [line for line in lines if line and not line.startswith("#")]
    return tuple(csv.DictReader(kept, delimiter="\t", quoting=csv.QUOTE_NONE))


def _names(row: Mapping[str, str]) -> Names:
    return {language: row[language] for language in LANGUAGES}


@dataclass(frozen=True)
class Group:
    """An assessed group (R265, R294)."""

    code: str
    kind: GroupKind
    of: str
    ranked: bool
    names: Names


@dataclass(frozen=True)
class Indicator:
    """One line of a set. ``none`` and ``full``: what earns nothing and all, in ten-thousandths.

    ``silence``: the value that stands also where nobody looked, in ten-thousandths.
    """

    set_code: str
    from_month: str
    group: str
    code: str
    source: Source
    formula: str
    axis: Axis | None
    field: Field | None
    weight: int
    direction: Direction
    none: int
    full: int
    missing: Missing
    silence: int | None
    names: Names

    @property
    def parts(self) -> tuple[str, str, frozenset[str] | None]:
        """Of system data: what is counted, of what, and of which kinds of problems (None: all)."""
        counts, _, kinds = self.formula.partition("@")
        part, _, whole = counts.partition("/")
        return part, whole, frozenset(kinds.split(",")) if kinds else None


@dataclass(frozen=True)
class Fund:
    """A reward fund; ``yuan``: what it holds where the city file says nothing."""

    code: str
    group: str
    setting: str
    yuan: int
    names: Names


@dataclass(frozen=True)
class Talk:
    """A rule of talks."""

    code: str
    group: str
    span: Span
    rule: TalkRule
    number: int
    names: Names


@cache
def groups() -> Mapping[str, Group]:
    """The assessed groups, in the order of pages."""
    return {
        row["code"]: Group(
            row["code"], GroupKind(row["kind"]), row["of"], row["ranked"] == "yes", _names(row)
        )
        for row in rows_of("groups.tsv")
    }


@cache
def indicators() -> tuple[Indicator, ...]:
    """Every indicator of every set. Raises ValueError where the table contradicts itself."""
    found = tuple(_indicator(row) for row in rows_of("indicators.tsv"))
    for one in found:
        if flaw := flaw_of(one):
            raise ValueError(f"indicators.tsv: set {one.set_code}, {one.group}, {one.code}: {flaw}")
    for set_code, group in {(one.set_code, one.group) for one in found}:
        mine = [one for one in found if (one.set_code, one.group) == (set_code, group)]
        if sum(one.weight for one in mine) != HUNDRED or len({i.code for i in mine}) < len(mine):
            raise ValueError(f"indicators.tsv: set {set_code}, {group}: not a hundred, or twice")
    return found


def _indicator(row: Mapping[str, str]) -> Indicator:
    source = Source(row["source"])
    # scores are of a hundred, reports of the media are counted
    scale = HUNDRED if source in (Source.CHECK, Source.MUTUAL) else 1
    none, full = (int(Decimal(row[name]) * UNIT / scale) for name in ("none", "full"))
    silence = int(Decimal(row["silence"]) * UNIT / scale) if row["silence"] else None
    return Indicator(
        row["set"], row["from_month"], row["group"], row["code"], source, row["formula"],
        Axis(row["axis"]) if row["axis"] else None,
        Field(row["field"]) if row["field"] else None, int(row["weight"]),
        Direction(row["direction"]), none, full, Missing(row["missing"]), silence, _names(row),
    )  # fmt: skip


def flaw_of(one: Indicator) -> str | None:
    """What is wrong with an indicator."""
    if one.group not in groups():
        return "an unknown group"
    if one.weight < 1 or one.none == one.full:
        return "it can earn nothing"
    if (one.none < one.full) != (one.direction is Direction.HIGHER):
        return "its direction is another than that of its values"
    return None if _known_formula(one) else "an unknown formula"


def _known_formula(one: Indicator) -> bool:
    if one.source is Source.SYSTEM:
        part, whole, _ = one.parts
        return {part, whole} <= set(COUNTS)
    if one.source is Source.MUTUAL:
        return (one.formula, one.group) in pairs()
    known = {
        Source.RELEASE: RELEASE_COLUMNS,
        Source.CHECK: frozenset(Axis),
        Source.MEDIA: frozenset({CRITICAL}),
        Source.REGISTER: frozenset({LAMPS}),
    }
    return one.formula in known[one.source]


@cache
def pairs() -> frozenset[tuple[str, str]]:
    """(raters, ratees) of the scores between units."""
    return frozenset((row["raters"], row["ratees"]) for row in rows_of("pairs.tsv"))


def set_for(month: str) -> tuple[str, tuple[Indicator, ...]] | None:
    """The set that counts for a month; None before the first."""
    begun = [one for one in indicators() if one.from_month <= month]
    if not begun:
        return None
    code = max(begun, key=lambda one: one.from_month).set_code
    return code, tuple(one for one in begun if one.set_code == code)


@dataclass(frozen=True)
class IndicatorSet:
    """A whole set. ``known_least``: how much of all weight must be known of a unit by measurement
    to rank it, in ten-thousandths."""

    code: str
    from_month: str
    known_least: int
    lines: tuple[Indicator, ...]


@cache
def sets() -> tuple[IndicatorSet, ...]:
    """Every set, the newest first. Raises ValueError where the tables contradict each other."""
    shares = {row["set"]: int(row["known_least"]) for row in rows_of("sets.tsv")}
    found = dict[str, list[Indicator]]()
    for one in indicators():
        found.setdefault(one.set_code, []).append(one)
    if shares.keys() != found.keys() or not all(0 < one <= HUNDRED for one in shares.values()):
        raise ValueError("sets.tsv: not a share from 1 to 100 of each set")
    made = (
        IndicatorSet(code, lines[0].from_month, shares[code] * UNIT // HUNDRED, tuple(lines))
        for code, lines in found.items()
    )
    return tuple(sorted(made, key=lambda one: one.from_month, reverse=True))


def known_least(set_code: str) -> int:
    """How much of all weight a set asks for, in ten-thousandths."""
    return next(one.known_least for one in sets() if one.code == set_code)


@cache
def funds() -> tuple[Fund, ...]:
    """The reward funds."""
    return tuple(
        Fund(row["code"], row["group"], row["setting"], int(row["yuan"]), _names(row))
        for row in rows_of("funds.tsv")
    )


@cache
def talks() -> tuple[Talk, ...]:
    """The rules of talks."""
    return tuple(
        Talk(
            row["code"], row["group"], Span(row["span"]), TalkRule(row["rule"]),
            int(row["number"]), _names(row),
        )
        for row in rows_of("talk-rules.tsv")
    )  # fmt: skip

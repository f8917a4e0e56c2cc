"""The library of standards (R005): which law or standard a kind of problem rests on, in versions.

A text changes, and so does the article that is cited: both have days, and a version of the rule is
where both hold. Pure; the tables are data of this package.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

DATA: Final = Path(__file__).parents[1] / "data"
EVERY_KIND: Final = "*"


class StandardKind(StrEnum):
    """How binding a text is."""

    LAW = "law"
    REGULATION = "regulation"
    RULE = "rule"
    STANDARD = "standard"


@dataclass(frozen=True)
class Standard:
    """A version of a text: its number, and the days on which it holds."""

    code: str
    kind: StandardKind
    number: str
    names: Mapping[str, str]
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class CitedRule:
    """What a kind of problem rests on, from a day until another; ``article`` None: the whole."""

    standard: Standard
    article: int | None
    valid_from: date
    valid_to: date | None

    def holds(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE, strict=True))


def _day(cell: str) -> date | None:
    return date.fromisoformat(cell) if cell else None


@cache
def standards() -> tuple[Standard, ...]:
    """Every version of every text."""
    return tuple(
        Standard(
            row["code"],
            StandardKind(row["kind"]),
            row["number"],
            {name: row[f"name_{name}"] for name in ("zh_Hans", "zh_Hant", "en")},
            date.fromisoformat(row["valid_from"]),
            _day(row["valid_to"]),
        )
        for row in _rows("standards.tsv")
    )


@cache
def _cited() -> Mapping[str, tuple[CitedRule, ...]]:
    """By kind of problem, the newest first."""
    found: dict[str, list[CitedRule]] = {}
    for row in _rows("standard_rules.tsv"):
        versions = [one for one in standards() if one.code == row["standard"]]
        if not versions:
            raise ValueError(f"standard_rules.tsv: {row['standard']} is no standard")
        article = int(row["article"]) if row["article"] else None
        bounds = date.fromisoformat(row["valid_from"]), _day(row["valid_to"])
        rules = (_within(one, article, *bounds) for one in versions)
        found.setdefault(row["category"], []).extend(rule for rule in rules if rule is not None)
    return {kind: tuple(_newest_first(rules)) for kind, rules in found.items()}


def _within(text: Standard, article: int | None, first: date, end: date | None) -> CitedRule | None:
    """The days on which both the text's version and its citation hold."""
    ends = [day for day in (text.valid_to, end) if day is not None]
    begin, last = max(text.valid_from, first), min(ends) if ends else None
    return CitedRule(text, article, begin, last) if last is None or begin < last else None


def _newest_first(rules: Iterable[CitedRule]) -> list[CitedRule]:
    return sorted(rules, key=lambda rule: (rule.valid_from, rule.standard.code), reverse=True)


def cited_rules(category: str) -> tuple[CitedRule, ...]:
    """Every version of what a kind rests on, the newest first; what holds for every kind last."""
    return (*_cited().get(category, ()), *_cited().get(EVERY_KIND, ()))


def cited_on(category: str, on: date) -> tuple[CitedRule, ...]:
    """What it rests on a day."""
    return tuple(rule for rule in cited_rules(category) if rule.holds(on))


def kinds_cited() -> frozenset[str]:
    """The kinds of problems that the library names."""
    return frozenset(_cited()) - {EVERY_KIND}


def names_text(rules: Iterable[CitedRule], typed: str) -> bool:
    """Whether a text, or its number, holds what was typed."""
    query = typed.strip().casefold()
    return any(
        query in words.casefold()
        for rule in rules
        for words in (*rule.standard.names.values(), rule.standard.number)
    )

"""The lists of adoption, which are data: kinds of things, forms, deeds, axes, the ladder."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from volunteers.rules.adoption.life import Step

DATA: Final = Path(__file__).parents[2] / "data"
LANGUAGES: Final = ("zh_Hans", "zh_Hant", "en")
YES: Final = "yes"


@dataclass(frozen=True)
class ThingKind:
    """A kind of adoptable thing. ``measured``: its square metres are known; ``thirsty``: it is
    watered in dry weeks."""

    code: str
    measured: bool
    thirsty: bool
    names: Mapping[str, str]


@dataclass(frozen=True)
class AdoptionForm:
    """A way of adopting (认建 认养 认管 捐资 劳务). ``paying``: naming right can come of it."""

    code: str
    paying: bool
    names: Mapping[str, str]
    meaning: Mapping[str, str]


@dataclass(frozen=True)
class Deed:
    """Something that is done for a thing; ``kinds`` for which."""

    code: str
    kinds: frozenset[str]
    names: Mapping[str, str]


@dataclass(frozen=True)
class Axis:
    """What an inspection gives points for, one to five."""

    code: str
    names: Mapping[str, str]


@dataclass(frozen=True)
class Rung:
    """A step of the ladder of neglect, and how many days it leaves at least."""

    step: Step
    days: int
    source: str


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        return list(csv.DictReader(lines, delimiter="\t"))


def _names(row: Mapping[str, str], prefix: str = "") -> Mapping[str, str]:
    return {language: row[f"{prefix}{language}"] for language in LANGUAGES}


@cache
def thing_kinds() -> Mapping[str, ThingKind]:
    """Every kind of thing by its code, in the order of the file."""
    return {
        row["code"]: ThingKind(
            row["code"], row["measured"] == YES, row["thirsty"] == YES, _names(row)
        )
        for row in _rows("adoption-kinds.tsv")
    }


@cache
def adoption_forms() -> Mapping[str, AdoptionForm]:
    """Every form by its code, in the order of the file."""
    return {
        row["code"]: AdoptionForm(
            row["code"], row["paying"] == YES, _names(row), _names(row, "meaning_")
        )
        for row in _rows("adoption-forms.tsv")
    }


@cache
def deeds() -> Mapping[str, Deed]:
    """Every deed by its code, in the order of the file."""
    return {
        row["code"]: Deed(row["code"], frozenset(row["kinds"].split()), _names(row))
        for row in _rows("adoption-deeds.tsv")
    }


def deeds_for(kind: str) -> list[Deed]:
    """What can be done for a kind of thing."""
    return [deed for deed in deeds().values() if kind in deed.kinds]


@cache
def axes() -> Mapping[str, Axis]:
    """What an inspection looks at, in the order of the file."""
    return {row["code"]: Axis(row["code"], _names(row)) for row in _rows("adoption-axes.tsv")}


@cache
def ladder() -> Mapping[Step, Rung]:
    """The ladder of neglect: reminded, told to put it right by a day, ended."""
    rungs = (
        Rung(Step(row["step"]), int(row["days"]), row["source"])
        for row in _rows("adoption-ladder.tsv")
    )
    return {rung.step: rung for rung in rungs}


@cache
def column_names() -> Mapping[str, str]:
    """How tables of others call the columns of the register: their word to ours."""
    return {row["word"]: row["column"] for row in _rows("adoption-columns.tsv")}


@cache
def yes_words() -> tuple[frozenset[str], frozenset[str]]:
    """The words for yes and for no that stand in tables."""
    rows = _rows("adoption-answers.tsv")
    return (
        frozenset(row["word"] for row in rows if row["means"] == YES),
        frozenset(row["word"] for row in rows if row["means"] != YES),
    )


def total(scores: Iterable[int]) -> int:
    """Points of an inspection in hundredths of what could be had: 100 is all fives."""
    found = list(scores)
    return round(100 * sum(found) / (5 * len(found))) if found else 0

"""What the shipped tables say of kinds: finer ones, questions, seasons, words of emergencies."""

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path

from portal.areas.rules import tidy_names
from portal.kernel.tokens import fold
from portal.reports.rules.categories import CategoryRow
from portal.reports.rules.emergency import Emergency, EmergencyRow
from portal.reports.rules.kinds import (
    EVERY,
    SUBKIND,
    Asked,
    Audience,
    Choice,
    Question,
    RequestKind,
    Subkind,
    TradeCodes,
)
from portal.reports.rules.seasons import Effect, Season, notes_on, out_of_season

DATA = Path(__file__).parents[1] / "data"
_LANGUAGES = ("zh_Hans", "zh_Hant", "en")
Cells = Mapping[str, str]


def read_rows(name: str, folder: Path = DATA) -> list[dict[str, str]]:
    """The rows of a shipped table."""
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def _named(row: Cells, prefix: str) -> Mapping[str, str]:
    return tidy_names({language: row[f"{prefix}_{language}"] for language in _LANGUAGES})


def read_requests(cell: str) -> tuple[RequestKind, ...]:
    """The kinds of the hotline in a cell."""
    return tuple(RequestKind(word) for word in cell.split())


@cache
def _subkinds() -> Mapping[str, tuple[Subkind, ...]]:
    found: dict[str, list[Subkind]] = {}
    for row in read_rows("subkinds.tsv"):
        found.setdefault(row["category"], []).append(
            Subkind(
                category=row["category"],
                code=row["code"],
                names=_named(row, "name"),
                event_codes=tuple(row["event_codes"].split()),
                component_codes=tuple(row["component_codes"].split()),
                requests=read_requests(row["requests"]),
                hazard=row["hazard"] == "yes",
            )
        )
    return {category: tuple(rows) for category, rows in found.items()}


def subkinds_of(category: str) -> tuple[Subkind, ...]:
    """The finer kinds below a plain name, whatever the season."""
    return _subkinds().get(category, ())


@cache
def requests_of() -> Mapping[str, tuple[RequestKind, ...]]:
    """What the hotline may call each plain name."""
    rows = read_rows("request_kinds.tsv")
    return {row["category"]: read_requests(row["requests"]) for row in rows}


def trade_of(category: CategoryRow) -> TradeCodes:
    """All that a plain name may mean to the trade."""
    requests = requests_of().get(category.code, (RequestKind.OTHER,))
    return TradeCodes(category.event_codes, category.component_codes, requests)


@cache
def class_names() -> Mapping[tuple[str, str], str]:
    """What the trade calls a class, by its kind (event or component) and code."""
    return {(row["kind"], row["code4"]): row["name"] for row in read_rows("class_codes.tsv")}


@cache
def _choices() -> Mapping[str, tuple[Choice, ...]]:
    found: dict[str, list[Choice]] = {}
    for row in read_rows("choices.tsv"):
        found.setdefault(row["key"], []).append(Choice(row["code"], _named(row, "name")))
    return {key: tuple(rows) for key, rows in found.items()}


@cache
def _questions() -> tuple[Question, ...]:
    return tuple(
        Question(
            category=row["category"],
            key=row["key"],
            asked=Asked(row["type"]),
            required=row["required"] == "yes",
            audience=Audience(row["audience"]),
            personal=row["personal"] == "yes",
            names=_named(row, "name"),
            hints=_named(row, "hint"),
            choices=_choices().get(row["key"], ()),
        )
        for row in read_rows("questions.tsv")
    )


def questions_of(category: str | None, on: date | None = None) -> list[Question]:
    """What is asked about a kind beyond its name, first which finer kind it is.

    ``on``: a finer kind that is out of season on that day is not offered.
    """
    rows = _questions()
    own = [row for row in rows if row.category == category]
    if category and subkinds_of(category) and all(row.key != SUBKIND for row in own):
        own = [*(row for row in rows if row.category == EVERY), *own]
    gone = out_of_season(seasons(), category or "", on) if on else frozenset[str]()
    return [_with_subkinds(row, category or "", gone) for row in own]


def _with_subkinds(question: Question, category: str, gone: frozenset[str]) -> Question:
    if question.key != SUBKIND:
        return question
    choices = tuple(
        Choice(row.code, row.names) for row in subkinds_of(category) if row.code not in gone
    )
    return Question(**{**vars(question), "category": category, "choices": choices})


@cache
def seasons() -> tuple[Season, ...]:
    """Every seasonal window."""
    return tuple(
        Season(
            row["category"],
            row["subkind"],
            row["first"],
            row["last"],
            Effect(row["effect"]),
            _named(row, "note"),
        )
        for row in read_rows("seasons.tsv")
    )


def season_notes(category: str | None, on: date) -> Sequence[Mapping[str, str]]:
    """What the season says about a kind today."""
    return notes_on(seasons(), category or "", on)


@cache
def emergencies() -> tuple[EmergencyRow, ...]:
    """The words that sound like an emergency. Chinese ones are apart by spaces, others by bars."""
    return tuple(
        EmergencyRow(
            Emergency(row["kind"]),
            tuple(row["numbers"].split()),
            tuple({fold(w) for w in (row["words_zh_Hans"] + " " + row["words_zh_Hant"]).split()}),
            tuple(fold(words) for words in row["words_en"].split("|")),
        )
        for row in read_rows("emergency.tsv")
    )

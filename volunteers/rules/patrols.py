"""Patrols: routes with checkpoints, checklists, and what a log may hold. Pure.

Nobody on a patrol has a power to enforce anything (R247); a log holds nothing about a person.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Final

from portal.reports.rules.masking import Masked, what_is_masked
from volunteers.rules.activities import DATA, DutyKind
from volunteers.rules.doorsteps import DoorRefusal, DoorWish, what_is_wrong_at_doors
from volunteers.rules.flats import names_flat
from volunteers.rules.shifts import Span

LONGEST_NAME: Final = 60
LONGEST_LOOK: Final = 200
LONGEST_LOG: Final = 500
LIST_LENGTH: Final = 32
MOST_CHECKPOINTS: Final = 30
MOST_COUNT: Final = 10_000


class PatrolRefusal(StrEnum):
    """Why something does not get into a log or a route."""

    NO_WORDS = "patrol.no_words"
    LONG = "patrol.long"
    PHONE = "patrol.phone"
    ID_NUMBER = "patrol.id_number"
    BANK_CARD = "patrol.bank_card"
    PLATE = "patrol.plate"
    NAME = "patrol.name"
    NO_DUTY = "patrol.no_duty"
    BAD_COUNT = "patrol.bad_count"
    BEFORE = "patrol.before"
    AFTER = "patrol.after"
    NO_REASON = "patrol.no_reason"
    NO_ROUTE_NAME = "patrol.no_route_name"
    NO_CHECKPOINTS = "patrol.no_checkpoints"
    MANY_CHECKPOINTS = "patrol.many_checkpoints"
    BAD_POINT = "patrol.bad_point"
    NO_CATEGORY = "patrol.no_category"
    NO_ROUTE = "patrol.no_route"
    ENDED = "patrol.ended"
    BEGUN = "patrol.begun"


class Finding(StrEnum):
    """What was seen at one point of a checklist."""

    IN_ORDER = "in_order"
    DEFECT = "defect"
    NOT_SEEN = "not_seen"


_SAID: Final = {
    Masked.PHONE: PatrolRefusal.PHONE,
    Masked.ID_NUMBER: PatrolRefusal.ID_NUMBER,
    Masked.BANK_CARD: PatrolRefusal.BANK_CARD,
    Masked.PLATE: PatrolRefusal.PLATE,
    Masked.NAME: PatrolRefusal.NAME,
}


@dataclass(frozen=True)
class Checklist:
    """A list of what to look at: ``data/checklists.tsv`` (R123, R139)."""

    code: str
    names: Mapping[str, str]
    items: Mapping[str, Mapping[str, str]]


@cache
def checklists() -> Mapping[str, Checklist]:
    """The checklists, by code. A row without an item names its list."""
    found: dict[str, Checklist] = {}
    with (DATA / "checklists.tsv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            names = {language: row[language] for language in ("zh_Hans", "zh_Hant", "en")}
            if row["item"]:
                items = {**found[row["list"]].items, row["item"]: names}
                found[row["list"]] = Checklist(row["list"], found[row["list"]].names, items)
            else:
                found[row["list"]] = Checklist(row["list"], names, {})
    return found


@dataclass(frozen=True)
class CheckpointWish:
    """One point of a route: what it is called, what to look at, and where it is, if known."""

    name: str
    look_at: str = ""
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True)
class RouteWish:
    """A route as it is written down."""

    name: str
    checkpoints: Sequence[CheckpointWish] = field(default_factory=tuple)
    checklist: str | None = None


def read_checkpoints(typed: str) -> list[CheckpointWish]:
    """Checkpoints as they are typed: one a line, ``name | what to look at | longitude, latitude``.

    Raises ValueError with the number of the line (1-based) whose point cannot be read.
    """
    return list(_checkpoints(typed))


def _checkpoints(typed: str) -> Iterator[CheckpointWish]:
    for at, line in enumerate(typed.splitlines(), 1):
        name, *more = (cell.strip() for cell in line.split("|"))
        if not name and not any(more):
            continue
        look_at, point = [*more, "", ""][:2]
        lon, lat = _point(point, at)
        if not name or len(more) > 2:
            raise ValueError(at)
        yield CheckpointWish(name, look_at, lon, lat)


def _point(text: str, line: int) -> tuple[float | None, float | None]:
    if not text:
        return None, None
    cells = text.replace("，", ",").split(",")
    try:
        lon, lat = (float(cell) for cell in cells)
    except ValueError as error:
        raise ValueError(line) from error
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise ValueError(line)
    return lon, lat


def as_typed(checkpoints: Sequence[CheckpointWish]) -> str:
    """Checkpoints as ``read_checkpoints`` reads them."""
    return "\n".join(
        " | ".join(
            cell
            for cell in (
                one.name,
                one.look_at if one.look_at or one.lon is not None else None,
                f"{one.lon}, {one.lat}" if one.lon is not None else None,
            )
            if cell is not None
        )
        for one in checkpoints
    )


def why_not_said(text: str, longest: int = LONGEST_LOG) -> PatrolRefusal | None:
    """What keeps some words out of a log: they lead to a person, or are too many."""
    if len(text) > longest:
        return PatrolRefusal.LONG
    found = what_is_masked(text)
    return _SAID[found[0].kind] if found else None


def why_not_now(span: Span, window: timedelta, now: datetime) -> PatrolRefusal | None:
    """Members write while the shift runs, and ``window`` before and after; edges included."""
    if now < span.starts_at - window:
        return PatrolRefusal.BEFORE
    return PatrolRefusal.AFTER if now > span.ends_at + window else None


@dataclass(frozen=True)
class LogWish:
    """One entry: what was done, in words and numbers. ``people``: talked to or reached;
    ``doors``: households that were called at. Nothing about any of them.
    """

    duty: DutyKind | None
    words: str
    people: int = 0
    doors: int = 0
    checkpoint: int | None = None
    reason: str = ""
    answers: Mapping[str, Finding] = field(default_factory=dict)
    at_doors: DoorWish = field(default_factory=DoorWish)


def what_is_wrong(wish: LogWish) -> tuple[str, StrEnum] | None:
    """(field, refusal) of the first thing that keeps an entry out."""
    if wish.duty is None:
        return "duty", PatrolRefusal.NO_DUTY
    if not wish.words.strip():
        return "words", PatrolRefusal.NO_WORDS
    for name, text in (("words", wish.words), ("reason", wish.reason)):
        refusal = why_not_said(text)
        if refusal is not None:
            return name, refusal
        if wish.doors and names_flat(text):
            return name, DoorRefusal.FLAT
    for name, count in (("people", wish.people), ("doors", wish.doors)):
        if not 0 <= count <= MOST_COUNT:
            return name, PatrolRefusal.BAD_COUNT
    return what_is_wrong_at_doors(wish.doors, wish.at_doors)

"""Citizens' inspection groups (市民检查团, R191): stops, scores by axis, a report. Pure."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from functools import cache
from typing import Final

from volunteers.rules.activities import DATA, LONGEST_PLACE, Word

WORST, BEST = 1, 5
MOST_STOPS: Final = 30
LONGEST_REPORT: Final = 4000
LONGEST_REMARK: Final = 500
AXIS_LENGTH: Final = 20


class TourRefusal(StrEnum):
    """Why a tour, a sheet or a report is not taken."""

    NO_DAY = "tour.no_day"
    NO_STOPS = "tour.no_stops"
    MANY_STOPS = "tour.many_stops"
    BAD_LINE = "tour.bad_line"
    BACKWARDS = "tour.backwards"
    SCORED = "tour.scored"
    TOO_EARLY = "tour.too_early"
    NO_SCORE = "tour.no_score"
    NO_WORDS = "tour.no_words"
    NOTHING = "tour.nothing"
    PUBLISHED = "tour.published"


class BadTour(Exception):
    """A tour plan that cannot be read, and in which line."""

    def __init__(self, code: TourRefusal, line: int = 0) -> None:
        super().__init__(code.value)
        self.code = code
        self.line = line


@dataclass(frozen=True)
class Stop:
    """Where a tour is at what time of its day."""

    at: time
    place: str


@dataclass(frozen=True)
class Mean:
    """How a stop was judged on one axis: the mean of so many sheets."""

    position: int
    axis: str
    mean: float
    sheets: int


@cache
def axes() -> Mapping[str, Word]:
    """What is judged at each stop (``data/inspection-axes.tsv``)."""
    with (DATA / "inspection-axes.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    languages = ("zh_Hans", "zh_Hant", "en")
    return {
        row["code"]: Word(row["code"], "axis", {name: row[name] for name in languages})
        for row in rows
    }


def read_tour(text: str) -> list[Stop]:
    """A plan as it is typed: ``09:00 place``, one stop a line, in order. Raises BadTour."""
    found: list[Stop] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        clock, _gap, place = line.strip().partition(" ")
        try:
            at = time.fromisoformat(clock if clock.find(":") == 2 else f"0{clock}")
        except ValueError:
            raise BadTour(TourRefusal.BAD_LINE, number) from None
        if not place.strip() or len(place) > LONGEST_PLACE or at.tzinfo is not None:
            raise BadTour(TourRefusal.BAD_LINE, number)
        if found and at <= found[-1].at:
            raise BadTour(TourRefusal.BACKWARDS, number)
        found.append(Stop(at, place.strip()))
    if not found:
        raise BadTour(TourRefusal.NO_STOPS)
    if len(found) > MOST_STOPS:
        raise BadTour(TourRefusal.MANY_STOPS)
    return found


def flaw_of_scores(scores: Mapping[str, int | None]) -> str | None:
    """The first axis without a score from 1 to 5."""
    return next((axis for axis in axes() if not WORST <= (scores.get(axis) or 0) <= BEST), None)


def as_lines(stops: Sequence[Stop]) -> str:
    """A plan as it can be typed again."""
    return "\n".join(f"{stop.at:%H:%M} {stop.place}" for stop in stops)

"""What a rating is, and months. How months are released: ``release``, ``rebuild``. Pure."""

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from portal.kernel.clock import FIRST_YEAR, LAST_YEAR, city_month, month_bounds
from portal.satisfaction.rules.bands import Band, band_of

WINDOW_DAYS = 14
SATISFIED_LEVELS = 3
SMALLEST_CELL = 10
# after a month's end, until what was sent in its last second is surely kept
COUNT_AFTER = timedelta(days=1)
WORDS_LENGTH = 1000
# of the words over which somebody lets the unit see her rating: a new text is a new number
SHOWN_WORDS = 1
# a row for what lies in a place but in none of the places below it, so that totals add up
NOT_PLACED = "not_placed"
_REST = "*/"
_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])\Z", re.ASCII)


class SubjectKind(StrEnum):
    """What can be rated. Only its code is known here; the packages above know the thing."""

    CASE = "case"
    ADOPTION = "adoption"
    SHIFT = "shift"
    FRONTAGE = "frontage"
    SELF_GOVERNMENT = "self_government"
    SURVEY = "survey"
    ESTATE = "estate"


class Level(IntEnum):
    """非常满意 满意 基本满意 不满意 非常不满意: the first is the best."""

    VERY_SATISFIED = 1
    SATISFIED = 2
    FAIRLY_SATISFIED = 3
    DISSATISFIED = 4
    VERY_DISSATISFIED = 5


class Reason(StrEnum):
    """Why somebody was not content (facts §5)."""

    SLOW = "slow"  # 办理时间长
    ATTITUDE = "attitude"  # 服务态度差
    COMPLICATED = "complicated"  # 流程太复杂
    WAITING = "waiting"  # 等待时间长
    NOT_SOLVED = "not_solved"  # 问题未解决
    OTHER = "other"  # 其他


class RatingConflict(StrEnum):
    """Why a rating is not recorded although its subject may be rated."""

    WINDOW_OVER = "rating.window_over"
    RATED_MEANWHILE = "rating.rated_meanwhile"


class FigureRefusal(StrEnum):
    """Why a month's figures are not made."""

    BAD_MONTH = "figures.bad_month"
    MONTH_OPEN = "figures.month_open"


@dataclass(frozen=True)
class Settings:
    """The city's thresholds for ratings, stated beside every figure."""

    window_days: int = WINDOW_DAYS
    satisfied_levels: int = SATISFIED_LEVELS
    smallest_cell: int = SMALLEST_CELL

    def satisfied(self, level: int) -> bool:
        """Whether a level counts as satisfied."""
        return level <= self.satisfied_levels

    def window_ends(self, closed_at: datetime) -> datetime:
        """The first moment at which it is too late to rate."""
        return closed_at + timedelta(days=self.window_days)


def settings_from(thresholds: Mapping[str, Any]) -> Settings:
    """The settings of a city file. Raises ValueError when a value cannot be meant."""
    settings = Settings(
        window_days=int(thresholds.get("rating_window_days", WINDOW_DAYS)),
        satisfied_levels=int(thresholds.get("satisfied_levels", SATISFIED_LEVELS)),
        smallest_cell=int(thresholds.get("smallest_published_count", SMALLEST_CELL)),
    )
    good = 1 <= settings.satisfied_levels <= 4 and settings.smallest_cell >= SMALLEST_CELL
    if settings.window_days < 1 or not good:
        raise ValueError(
            "thresholds: rating_window_days from 1, satisfied_levels from 1 to 4, "
            f"smallest_published_count from {SMALLEST_CELL}"
        )
    return settings


@dataclass(frozen=True)
class Answers:
    """What somebody says about an outcome."""

    solved: bool
    result: Level
    service: Level
    reasons: frozenset[Reason] = frozenset()
    words: str = ""


@dataclass(frozen=True)
class Given:
    """One rating that nobody can change any more, without whoever gave it being known."""

    rater_key: UUID
    solved: bool
    result: int
    service: int


@dataclass(frozen=True)
class Opinion:
    """What those said who rated a thing: how many they are, and in which bands their shares lie;
    ``result`` and ``service`` are of the satisfied.
    ``fewest``: how many more people it takes until it is counted again."""

    answered: int
    solved: Band
    result: Band
    service: Band
    fewest: int


def whole_batches(raters: Iterable[Hashable], smallest: int) -> int:
    """How many of some ratings are counted: of those who gave them, in the order of their becoming
    final, as many as fill whole batches of ``smallest`` different people.

    So what is new in a figure is always the word of that many: who knows the figure of yesterday
    cannot work out what the last one said.
    """
    shown, batch = 0, set[Hashable]()
    for at, one in enumerate(raters, 1):
        batch.add(one)
        if len(batch) >= smallest:
            shown, batch = at, set()
    return shown


def counted_until(now: datetime, zone: ZoneInfo) -> datetime:
    """The last end of a month that is a day ago or longer: what was final by then is counted.

    So figures move at one known moment a month, not when the tenth of a batch has rated; and what
    was sent in the month's last second is there before anybody counts.
    """
    return month_bounds(city_month(now - COUNT_AFTER, zone), zone)[0]


def opinion_in_batches(given: Sequence[Given], settings: Settings) -> Opinion | None:
    """The figures of the ratings that fill whole batches; None where not one is full."""
    shown = whole_batches((one.rater_key for one in given), settings.smallest_cell)
    if not shown:
        return None
    counted = given[:shown]
    return Opinion(
        shown,
        band_of(sum(one.solved for one in counted), shown),
        band_of(sum(settings.satisfied(one.result) for one in counted), shown),
        band_of(sum(settings.satisfied(one.service) for one in counted), shown),
        settings.smallest_cell,
    )


# --- months ---------------------------------------------------------------------------------------


def is_month(text: str) -> bool:
    """Whether a text names a month like ``2026-11`` that has a beginning and an end to count."""
    found = _MONTH.match(text) is not None
    return found and FIRST_YEAR <= int(text[:4]) <= LAST_YEAR


def next_month(month: str) -> str:
    """The month after: ``2026-12`` → ``2027-01``."""
    year, number = (int(part) for part in month.split("-"))
    return f"{year + number // 12:04d}-{number % 12 + 1:02d}"


def months_between(first: str, end: str) -> list[str]:
    """Months from ``first`` until ``end``, which is not among them."""
    months = []
    while first < end:
        months.append(first)
        first = next_month(first)
    return months


# --- places by their paths ------------------------------------------------------------------------


def rest_of(path: str) -> str:
    """The path of the row for what a place holds outside the places below it."""
    return path + _REST


def parent_of(path: str) -> str | None:
    """The path of the place above, or None for a root: ``/1/2/`` → ``/1/``."""
    above = path.rstrip("/").rpartition("/")[0] + "/"
    return above if above != "/" else None


def share(part: int | None, whole: int | None) -> float | None:
    """A part of a whole between 0 and 1, or None where one of them is not told."""
    return part / whole if part is not None and whole else None

"""What a rating is, how months are counted, and which figures stay unpublished. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any
from uuid import UUID

WINDOW_DAYS = 14
SATISFIED_LEVELS = 3
SMALLEST_CELL = 10
WORDS_LENGTH = 1000
FIGURES_LEVEL = "community"
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
    MONTH_STORED = "figures.month_stored"


@dataclass(frozen=True)
class Settings:
    """The city's thresholds for ratings, stated beside every figure."""

    window_days: int = WINDOW_DAYS
    satisfied_levels: int = SATISFIED_LEVELS
    smallest_cell: int = SMALLEST_CELL
    figures_level: str = FIGURES_LEVEL

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
        figures_level=str(thresholds.get("figures_level", FIGURES_LEVEL)),
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
    """What those said who rated a thing: ``result`` and ``service`` are how many were satisfied."""

    answered: int
    solved: int
    result: int
    service: int


def opinion_in_batches(given: Sequence[Given], settings: Settings) -> Opinion | None:
    """The figures of as many ratings, in the order of their becoming final, as fill whole batches
    of ``smallest_cell`` different people; None where not one is full.

    So what is new in a figure is always the word of that many: who knows the figure of yesterday
    cannot work out what the last one said.
    """
    shown, batch = 0, set[UUID]()
    for at, one in enumerate(given, 1):
        batch.add(one.rater_key)
        if len(batch) >= settings.smallest_cell:
            shown, batch = at, set()
    if not shown:
        return None
    counted = given[:shown]
    return Opinion(
        shown,
        sum(one.solved for one in counted),
        sum(settings.satisfied(one.result) for one in counted),
        sum(settings.satisfied(one.service) for one in counted),
    )


# --- months ---------------------------------------------------------------------------------------


def is_month(text: str) -> bool:
    """Whether a text names a month like ``2026-11``."""
    return _MONTH.match(text) is not None


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


# --- the tree of places in a month's figures ------------------------------------------------------


@dataclass(frozen=True)
class Counts:
    """One place in one month. ``answered`` counts ratings, ``closed`` the matters closed."""

    closed: int = 0
    answered: int = 0
    solved: int = 0
    satisfied: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.closed + other.closed,
            self.answered + other.answered,
            self.solved + other.solved,
            self.satisfied + other.satisfied,
        )

    @property
    def rating_cells(self) -> tuple[int, ...]:
        """All that the ratings of a row tell, with the other side of each share."""
        unsolved, dissatisfied = self.answered - self.solved, self.answered - self.satisfied
        return (self.answered, self.solved, unsolved, self.satisfied, dissatisfied)

    @property
    def closed_cells(self) -> tuple[int, ...]:
        return (self.closed,)


@dataclass(frozen=True)
class Published:
    """A row as everybody may read it: None is withheld."""

    path: str
    closed: int | None
    answered: int | None
    solved: int | None
    satisfied: int | None


Cells = Mapping[str, tuple[int, ...]]


def rest_of(path: str) -> str:
    """The path of the row for what a place holds outside the places below it."""
    return path + _REST


def is_rest(path: str) -> bool:
    return path.endswith("/" + _REST)


def parent_of(path: str) -> str | None:
    """The path of the place above, or None for a root: ``/1/2/`` → ``/1/``."""
    above = path.rstrip("/").rpartition("/")[0] + "/"
    return above if above != "/" else None


def with_rests(paths: Iterable[str]) -> frozenset[str]:
    """The places and, for each that has places below it, its rest."""
    known = frozenset(paths)
    parents = {parent for path in known if (parent := parent_of(path)) in known}
    return known | {rest_of(parent) for parent in parents if parent is not None}


def row_for(path: str, known: frozenset[str]) -> str | None:
    """The leaf row that counts what happened at ``path``: the finest known place, or its rest."""
    at: str | None = path
    while at is not None and at not in known:
        at = parent_of(at)
    if at is None:
        return None
    return rest_of(at) if rest_of(at) in known else at


def count_up(known: frozenset[str], found: Mapping[str, Counts]) -> dict[str, Counts]:
    """The counts of every row: leaves from what was found, others as the sum of what is below."""
    rows = dict.fromkeys(known, Counts())
    for path, counts in found.items():
        at = row_for(path, known)
        while at is not None and at in rows:
            rows[at] += counts
            at = parent_of(at)
    return rows


def withhold(cells: Cells, smallest: int = SMALLEST_CELL) -> frozenset[str]:
    """The rows to withhold so that no cell below ``smallest`` is told, directly or by arithmetic.

    A row with a small cell is withheld, and all below it. Then, from the top: what the withheld
    rows under one published row hold *together* is known to everybody (the total less the published
    ones), so each of their joint cells must be at least ``smallest``, which takes two rows or more;
    rows are added, the smallest first, until it is so. Then every withheld cell may lie anywhere
    between nothing and that joint cell, which a test proves by making both extremes.
    """
    children: dict[str | None, list[str]] = {}
    for path in sorted(cells):
        above = parent_of(path)
        children.setdefault(above if above in cells else None, []).append(path)
    withheld: set[str] = set()
    queue = list(children.get(None, ()))
    withheld |= {path for path in queue if min(cells[path]) < smallest}
    while queue:
        path = queue.pop()
        below = children.get(path, [])
        withheld |= set(below) if path in withheld else _hidden_among(below, cells, smallest)
        queue += below
    return frozenset(withheld)


def _hidden_among(below: list[str], cells: Cells, smallest: int) -> set[str]:
    hidden = {path for path in below if min(cells[path]) < smallest}
    rest = sorted(set(below) - hidden, key=lambda path: (cells[path][0], path), reverse=True)
    while hidden and rest and not _covered(hidden, cells, smallest):
        hidden.add(rest.pop())
    return hidden


def _covered(hidden: set[str], cells: Cells, smallest: int) -> bool:
    columns = zip(*(cells[path] for path in hidden), strict=True)
    return all(sum(column) >= smallest for column in columns)


def publish(rows: Mapping[str, Counts], smallest: int = SMALLEST_CELL) -> list[Published]:
    """What everybody may read of a month: a whole row of ratings, or none of it."""
    no_closed = withhold({path: row.closed_cells for path, row in rows.items()}, smallest)
    no_ratings = withhold({path: row.rating_cells for path, row in rows.items()}, smallest)
    return [
        Published(
            path,
            None if path in no_closed else row.closed,
            None if path in no_ratings else row.answered,
            None if path in no_ratings else row.solved,
            None if path in no_ratings else row.satisfied,
        )
        for path, row in sorted(rows.items())
    ]


def share(part: int | None, whole: int | None) -> float | None:
    """A part of a whole between 0 and 1, or None where one of them is not told."""
    return part / whole if part is not None and whole else None


def counted_places(
    places: Iterable[tuple[str, str, date, date | None]],
    levels: frozenset[str],
    first_day: date,
    end: date,
) -> frozenset[str]:
    """The paths with a row in a period: of (path, level, valid from, valid to), those in force."""
    return frozenset(
        path
        for path, level, valid_from, valid_to in places
        if level in levels and valid_from < end and (valid_to is None or valid_to > first_day)
    )

"""Anonymised releases: whose rating counts, which cells there are, what noise they get. Pure.

The unit of privacy is one resident in one month and one kind of subject: of all her ratings of
that kind one counts, the same at every level. Each level is a histogram over places (or kinds of
problems) that she enters once, so a level with the share ε of the budget gets noise of scale 1/ε,
and all levels together cost their sum (decision 0050).
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Final

from portal.satisfaction.rules import SubjectKind, is_month, parent_of, rest_of
from portal.satisfaction.rules.rebuild import LEVELS

CATEGORY: Final = "category"
OTHER_CATEGORY: Final = "*"
# the first level of a city file in the table of levels, whatever that city calls it
WHOLE: Final = "city"
BINS: Final = 2 * LEVELS
# how many histograms of one level a rating enters: one, of result and solved together
HISTOGRAMS: Final = 1
MONTH_MILLI: Final = 1000  # ε = 1 a month and kind, in thousandths
CORRECTIONS: Final = 2
YEAR_MILLI: Final = (12 + CORRECTIONS) * MONTH_MILLI
LONGEST_REASON: Final = 300
# single answers end so long after the figures of their month were released; it is corrected before,
# by a day at least, so that no count ever runs beside the deletion
ANSWERS_DAYS: Final = 730
ANSWERS_KEPT: Final = timedelta(days=ANSWERS_DAYS)
_BEFORE_THE_END: Final = timedelta(days=1)
# what was being written when the month ended is there by then
SETTLED: Final = timedelta(hours=1)
QUARTER: Final = 3
# the edges between the shades of a map of satisfied shares
SHADES: Final = (0.7, 0.8, 0.9)


class ReleaseRefusal(StrEnum):
    """Why a month's release is not made."""

    RELEASED = "release.released"
    OLD_TABLE = "release.old_table"
    NOT_RELEASED = "release.not_released"
    BUDGET_SPENT = "release.budget_spent"
    CORRECTED = "release.corrected"
    NO_REASON = "release.no_reason"
    KEPT = "release.kept"
    COPIES_LOST = "release.copies_lost"
    COPY_DAMAGED = "release.copy_damaged"
    NOT_LOOKED = "release.not_looked"
    NOT_WHOLE = "release.not_whole"
    OTHER_PROGRAM = "release.other_program"
    UNKNOWN_PLACE = "release.unknown_place"
    OTHER_FIGURES = "release.other_figures"
    ANSWERS_GONE = "release.answers_gone"
    NOTHING_COUNTED = "release.nothing_counted"


class BoundBy(StrEnum):
    """To what a rating is bound, so that somebody counts once; other ratings never enter."""

    ACCOUNT = "account"
    PHONE = "phone"
    LINK = "link"  # an anonymous matter's own: it is a unit by itself


@dataclass(frozen=True)
class Bound:
    """Who rated, as far as can be known. ``key`` is hashed before it is kept."""

    by: BoundBy
    key: str


def month_to_count(window_month: str, recorded_month: str) -> str:
    """The month of a rating: in which its window ends; what comes late goes to the next."""
    return max(window_month, recorded_month)


@dataclass(frozen=True)
class LevelShare:
    """A level of the release and its share of ε."""

    code: str
    epsilon: Fraction

    @property
    def scale(self) -> Fraction:
        """Of the noise: how much one unit changes the level at most, divided by ε."""
        return HISTOGRAMS / self.epsilon


def levels_for(
    kind: SubjectKind, rows: Iterable[tuple[str, str, str]], known: Iterable[str]
) -> tuple[LevelShare, ...]:
    """The levels of a kind's releases, of (kind, level, ε): those that the city has.

    Raises ValueError when they cost more than a month may.
    """
    table, there = list(rows), {*known, CATEGORY}
    own = [row for row in table if row[0] == kind] or [row for row in table if row[0] == "*"]
    levels = tuple(LevelShare(level, Fraction(share)) for _, level, share in own if level in there)
    spent = sum((level.epsilon for level in levels), Fraction(0))
    if not levels or spent * 1000 > MONTH_MILLI or min(level.epsilon for level in levels) <= 0:
        raise ValueError(f"the levels of {kind} cost {spent}; a month may cost 1")
    return levels


def shade_of(share: float) -> int:
    """Into which of the shades of a map a share falls, from the palest (0) on."""
    return bisect_right(SHADES, share)


# --- slugs and months -----------------------------------------------------------------------------


def slug_of(month: str, kind: SubjectKind, version: int) -> str:
    """How a release is called in addresses: 2026-10, 2026-10-shift, 2026-10-r2."""
    named = "" if kind is SubjectKind.CASE else f"-{kind.value.replace('_', '-')}"
    return month + named + (f"-r{version}" if version > 1 else "")


def earlier_months(month: str) -> tuple[str, ...]:
    """The first two months of the quarter that a month ends; none where it ends none."""
    if int(month[5:]) % QUARTER:
        return ()
    last = month_before(month)
    return (month_before(last), last)


def month_before(month: str) -> str:
    """The month before: ``2027-01`` → ``2026-12``."""
    year, number = (int(part) for part in month.split("-"))
    return f"{year - (number == 1):04d}-{(number - 2) % 12 + 1:02d}"


def is_settled(month_ends: datetime, now: datetime) -> bool:
    """Whether a month is over, and so are the writes that its last moment saw."""
    return now >= month_ends + SETTLED


def are_answers_gone(first_released_at: datetime, now: datetime) -> bool:
    """Whether too little time is left to count a month once more before its answers are deleted."""
    return now >= first_released_at + ANSWERS_KEPT - _BEFORE_THE_END


def year_of(month: str) -> int:
    """The year whose budget pays for a month. Raises ValueError for what is no month."""
    if not is_month(month):
        raise ValueError(month)
    return int(month[:4])


# --- one rating of each unit ----------------------------------------------------------------------

Draw = Callable[[str, str], bytes]
# unit, rating, place path, category, level of the result, solved
Rated = tuple[str, str, str, str, int, bool]
Tally = Counter[tuple[str, str, int]]


def sample(ratings: Iterable[Rated], draw: Draw) -> Tally:
    """Of each unit the rating with the smallest keyed hash, by place, category and bin.

    ``draw`` hashes a unit and a rating under a secret key, so nobody can choose which counts.
    """
    held: dict[str, Rated] = {}
    drawn: dict[str, bytes] = {}
    for rated in ratings:
        unit = rated[0]
        first = held.setdefault(unit, rated)
        if first is rated:
            continue
        least = drawn.get(unit) or draw(unit, first[1])
        mine = draw(unit, rated[1])
        drawn[unit] = min(least, mine)
        if mine < least:
            held[unit] = rated
    return Counter(
        (place, category, bin_of(result, solved=solved))
        for _, _, place, category, result, solved in held.values()
    )


def bin_of(result: int, *, solved: bool) -> int:
    """The bin of an answer: level by level, solved first."""
    return 2 * (result - 1) + (not solved)


# --- the cells ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CellKey:
    """One cell: a place at a level (or what is elsewhere in one), or a kind of problem."""

    level: str
    path: str
    parent: tuple[str, str] | None = None

    @property
    def code(self) -> str:
        """A place's own code; with a star for what lies elsewhere in it."""
        return code_of(self.path)


def code_of(path: str) -> str:
    """``/1/2/`` → ``2``, ``/1/*/`` → ``1*``; a category is its own code."""
    parts = [part for part in path.split("/") if part]
    stars = sum(part == "*" for part in parts) if len(parts) > 1 else 0
    return (parts[-1 - stars] if parts else "") + "*" * stars


class Tree:
    """The places of a release: each level is divided among the cells below, nothing is left out."""

    def __init__(self, shown: Mapping[str, str], levels: Sequence[str]) -> None:
        """``shown``: the level of each place with a cell, by path; the first level is the whole."""
        self.levels = levels
        top = [path for path, level in shown.items() if level == levels[0]]
        self.top = top[0] if len(top) == 1 else "/"
        self._parents: dict[str, str | None] = {self.top: None}
        self._depths = {self.top: 0}
        self._rests: dict[str, str] = {}
        for path in sorted(shown, key=lambda path: (levels.index(shown[path]), path)):
            if shown[path] != levels[0]:
                self._add(path, levels.index(shown[path]))
        for path in {above for above in self._parents.values() if above is not None}:
            self._rest_of(path)

    def _add(self, path: str, depth: int) -> None:
        above = self._known_above(path)
        while self._depths[above] < depth - 1:
            above = self._rest_of(above)
        self._parents[path], self._depths[path] = above, depth

    def _known_above(self, path: str) -> str:
        at = parent_of(path)
        while at is not None and at not in self._parents:
            at = parent_of(at)
        return at or self.top

    def _rest_of(self, path: str) -> str:
        rest = rest_of(path)
        if rest not in self._parents:
            self._parents[rest], self._depths[rest] = path, self._depths[path] + 1
            self._rests[path] = rest
        return rest

    def cells(self) -> list[CellKey]:
        """Every cell, from above; in a place first its places, then what is elsewhere in it."""
        order = sorted(self._parents, key=lambda path: (self._depths[path], _order(path)))
        return [self._key(path) for path in order]

    def _key(self, path: str) -> CellKey:
        above = self._parents[path]
        parent = None if above is None else (self.levels[self._depths[above]], code_of(above))
        return CellKey(self.levels[self._depths[path]], path, parent)

    def around(self, path: str) -> Iterator[str]:
        """The cells that count what happened at a path: at most one of each level."""
        at: str | None = path if path in self._parents else self._known_above(path)
        while at in self._rests:
            at = self._rests[at]
        while at is not None:
            yield at
            at = self._parents[at]


def _order(path: str) -> tuple[str, ...]:
    return tuple("~" if part == "*" else part for part in path.strip("/").split("/"))


def histograms(
    tree: Tree, cells: Sequence[CellKey], tally: Mapping[tuple[str, str, int], int]
) -> list[list[int]]:
    """The counts of every cell. Each answer enters a level once: that is its sensitivity."""
    at = {(cell.level == CATEGORY, cell.path): place for place, cell in enumerate(cells)}
    by_category = any(cell.level == CATEGORY for cell in cells)
    counts = [[0] * BINS for _ in cells]
    for (path, category, one), count in tally.items():
        for around in tree.around(path):
            counts[at[(False, around)]][one] += count
        if by_category:
            counts[at.get((True, category), at[(True, OTHER_CATEGORY)])][one] += count
    return counts


def closed_counts(
    tree: Tree, cells: Sequence[CellKey], closed: Mapping[tuple[str, str], int]
) -> list[int]:
    """How many matters were closed in each cell, of counts by path and category."""
    tally = {(path, category, 0): count for (path, category), count in closed.items()}
    return [counts[0] for counts in histograms(tree, cells, tally)]


def shown_places(
    places: Iterable[tuple[str, str, date, date | None]],
    levels: Sequence[str],
    first_day: date,
    end: date,
) -> dict[str, str]:
    """The places with a cell, whatever happened there: those of the levels, in force then."""
    return {
        path: level
        for path, level, valid_from, valid_to in places
        if level in levels and valid_from < end and (valid_to is None or valid_to > first_day)
    }

"""What making and changing a series does to its shifts: which stay, move, go or are called off.

Pure: the shifts that are there come as rows, what is decided goes back as lists.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID

from portal.kernel.worktime import Calendar
from volunteers.rules.batches import is_holiday
from volunteers.rules.recurrence import Rule, check_series

# shifts are made so far ahead; the job goes on from there
AHEAD: Final = timedelta(days=56)
MOST_EXCEPTIONS: Final = 200


class SeriesRefusal(StrEnum):
    """Why a series is not made or changed."""

    CHANGED = "series.changed"
    ENDED = "series.ended"
    BAD_EXCEPTION = "series.bad_exception"
    NO_FIRST = "series.no_first"


@dataclass(frozen=True)
class SeriesWish:
    """When a plan recurs: its rule, its first day, and days on which it does not."""

    rule: str
    first: date | None
    exceptions: frozenset[date] = frozenset()
    skip_holidays: bool = False


class Made(Protocol):
    """A shift that was made for a day of a series."""

    @property
    def id(self) -> UUID: ...

    @property
    def original_on(self) -> date | None: ...

    @property
    def detached(self) -> bool: ...


@dataclass(frozen=True)
class Touched:
    """What an edit does. ``moved`` and ``off`` have people on them, or had."""

    fresh: tuple[date, ...] = ()
    moved: tuple[UUID, ...] = ()
    rewritten: tuple[UUID, ...] = ()
    gone: tuple[UUID, ...] = ()
    off: tuple[UUID, ...] = ()
    people_moved: int = 0
    people_off: int = 0
    alone: tuple[UUID, ...] = field(default=())


def days_of_series(
    rule: Rule, wish: SeriesWish, calendar: Calendar, *, since: date, until: date
) -> tuple[list[date], date]:
    """The days of a series in a stretch, both ends included, and how far they are known.

    Where holidays are skipped, a year without a table has no answer: nothing is made beyond the
    last day that is known, and nothing is guessed. Raises BadRule.
    """
    if wish.first is None:
        return [], until
    known = until
    if wish.skip_holidays:
        known = last_known(calendar, since, until)
    found = [
        day
        for day in check_series(rule, wish.first)
        if since <= day <= known
        and day not in wish.exceptions
        and not (wish.skip_holidays and is_holiday(day, calendar))
    ]
    return found, known


def last_known(calendar: Calendar, since: date, until: date) -> date:
    """The last day up to which every year is known; the day before ``since`` when none is."""
    year = since.year
    while year <= until.year and year in calendar.years:
        year += 1
    return (
        min(until, date(year, 1, 1) - timedelta(days=1))
        if year > since.year
        else (since - timedelta(days=1))
    )


def touched_by(
    days: Sequence[date],
    made: Sequence[Made],
    people: Mapping[UUID, int],
    history: frozenset[UUID],
) -> Touched:
    """What an edit does to the shifts that have not begun.

    ``days``: on which the series takes place from now on. ``people``: how many are on a shift now.
    Nothing for which somebody has ever signed up is deleted: it moves with the series, or it is
    called off with a reason. A shift that was changed by itself is left alone while its day stays.
    """
    wanted = set(days)
    there = {one.original_on for one in made}
    staying = [one for one in made if one.original_on in wanted and not one.detached]
    leaving = [one for one in made if one.original_on not in wanted]
    moved = tuple(one.id for one in staying if one.id in history)
    off = tuple(one.id for one in leaving if one.id in history)
    return Touched(
        fresh=tuple(day for day in days if day not in there),
        moved=moved,
        rewritten=tuple(one.id for one in staying if one.id not in history),
        gone=tuple(one.id for one in leaving if one.id not in history),
        off=off,
        people_moved=sum(people.get(one, 0) for one in moved),
        people_off=sum(people.get(one, 0) for one in off),
        alone=tuple(one.id for one in made if one.original_on in wanted and one.detached),
    )

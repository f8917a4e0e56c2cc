"""Who wishes to be asked for rosters, and what a roster is: a proposal. Pure.

Nobody is made to serve (志愿服务条例, article 25): a roster thinks only of those who said that they
want to be asked, at the times and in the place that they named, and each answers as she likes.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from volunteers.rules.fitness import Candidate, Wanted
from volunteers.rules.shifts import Span
from volunteers.rules.signing_up import SignUpRefusal

WEEKS_AHEAD: Final = 8
# service of so many days counts before it is asked who served least
LATELY: Final = timedelta(days=28)
_DAY: Final = 24 * 60
_WEEK: Final = 7 * _DAY


class RosterRefusal(StrEnum):
    """Why a wish is not kept, or a roster is not proposed."""

    NO_WINDOW = "roster.no_window"
    WINDOW_ENDS = "roster.window_ends"
    NO_PLACE = "roster.no_place"
    NO_WEEK = "roster.no_week"
    NO_TEAM = "roster.no_team"
    NOTHING = "roster.nothing"
    CHANGED = "roster.changed"
    ACCEPTED = "roster.accepted"
    UNDONE = "roster.undone"


class Gap(StrEnum):
    """Why a seat stays empty: what stands against most of those who could be asked."""

    NOBODY = "nobody"
    ELSEWHERE = "elsewhere"
    TIMES = "times"
    ASKED = "asked"
    CLOSED = "closed"
    WAVE = "wave"
    AGE = "age"
    QUALIFICATION = "qualification"
    LEADS = "leads"
    NEWCOMER = "newcomer"
    BUSY = "busy"
    HOURS = "hours"


_S: Final = SignUpRefusal
GAP_OF: Final = {
    _S.NOT_OPEN: Gap.CLOSED,
    _S.CALLED_OFF: Gap.CLOSED,
    _S.STARTED: Gap.CLOSED,
    _S.NOT_YET: Gap.CLOSED,
    _S.FIRST_WAVE: Gap.WAVE,
    _S.NOT_REGISTERED: Gap.NOBODY,
    _S.AGE_UNKNOWN: Gap.AGE,
    _S.TOO_YOUNG: Gap.AGE,
    _S.GUARDIAN: Gap.AGE,
    _S.QUALIFICATION: Gap.QUALIFICATION,
    _S.QUALIFICATION_ENDS: Gap.QUALIFICATION,
    _S.NOT_EXPERIENCED: Gap.LEADS,
    _S.NEWCOMER: Gap.NEWCOMER,
    _S.OVERLAP: Gap.BUSY,
    _S.REST: Gap.BUSY,
    _S.TRAVEL: Gap.BUSY,
    _S.DAY_HOURS: Gap.HOURS,
    _S.WEEK_HOURS: Gap.HOURS,
}


@dataclass(frozen=True, order=True)
class Window:
    """A stretch of every week on the wall clock. ``weekday``: 0 is Monday; minutes of that day,
    the last not included, 1440 is midnight at its end; -1: not said."""

    weekday: int
    start: int
    end: int


@dataclass(frozen=True)
class RosterWish:
    """What somebody said: where (a path of places), when (no window: at any time), and until which
    day she is away."""

    place_path: str
    windows: tuple[Window, ...] = ()
    away_until: date | None = None


@dataclass(frozen=True)
class Asked:
    """Somebody who wants to be asked. ``who.booked``: her seats around the week; ``minutes``: what
    she served lately and what she has signed up for; ``not_on``: shifts for which she was asked
    already; ``waves``: her seats on shifts of the activity that are opened in waves."""

    id: UUID
    who: Candidate
    wish: RosterWish
    minutes: int = 0
    not_on: frozenset[UUID] = frozenset()
    waves: int = 0


@dataclass(frozen=True)
class Vacancy:
    """The free seats of a post. ``least``: how many of them must be filled; ``wave``: the shift is
    in its first wave."""

    post_id: UUID
    shift_id: UUID
    place_path: str
    seats: int
    wanted: Wanted
    least: int = 0
    wave: bool = False


@dataclass(frozen=True)
class Placed:
    """A seat that would be proposed to somebody."""

    post_id: UUID
    person_id: UUID


@dataclass(frozen=True)
class Roster:
    """What would be proposed, by the beginning of the shift; and by post how many seats stay empty
    and why."""

    placed: tuple[Placed, ...] = ()
    empty: tuple[tuple[UUID, int, Gap], ...] = field(default_factory=tuple)

    @property
    def digest(self) -> str:
        """What an organiser has seen, so that nothing else is proposed."""
        pairs = sorted((str(one.post_id), str(one.person_id)) for one in self.placed)
        return hashlib.sha256(repr(pairs).encode()).hexdigest()[:32]


def flaw_of_windows(windows: Sequence[Window]) -> tuple[RosterRefusal, int] | None:
    """The first thing wrong with some windows, and on which weekday."""
    for one in windows:
        if one.start < 0 or one.end < 0:
            return RosterRefusal.NO_WINDOW, one.weekday
        if not one.start < one.end <= _DAY:
            return RosterRefusal.WINDOW_ENDS, one.weekday
    return None


def mask_of(windows: Iterable[Window]) -> int:
    """The minutes of a week that some windows hold, one bit each; none means every minute."""
    found = 0
    for one in windows:
        found |= ((1 << (one.end - one.start)) - 1) << (one.weekday * _DAY + one.start)
    return found or (1 << _WEEK) - 1


def mask_of_span(span: Span, zone: ZoneInfo) -> int:
    """The minutes of a week that a shift takes on the wall clock of the city."""
    starts, ends = span.starts_at.astimezone(zone), span.ends_at.astimezone(zone)
    first = starts.weekday() * _DAY + starts.hour * 60 + starts.minute
    days = (ends.date() - starts.date()).days
    last = (starts.weekday() + days) * _DAY + ends.hour * 60 + ends.minute + bool(ends.second)
    bits = ((1 << max(0, last - first)) - 1) << first
    # what goes beyond Sunday lies on the Monday after
    return (bits & ((1 << _WEEK) - 1)) | (bits >> _WEEK)


def week_span(monday: date, zone: ZoneInfo, now: datetime) -> Span:
    """A week of the city, from its Monday on; of this week what is left of it."""
    first = datetime.combine(monday, time(), zone)
    last = datetime.combine(monday + timedelta(days=7), time(), zone)
    return Span(max(first.astimezone(now.tzinfo), now), last.astimezone(now.tzinfo))


def weeks_to_choose(today: date) -> list[date]:
    """The Mondays of the weeks for which rosters can be proposed."""
    monday = today - timedelta(days=today.weekday())
    return [monday + timedelta(weeks=at) for at in range(WEEKS_AHEAD)]

"""Figures for staff (facts §5): what one case counts for, and each figure as a part of a whole.

A case counts on the day on which it was found, whatever happens to it later: so the shares of a
day or month are of the same cases above and below the line. Pure.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from portal.areas.rules import Tag
from portal.reports.rules.codes import Event, Source, State
from portal.reports.rules.pauses import HasClock, is_late_at

# withdrawn, void and merged reports are nobody's work: they count nowhere
NOT_COUNTED = frozenset({State.VOID, State.WITHDRAWN, State.MERGED})
# the head of the building is the grid's own (R037); what a reporter solved herself nobody did
OVER = frozenset({State.CLOSED, State.SETTLED})
DONE = OVER | {State.HANDLED}
NOT_OURS = frozenset({State.NOT_ACCEPTED, State.NOT_FILED, State.HANDED_OVER})
NOT_TAKEN_UP = NOT_OURS | {State.REPORTED}
ENDED_UNDONE = NOT_OURS | {State.SELF_SOLVED}
# who looks for problems in the grids, and who else does it for the city before a resident must
GRID_SOURCES = frozenset({Source.COLLECTOR, Source.VOLUNTEER_PATROL, Source.PLEDGE_INSPECTION})
OWN_SOURCES = GRID_SOURCES | {Source.INSPECTION_GROUP}
# R127: kinds of places that the statistics know; R019 adds the courtyards without management
AREA_TYPES = (
    Tag.BACK_STREET,
    Tag.OLD_ESTATE,
    Tag.URBAN_VILLAGE,
    Tag.URBAN_FRINGE,
    Tag.CITY_ENTRANCE,
    Tag.BUILDING_SITE,
    Tag.WATERWAY,
    Tag.THREE_WITHOUT,
    Tag.MAIN_ROAD,
    Tag.KEY_AREA,
)
MOST_MONTHS = 120
NO_UNIT = UUID(int=0)

COUNTS = (
    "found", "found_own", "found_grid", "taken", "responded", "done", "due", "in_time",
    "tried", "reworked", "given", "given_right", "returned", "passed_on", "extended", "suspended",
    "open", "late", "over_minutes", "late_minutes", "closed", "closed_below", "grid_closed",
    "grid_closed_below",
)  # fmt: skip
Tally = Counter[str]


class Kept(StrEnum):
    """How finely a row counts: a day, a month, or a month by place and one thing at most.

    A page reads the coarsest rows that know what it asks for.
    """

    DAY = "day"
    MONTH = "month"
    PLACE = "place"
    CATEGORY = "category"
    UNIT = "unit"
    SOURCE = "source"


class By(StrEnum):
    """What a table of figures has a row for each of."""

    PLACE = "place"
    UNIT = "unit"
    CATEGORY = "category"
    SOURCE = "source"
    MONTH = "month"


class Figure(StrEnum):
    """The figures a city expects, in the order of the page."""

    FOUND_RATE = "found_rate"
    HANDLED_RATE = "handled_rate"
    CLOSING_RATE = "closing_rate"
    ON_TIME_RATE = "on_time_rate"
    REWORK_RATE = "rework_rate"
    DISPATCH_ACCURACY = "dispatch_accuracy"
    RETURNED = "returned"
    BUCK_PASSING = "buck_passing"
    EXTENDED = "extended"
    SUSPENDED = "suspended"
    BACKLOG = "backlog"
    OVERDUE_MULTIPLE = "overdue_multiple"
    RESPONSE_RATE = "response_rate"
    RESOLUTION_RATE = "resolution_rate"
    SATISFACTION_RATE = "satisfaction_rate"
    SOLVED_BELOW = "solved_below"
    FOUND_IN_GRID = "found_in_grid"
    SOLVED_IN_GRID = "solved_in_grid"


class Shape(StrEnum):
    """How a figure is said: a share in percent, a number of times, a multiple of the limit."""

    SHARE = "share"
    TIMES = "times"
    MULTIPLE = "multiple"


_PARTS: Mapping[Figure, tuple[str, str, Shape]] = {
    Figure.FOUND_RATE: ("found_own", "found", Shape.SHARE),
    Figure.HANDLED_RATE: ("done", "taken", Shape.SHARE),
    Figure.CLOSING_RATE: ("closed", "taken", Shape.SHARE),
    Figure.ON_TIME_RATE: ("in_time", "due", Shape.SHARE),
    Figure.REWORK_RATE: ("reworked", "tried", Shape.SHARE),
    Figure.DISPATCH_ACCURACY: ("given_right", "given", Shape.SHARE),
    Figure.RETURNED: ("returned", "given", Shape.TIMES),
    Figure.BUCK_PASSING: ("passed_on", "given", Shape.TIMES),
    Figure.EXTENDED: ("extended", "taken", Shape.TIMES),
    Figure.SUSPENDED: ("suspended", "taken", Shape.TIMES),
    Figure.BACKLOG: ("open", "found", Shape.TIMES),
    Figure.OVERDUE_MULTIPLE: ("over_minutes", "late_minutes", Shape.MULTIPLE),
    Figure.RESPONSE_RATE: ("responded", "taken", Shape.SHARE),
    Figure.RESOLUTION_RATE: ("solved", "answered", Shape.SHARE),
    Figure.SATISFACTION_RATE: ("satisfied", "answered", Shape.SHARE),
    Figure.SOLVED_BELOW: ("closed_below", "closed", Shape.SHARE),
    Figure.FOUND_IN_GRID: ("found_grid", "found", Shape.SHARE),
    Figure.SOLVED_IN_GRID: ("grid_closed_below", "grid_closed", Shape.SHARE),
}
FROM_ANSWERS = frozenset(figure for figure, (_, whole, _) in _PARTS.items() if whole == "answered")


@dataclass(frozen=True)
class Answered:
    """What reporters said, as a release tells it: with its noise, and never counted here (P4)."""

    answered: int
    solved: int
    satisfied: int


@dataclass(frozen=True)
class Value:
    """One figure: its part and its whole. ``withheld``: no release tells it."""

    figure: Figure
    part: int
    whole: int
    withheld: bool = False

    @property
    def shape(self) -> Shape:
        return _PARTS[self.figure][2]

    @property
    def ratio(self) -> float | None:
        """Part of whole; None where nothing was to be counted, or nothing may be shown."""
        return None if self.withheld or not self.whole else self.part / self.whole

    @property
    def amount(self) -> float | None:
        """What a drawing shows: percent, times or multiple."""
        if self.shape is Shape.TIMES:
            return self.part
        factor = 100 if self.shape is Shape.SHARE else 1
        return None if self.ratio is None else factor * self.ratio


def values_of(tally: Mapping[str, int], said: Answered | None = None) -> dict[Figure, Value]:
    """Every figure of some counts, and of what a release says of the same."""
    known = {**tally, **(asdict(said) if said else {})}
    return {
        figure: Value(
            figure, known.get(part, 0), known.get(whole, 0),
            withheld=said is None and figure in FROM_ANSWERS,
        )
        for figure, (part, whole, _) in _PARTS.items()
    }  # fmt: skip


class Counted(HasClock, Protocol):
    """A case, as far as the figures look at it."""

    @property
    def source(self) -> Source: ...

    @property
    def unit_id(self) -> UUID | None: ...

    @property
    def responded_at(self) -> datetime | None: ...

    @property
    def dispatched_at(self) -> datetime | None: ...

    @property
    def closed_at(self) -> datetime | None: ...

    @property
    def times_returned(self) -> int: ...

    @property
    def times_sent_back(self) -> int: ...

    @property
    def times_reassigned(self) -> int: ...

    @property
    def times_extended(self) -> int: ...

    @property
    def times_suspended(self) -> int: ...


@dataclass(frozen=True)
class Over:
    """By how many minutes of its own time a case was late, and the minutes it was given."""

    minutes: int
    allowed: int


def finished_at(case: Counted) -> datetime | None:
    """When the work ended, once it has: an order of another system may tell its closing only."""
    return (case.handled_at or case.closed_at) if case.state in DONE else None


def is_over(case: Counted) -> bool:
    """Whether finished work was late: then its overdue multiple counts."""
    end = finished_at(case)
    return bool(end and case.promised_at and end > case.promised_at)


def tally(case: Counted, now: datetime, *, over: Over | None = None) -> Tally:
    """What one case counts for; what it was given back or passed on is its units' (``passes``)."""
    if case.state in NOT_COUNTED:
        return Counter()
    found = Counter(
        found=1,
        found_own=case.source in OWN_SOURCES,
        found_grid=case.source in GRID_SOURCES,
        open=case.state not in DONE | ENDED_UNDONE or case.state is State.HANDLED,
    )
    if case.state not in NOT_TAKEN_UP:
        found.update(_work(case, now))
        found.update(_closed(case))
    if over is not None:
        found.update(late=1, over_minutes=over.minutes, late_minutes=over.allowed)
    return Counter({name: int(count) for name, count in found.items() if count})


def _work(case: Counted, now: datetime) -> Tally:
    done, end = case.state in DONE, finished_at(case)
    given = case.dispatched_at is not None
    timed = end is not None and case.promised_at is not None
    return Counter(
        taken=1,
        responded=case.responded_at is not None,
        done=done,
        due=timed or (not done and is_late_at(case, now)),
        in_time=timed and not is_over(case),
        tried=done or case.times_sent_back > 0,
        reworked=case.times_sent_back > 0,
        given=given,
        given_right=given and not (case.times_returned or case.times_reassigned),
        extended=case.times_extended,
        suspended=case.times_suspended,
    )


def _closed(case: Counted) -> Tally:
    closed = case.state in OVER
    # never given to a unit: whoever is on the spot settled it (R037)
    below = closed and case.dispatched_at is None and case.unit_id is None
    grid = case.source in GRID_SOURCES
    return Counter(
        closed=closed,
        closed_below=below,
        grid_closed=closed and grid,
        grid_closed_below=below and grid,
    )


def passes(steps: Iterable[tuple[Event, UUID | None]]) -> dict[UUID, Tally]:
    """What units gave back (退回), and what went on from them to another (推诿), by the unit.

    ``steps``: the dispatches and returns of one case in their order.
    """
    found: dict[UUID, Tally] = {}
    holder: UUID | None = None
    for event, unit_id in steps:
        if event is Event.RETURN:
            found.setdefault(holder or NO_UNIT, Counter())["returned"] += 1
        elif holder is not None and unit_id != holder:
            found.setdefault(holder, Counter())["passed_on"] += 1
        holder = unit_id if event is Event.DISPATCH else holder
    return found


# --- spans of time --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Span:
    """Some days, both ends counted."""

    first: date
    last: date

    @property
    def months(self) -> tuple[date, date] | None:
        """The first days of the first and last month that lie in it whole."""
        first = self.first if self.first.day == 1 else month_after(self.first)
        after = self.last + timedelta(days=1)
        end = after.replace(day=1)
        return (first, month_before(end)) if first < end else None

    @property
    def edges(self) -> list["Span"]:
        """The days outside of those months."""
        whole = self.months
        if whole is None:
            return [self]
        before = Span(self.first, whole[0] - timedelta(days=1))
        behind = Span(month_after(whole[1]), self.last)
        return [span for span in (before, behind) if span.first <= span.last]


def month_after(day: date) -> date:
    """The first day of the month after a day's."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def month_before(day: date) -> date:
    """The first day of the month before a day's."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def month_span(day: date) -> Span:
    """The month of a day."""
    return Span(day.replace(day=1), month_after(day) - timedelta(days=1))


def year_before(span: Span) -> Span:
    """The same days a year earlier; of months the whole months."""
    if span == Span(span.first.replace(day=1), month_span(span.last).last):
        last = span.last.replace(day=1, year=span.last.year - 1)
        return Span(span.first.replace(year=span.first.year - 1), month_span(last).last)
    return Span(*(_year_back(day) for day in (span.first, span.last)))


def _year_back(day: date) -> date:
    short = day.month == 2 and day.day == 29
    return day.replace(year=day.year - 1, day=28 if short else day.day)


def span_before(span: Span) -> Span:
    """As many days (of months: as many months) just before."""
    if span == Span(span.first.replace(day=1), month_span(span.last).last):
        first = span.first
        months = (span.last.year - first.year) * 12 + span.last.month - first.month + 1
        for _ in range(months):
            first = month_before(first)
        return Span(first, span.first - timedelta(days=1))
    days = span.last - span.first
    last = span.first - timedelta(days=1)
    return Span(last - days, last)


def whole_months(span: Span) -> tuple[str, ...]:
    """The months that a span is, such as ``2026-10``; none where it ends within one."""
    if span != Span(span.first.replace(day=1), month_span(span.last).last):
        return ()
    found, at = [], span.first
    while at <= span.last:
        found.append(f"{at:%Y-%m}")
        at = month_after(at)
    return tuple(found)

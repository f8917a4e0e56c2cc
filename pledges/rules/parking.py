"""Off-peak parking (错时停车): who may park, when, at which fee; codes, and when it is open."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final, NamedTuple

from portal.kernel.worktime import Calendar, DayKind

MOST_SPACES: Final = 100_000
LONGEST_WORDS: Final = 200
LONGEST_REASON: Final = 200
LONGEST_PHONE: Final = 20
# hours are minutes of the day; an offer may end on the next one
DAY_MINUTES: Final = 1440
# Monday is 0; public holidays have hours of their own
HOLIDAY: Final = 7


class ParkingUser(StrEnum):
    """Who may park (R135)."""

    EVERYBODY = "everybody"
    RESIDENTS = "residents"
    VISITORS = "visitors"
    DELIVERIES = "deliveries"


class ParkingFee(StrEnum):
    """What it costs; paid on the spot and never here (P7)."""

    FREE = "free"
    BY_HOUR = "by_hour"
    BY_MONTH = "by_month"


class ParkingState(StrEnum):
    """An offer holds while its letter is in force: written, signed, checked by the street."""

    WRITTEN = "written"
    WAITING = "waiting"
    OFFERED = "offered"
    PAUSED = "paused"
    ENDED = "ended"


class ParkingStep(StrEnum):
    """What is written into the history of an offer."""

    WRITE = "write"
    SIGN = "sign"
    ADMIT = "admit"
    SEND_BACK = "send_back"
    CHANGE = "change"
    CHANGE_HOURS = "change_hours"
    PAUSE = "pause"
    RESUME = "resume"
    END = "end"


class ParkingRefusal(StrEnum):
    """Why an offer is not taken, or not changed."""

    SPACES = "parking.spaces"
    HOURS = "parking.hours"
    NO_HOURS = "parking.no_hours"
    PHONE = "parking.phone"
    MOBILE = "parking.mobile"
    POINT = "parking.point"
    OFFERED_ALREADY = "parking.offered_already"
    DAYS = "parking.days"
    STREET_PAUSED = "parking.street_paused"


DAYS: Final = 8
MOST_SPANS: Final = 4
HOUR: Final = 60
_SPAN = re.compile(
    r"([0-2]?[0-9])[:：]([0-5][0-9])\s*[-–—~～\u81f3]\s*([0-2]?[0-9])[:：]([0-5][0-9])"
)


@dataclass(frozen=True, order=True)
class Span:
    """Open from a minute of a day to another; beyond ``DAY_MINUTES`` it is that of the next day."""

    weekday: int
    opens: int
    closes: int


def read_spans(weekday: int, typed: str) -> list[Span] | None:
    """``18:00-08:00, 12:00-14:00`` as spans, in order; None: it cannot be read. An end that is not
    after its beginning lies on the next day; nothing typed is no span."""
    found = list[Span]()
    for part in re.split(r"[,，;；、]", typed):
        if not part.strip():
            continue
        match = _SPAN.fullmatch(part.strip())
        if match is None:
            return None
        hour, minute, until_hour, until_minute = map(int, match.groups())
        opens, closes = hour * HOUR + minute, until_hour * HOUR + until_minute
        if opens >= DAY_MINUTES or closes > DAY_MINUTES:
            return None
        found.append(Span(weekday, opens, closes if closes > opens else closes + DAY_MINUTES))
    found.sort()
    apart = all(one.closes <= other.opens for one, other in pairwise(found))
    return found if apart and len(found) <= MOST_SPANS else None


def written(spans: Iterable[Span]) -> str:
    """Spans as they can be typed again."""
    return ", ".join(f"{_clock(one.opens)}-{_clock(one.closes)}" for one in sorted(spans))


def _clock(minute: int) -> str:
    left = minute - DAY_MINUTES if minute > DAY_MINUTES else minute
    return f"{left // HOUR:02}:{left % HOUR:02}"


def kind_of_day(calendar: Calendar, day: date) -> int:
    """Whose hours a day has: its weekday's; a public holiday has its own, and a weekend that is
    worked to make up for one has those of a Monday. Where the year is not known, the weekday's."""
    kind = calendar.exceptions.get(day)
    if kind is DayKind.HOLIDAY:
        return HOLIDAY
    return 0 if kind is DayKind.MAKEUP else day.weekday()


@dataclass(frozen=True)
class Moment:
    """A minute of the city, as hours are asked for it: of its own day, and of the day before,
    whose hours may run on over midnight."""

    today: int
    yesterday: int
    minute: int


def moment_of(calendar: Calendar, local: datetime) -> Moment:
    """The moment of a local time."""
    day = local.date()
    before = kind_of_day(calendar, day - timedelta(days=1))
    return Moment(kind_of_day(calendar, day), before, local.hour * HOUR + local.minute)


def is_open(spans: Iterable[Span], at: Moment) -> bool:
    """Whether one may park at a moment."""
    return any(
        (one.weekday == at.today and one.opens <= at.minute < one.closes)
        or (one.weekday == at.yesterday and at.minute + DAY_MINUTES < one.closes)
        for one in spans
    )


class Edge(NamedTuple):
    """From which states a step leads to which; ``reasoned``: whoever is concerned reads why."""

    before: frozenset[ParkingState]
    after: ParkingState
    reasoned: bool


_S = ParkingState
STEPS: Final[Mapping[ParkingStep, Edge]] = {
    ParkingStep.ADMIT: Edge(frozenset({_S.WAITING}), _S.OFFERED, reasoned=False),
    ParkingStep.SEND_BACK: Edge(frozenset({_S.WAITING}), _S.WRITTEN, reasoned=True),
    ParkingStep.PAUSE: Edge(frozenset({_S.OFFERED}), _S.PAUSED, reasoned=True),
    ParkingStep.RESUME: Edge(frozenset({_S.PAUSED}), _S.OFFERED, reasoned=False),
    ParkingStep.END: Edge(
        frozenset({_S.WRITTEN, _S.WAITING, _S.OFFERED, _S.PAUSED}), _S.ENDED, reasoned=True
    ),
}  # fmt: skip
# what a unit does by itself; the street does everything
OF_THE_UNIT: Final = frozenset({ParkingStep.PAUSE, ParkingStep.RESUME, ParkingStep.END})

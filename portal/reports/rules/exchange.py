"""Reading another system's work orders: what is refused, what a reply is worth, how far one came.

Nothing here guesses. A moment is one of the map's formats to the letter, or it is doubtful.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from portal.reports.rules.codes import Source, State

OLDEST_YEAR = 1990
MOST_WORDS = 10_000
MOST_NUMBER, MOST_ADDRESS = 64, 500
# clocks of two systems differ a little
SLACK = timedelta(minutes=10)
AHEAD = timedelta(days=3650)


class Problem(StrEnum):
    """Why a row is not taken over."""

    WIDTH = "row.width"
    FORMULA = "row.formula"
    ROUNDED = "row.rounded"
    STRAY_SIGN = "row.stray_sign"
    EMPTY = "row.empty"
    TOO_LONG = "row.too_long"
    DOUBTFUL_DATE = "row.doubtful_date"
    AHEAD_OF_TIME = "row.ahead_of_time"
    OUT_OF_ORDER = "row.out_of_order"
    UNKNOWN_CATEGORY = "row.unknown_category"
    UNKNOWN_PLACE = "row.unknown_place"
    BAD_POINT = "row.bad_point"
    OUTSIDE_CITY = "row.outside_city"
    UNKNOWN_STATUS = "row.unknown_status"
    CONTRADICTION = "row.contradiction"
    NOT_A_COUNT = "row.not_a_count"
    BAD_PHONE = "row.bad_phone"
    TWICE = "row.twice"


class ExchangeRefusal(StrEnum):
    """Why a whole file is not taken over."""

    MISSING_COLUMNS = "exchange.missing_columns"
    NO_MAP = "exchange.no_map"
    BAD_MAP = "exchange.bad_map"
    NO_SUCH_PLACE = "exchange.no_such_place"
    BAD_ROWS = "exchange.bad_rows"
    NO_DAY = "exchange.no_day"
    UNKNOWN_HEADER = "exchange.unknown_header"


@dataclass(frozen=True)
class Flaw:
    """One thing wrong with one line: which column, and what stands there (shortened)."""

    line: int
    problem: Problem
    column: str = ""
    value: str = ""


class Stage(StrEnum):
    """How far an order had come in the other system."""

    OPEN = "open"
    HANDLED = "handled"
    CLOSED = "closed"


@dataclass(frozen=True)
class Order:
    """One row that can become a case. Times are those of the file; None: the file has none."""

    line: int
    number: str
    system: str
    source: Source
    category: str
    area_id: UUID
    place_path: str
    found_at: datetime
    stage: Stage
    words: str = ""
    address: str = ""
    lon: float | None = None
    lat: float | None = None
    unit_id: UUID | None = None
    unit_name: str = ""
    target_at: datetime | None = None
    answer: str = ""
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    late: bool | None = None
    phone: str | None = None
    # there is a reply, and it says nothing (留言已收悉)
    no_answer: bool = False
    # digests of what was told and of how far it came, to know a row that comes again
    told: str = ""
    progress: str = ""

    @property
    def state(self) -> State:
        """Where its case stands when it is taken over."""
        if self.stage is Stage.CLOSED:
            return State.CLOSED
        if self.stage is Stage.HANDLED:
            return State.HANDLED
        return State.DISPATCHED if self.unit_id is not None else State.ACCEPTED


# how far each state is on its way: a repeat moves a case forward only
RANKS: Mapping[State, int] = {
    State.ACCEPTED: 0,
    State.DISPATCHED: 1,
    State.HANDLED: 2,
    State.CLOSED: 3,
}


def read_moment(text: str, formats: Sequence[str], zone: ZoneInfo) -> datetime | None:
    """A moment in one of the formats to the letter; None when it is doubtful.

    An hour that summer time skips or doubles is doubtful too: it names no moment, or two.
    """
    for pattern in formats:
        try:
            naive = datetime.strptime(text, pattern)  # noqa: DTZ007  the zone follows
        except ValueError:
            continue
        return in_zone(naive, zone)
    return None


def in_zone(naive: datetime, zone: ZoneInfo) -> datetime | None:
    """A wall clock's moment, if it is exactly one, and not at the end of the calendar."""
    if not OLDEST_YEAR <= naive.year < MAXYEAR:
        return None
    first = naive.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = naive.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return first if first == second else None


def write_moment(moment: datetime | None, pattern: str, zone: ZoneInfo) -> str:
    """The moment as the other system writes it."""
    return moment.astimezone(zone).strftime(pattern) if moment else ""


def is_on_time(target_at: datetime, closed_at: datetime | None, now: datetime) -> bool:
    """Whether a limit was kept: closed by then, or still open and not yet over."""
    return (closed_at or now) <= target_at


@dataclass(frozen=True)
class Canned:
    """What a reply is made of that says nothing: greetings, and promises to reply."""

    greetings: re.Pattern[str]
    phrases: re.Pattern[str]


def canned(greetings: Iterable[str], phrases: Iterable[str]) -> Canned:
    """The two lists as patterns; each of their lines is a regular expression, or a remark."""
    return Canned(_either([*greetings, r"[\W_]"]), _either(phrases))


def _either(lines: Iterable[str]) -> re.Pattern[str]:
    kept = (line.strip() for line in lines)
    return re.compile("|".join(f"(?:{line})" for line in kept if line and line[0] != "#"))


def is_canned(reply: str, lists: Canned) -> bool:
    """Whether nothing is left of a reply without courtesies and promises to reply (留言已收悉).

    Whatever names a place, a deed or a reason leaves something over, and is an answer.
    """
    return bool(reply.strip()) and not lists.phrases.sub("", lists.greetings.sub("", reply))


def digest(*parts: object) -> str:
    """A short form of some values that is the same for the same values only."""
    text = json.dumps([str(part) if part is not None else None for part in parts])
    return hashlib.sha256(text.encode()).hexdigest()


def shortened(value: str, most: int = 40) -> str:
    """Enough of a cell to find it again in the file."""
    flat = " ".join(value.split())
    return flat if len(flat) <= most else f"{flat[:most]}…"

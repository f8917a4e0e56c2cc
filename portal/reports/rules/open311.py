"""Open311 GeoReport v2: what is asked, as exactly as the public may know. Pure.

A matter whose month is public has the first moment of that month as its time, everywhere: in what
is answered and in what a range of dates finds. Otherwise narrow ranges would tell the day.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from portal.kernel.clock import local
from portal.reports.rules.codes import State
from portal.reports.rules.publicity import TimePrecision
from portal.reports.rules.transitions import OPEN

MOST_DAYS = 90
MOST_ROWS = 1000
# a deeper page is asked for by a shorter range: skipping rows costs as much as reading them
MOST_SKIPPED = 50_000
SPAN = timedelta(days=MOST_DAYS)
RADIUS, MOST_RADIUS = 1000.0, 50_000.0
METRES_A_DEGREE = 111_320.0
MOST_DESCRIPTION = 4000
MOST_URL = 500
MOST_MARK = 200
MOST_ATTRIBUTE = 1000
# programs send again what was not answered in time
REPEAT_MINUTES = 10


class Datatype(StrEnum):
    """The kinds of answers that the standard knows."""

    STRING = "string"
    NUMBER = "number"
    DATETIME = "datetime"
    TEXT = "text"
    ONE = "singlevaluelist"
    SEVERAL = "multivaluelist"


class Open311Refusal(StrEnum):
    """Why a program's request is not answered as it stands."""

    NO_SERVICE_CODE = "open311.no_service_code"
    UNKNOWN_SERVICE = "open311.unknown_service"
    UNKNOWN_JURISDICTION = "open311.unknown_jurisdiction"
    UNKNOWN_REQUEST = "open311.unknown_request"
    UNKNOWN_TOKEN = "open311.unknown_token"  # noqa: S105 - a code, no secret
    UNKNOWN_ADDRESS = "open311.unknown_address"
    NO_LOCATION = "open311.no_location"
    BAD_POINT = "open311.bad_point"
    BAD_DATE = "open311.bad_date"
    LONG_SPAN = "open311.long_span"
    BACKWARDS = "open311.backwards"
    BAD_STATUS = "open311.bad_status"
    BAD_PAGE = "open311.bad_page"
    BAD_RADIUS = "open311.bad_radius"
    LONG_DESCRIPTION = "open311.long_description"
    BAD_MEDIA_URL = "open311.bad_media_url"
    MANY_FILES = "open311.many_files"
    LONG_MARK = "open311.long_mark"
    UNKNOWN_ATTRIBUTE = "open311.unknown_attribute"
    MISSING_ATTRIBUTE = "open311.missing_attribute"
    BAD_ATTRIBUTE = "open311.bad_attribute"
    TOO_MANY = "open311.too_many"
    NO_SUCH_METHOD = "open311.no_such_method"
    FAILED = "open311.failed"


@dataclass(frozen=True)
class Attribute:
    """A question that a service asks besides the usual. ``values`` are keys with their names."""

    code: str
    datatype: Datatype
    required: bool
    description: Mapping[str, str]
    order: int
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def public_moment(moment: datetime, precision: TimePrecision, zone: ZoneInfo) -> datetime:
    """A moment on the city's clock, cut to what the public may know of it."""
    at = local(moment, zone).replace(second=0, microsecond=0)
    if precision is TimePrecision.MINUTE:
        return at
    day = at.replace(hour=0, minute=0)
    return day if precision is TimePrecision.DAY else day.replace(day=1)


def after_public_moment(moment: datetime, precision: TimePrecision, zone: ZoneInfo) -> datetime:
    """The first moment that is cut to a later one."""
    at = public_moment(moment, precision, zone)
    if precision is TimePrecision.MINUTE:
        return at + timedelta(minutes=1)
    if precision is TimePrecision.DAY:
        return at + timedelta(days=1)
    return at.replace(year=at.year + at.month // 12, month=at.month % 12 + 1)


def found_between(
    start: datetime, end: datetime, precision: TimePrecision, zone: ZoneInfo
) -> tuple[datetime, datetime]:
    """The real moments (half-open) whose public moments lie from ``start`` to ``end``."""
    first = public_moment(start, precision, zone)
    if first < start:
        first = after_public_moment(start, precision, zone)
    return first, after_public_moment(end, precision, zone)


@dataclass(frozen=True)
class Circle:
    """So many metres around a point."""

    lon: float
    lat: float
    metres: float


@dataclass(frozen=True)
class Asked311:
    """A list that can be read. ``numbers`` overrides everything else, as the standard has it."""

    start: datetime
    end: datetime
    numbers: tuple[str, ...] | None = None
    codes: tuple[str, ...] = ()
    open: bool | None = None
    circle: Circle | None = None
    page: int = 1
    size: int = MOST_ROWS


def why_not_span(start: datetime, end: datetime) -> Open311Refusal | None:
    """Why a range of dates is not read."""
    if end < start:
        return Open311Refusal.BACKWARDS
    return Open311Refusal.LONG_SPAN if end - start > SPAN else None


def span_of(
    start: datetime | None, end: datetime | None, now: datetime
) -> tuple[datetime, datetime]:
    """The range that was meant; the most recent 90 days where nothing was said."""
    if start is None:
        until = end or now
        return until - SPAN, until
    return start, end or min(start + SPAN, max(now, start))


def states_of_status(*, is_open: bool) -> tuple[State, ...]:
    """The staff states behind the two words of the standard."""
    return tuple(state for state in State if (state in OPEN) is is_open)


def why_not_attribute(attribute: Attribute, values: tuple[str, ...]) -> Open311Refusal | None:
    """Why an answer to one of a service's questions does not do."""
    given = tuple(value for value in values if value)
    if not given:
        return Open311Refusal.MISSING_ATTRIBUTE if attribute.required else None
    if len(given) > 1 and attribute.datatype is not Datatype.SEVERAL:
        return Open311Refusal.BAD_ATTRIBUTE
    fits = all(_fits(attribute, value) for value in given)
    return None if fits else Open311Refusal.BAD_ATTRIBUTE


def _fits(attribute: Attribute, value: str) -> bool:
    if len(value) > MOST_ATTRIBUTE:
        return False
    if attribute.datatype in {Datatype.ONE, Datatype.SEVERAL}:
        return value in attribute.values
    try:
        if attribute.datatype is Datatype.NUMBER:
            float(value)
        if attribute.datatype is Datatype.DATETIME:
            datetime.fromisoformat(value)
    except ValueError:
        return False
    return attribute.datatype is not Datatype.STRING or "\n" not in value

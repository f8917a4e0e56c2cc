"""The day of a shift: who came, who left, who did not come, and within which windows. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import asin, cos, radians, sin, sqrt
from typing import Any, Final

from volunteers.rules.shifts import Span

# so long "the rest did not come" can be taken back before anybody is told
UNDO: Final = timedelta(minutes=30)
LONGEST_WORD: Final = 500
WINDOW_MINUTES: Final = 30
NEAR_METRES: Final = 200
REPLY_DAYS: Final = 7
_EARTH_METRES: Final = 6_371_000


class Mark(StrEnum):
    """What is written about one person on one shift."""

    ARRIVED = "arrived"
    LEFT = "left"
    ABSENT = "absent"  # 未到


class Way(StrEnum):
    """How it became known."""

    CODE = "code"  # she scanned the organiser's screen
    PLACE = "place"  # a photo that she took there
    ROLL_CALL = "roll_call"
    LIST = "list"  # entered later by the organiser, with a reason


class VoidWhy(StrEnum):
    """Why something that was written no longer counts."""

    UNDO = "undo"  # the organiser took "the rest did not come" back
    CAME = "came"  # she came after all
    STRUCK = "struck"  # by the organiser, with a reason


class AbsenceState(StrEnum):
    """A no-show and her word on it. None of these has an effect by itself."""

    TOLD = "told"
    REPLIED = "replied"
    ACCEPTED = "accepted"
    NOT_ACCEPTED = "not_accepted"
    WITHDRAWN = "withdrawn"  # she was there after all


OPEN_ABSENCES: Final = frozenset({AbsenceState.TOLD, AbsenceState.REPLIED})


class DayRefusal(StrEnum):
    """Why something is not written. Each has a sentence that says what to do."""

    EARLY = "on_the_day.early"
    OVER = "on_the_day.over"
    LATE = "on_the_day.late"
    OLD_CODE = "on_the_day.old_code"
    NOT_ON_IT = "on_the_day.not_on_it"
    NOT_HERE_YET = "on_the_day.not_here_yet"
    CALLED_OFF = "on_the_day.called_off"
    NOT_STARTED = "on_the_day.not_started"
    NOTHING_TO_UNDO = "on_the_day.nothing_to_undo"
    NO_REASON = "on_the_day.no_reason"
    OUTSIDE = "on_the_day.outside"
    BACKWARDS = "on_the_day.backwards"
    LEFT_ONLY = "on_the_day.left_only"
    NOTHING = "on_the_day.nothing"
    THERE_ALREADY = "on_the_day.there_already"
    NO_POINT = "on_the_day.no_point"
    OLD_PHOTO = "on_the_day.old_photo"
    NO_PLACE = "on_the_day.no_place"
    FAR = "on_the_day.far"
    NO_WORDS = "absence.no_words"
    TOO_LATE = "absence.too_late"
    DECIDED = "absence.decided"
    NO_ANSWER = "absence.no_answer"
    HERSELF = "absence.herself"
    EARLY_ANSWER = "absence.early_answer"


@dataclass(frozen=True)
class Settings:
    """What a city may set (``[thresholds]`` of its file)."""

    window: timedelta = timedelta(minutes=WINDOW_MINUTES)
    near_metres: int = NEAR_METRES
    reply_days: int = REPLY_DAYS


# setting → (least, most, usual)
_LIMITS: Final[Mapping[str, tuple[int, int, int]]] = {
    "shift_window_minutes": (0, 120, WINDOW_MINUTES),
    "shift_near_metres": (50, 2000, NEAR_METRES),
    "absence_reply_days": (3, 60, REPLY_DAYS),
}


def settings_from(thresholds: Mapping[str, Any]) -> Settings:
    """The settings of a city file. Raises ValueError for what cannot be meant."""
    found = {}
    for name, (least, most, usual) in _LIMITS.items():
        value = thresholds.get(name, usual)
        if not isinstance(value, int) or not least <= value <= most:
            raise ValueError(
                f"thresholds.{name} is {value!r}: a whole number from {least} to {most}"
            )
        found[name] = value
    window = timedelta(minutes=found["shift_window_minutes"])
    return Settings(window, found["shift_near_metres"], found["absence_reply_days"])


def why_not_arrive(span: Span, window: timedelta, now: datetime) -> DayRefusal | None:
    """Somebody arrives from ``window`` before the start on, and until the end (not included)."""
    if now < span.starts_at - window:
        return DayRefusal.EARLY
    return DayRefusal.OVER if now >= span.ends_at else None


def why_not_leave(span: Span, window: timedelta, now: datetime) -> DayRefusal | None:
    """Somebody leaves until ``window`` after the end, that moment included."""
    return DayRefusal.LATE if now > span.ends_at + window else None


def why_not_call(span: Span, window: timedelta, now: datetime) -> DayRefusal | None:
    """A roll is called from ``window`` before the start to ``window`` after the end, both included.

    Later the organiser writes times down, with a reason.
    """
    if now < span.starts_at - window:
        return DayRefusal.EARLY
    return why_not_leave(span, window, now)


def called_at(span: Span, window: timedelta, now: datetime) -> datetime:
    """When somebody counts as arrived who is ticked now: near the start, from the start on."""
    near = abs(now - span.starts_at) <= window
    return span.starts_at if near else min(now, span.ends_at)


def why_not_times(
    span: Span, window: timedelta, arrived: datetime, left: datetime | None
) -> DayRefusal | None:
    """Times that are written down later lie within the windows, both edges included."""
    first, last = span.starts_at - window, span.ends_at + window
    if any(at is not None and not first <= at <= last for at in (arrived, left)):
        return DayRefusal.OUTSIDE
    return DayRefusal.BACKWARDS if left is not None and left <= arrived else None


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """How far two points (longitude, latitude) are from each other, on a sphere."""
    (lon, lat), (lon2, lat2) = (tuple(map(radians, point)) for point in (one, other))
    half = sin((lat2 - lat) / 2) ** 2 + cos(lat) * cos(lat2) * sin((lon2 - lon) / 2) ** 2
    return 2 * _EARTH_METRES * asin(sqrt(min(half, 1)))

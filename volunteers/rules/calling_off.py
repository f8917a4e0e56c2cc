"""Calling a whole day off: what must be said, and whether it is still what was shown."""

from collections.abc import Iterable
from enum import StrEnum
from hashlib import sha256
from uuid import UUID


class CallOffRefusal(StrEnum):
    """Why a day is not called off."""

    NO_PLACE = "call_off.no_place"
    NO_DAY = "call_off.no_day"
    PAST = "call_off.past"
    NOTHING = "call_off.nothing"
    NO_REASON = "call_off.no_reason"
    CHANGED = "call_off.changed"
    NOT_CALLED_OFF = "call_off.not_called_off"
    PAST_COPY = "call_off.past_copy"


def print_of(shifts: Iterable[tuple[UUID, int]]) -> str:
    """A short mark of what a preview showed: the shifts and how many people each has."""
    text = "\n".join(f"{shift_id.hex} {people}" for shift_id, people in shifts)
    return sha256(text.encode()).hexdigest()[:16]

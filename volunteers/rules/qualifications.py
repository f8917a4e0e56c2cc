"""What somebody has learnt: shown with evidence, checked by another, valid for a time. Pure."""

from datetime import date
from enum import StrEnum
from typing import Final

LONGEST_YEARS: Final = 50


class QualificationState(StrEnum):
    """Where a qualification stands. That it has run out is read from the clock."""

    WAITING = "waiting"
    VALID = "valid"
    REJECTED = "rejected"


class QualificationRefusal(StrEnum):
    """Why a qualification is not taken, or not checked."""

    UNKNOWN = "qualification.unknown"
    NO_PHOTO = "qualification.no_photo"
    NO_PLACE = "qualification.no_place"
    DATES = "qualification.dates"
    OVER = "qualification.over"
    CHANGED = "qualification.changed"
    NO_REASON = "qualification.no_reason"


def flaw_of(valid_from: date, valid_to: date | None, today: date) -> QualificationRefusal | None:
    """What is wrong with the days of a qualification, or None."""
    if valid_from > today or (valid_to is not None and valid_to < valid_from):
        return QualificationRefusal.DATES
    if valid_to is not None and valid_to.year - valid_from.year > LONGEST_YEARS:
        return QualificationRefusal.DATES
    return QualificationRefusal.OVER if valid_to is not None and valid_to < today else None

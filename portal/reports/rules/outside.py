"""Bodies outside of this portal: courts, the petition office, emergency numbers, other hotlines."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

LONGEST_WAIT: Final = timedelta(days=366)


class OutsideKind(StrEnum):
    """How a case was sent there: the reporter is told where to go, or we handed it over."""

    REFERRED = "referred"
    HANDED_OVER = "handed_over"


class OutsideRefusal(StrEnum):
    """Why a matter is not sent there."""

    BODY_MISSING = "outside.body_missing"
    PAST_DAY = "outside.past_day"
    FAR_DAY = "outside.far_day"


def why_not_answer_by(day: date | None, today: date) -> OutsideRefusal | None:
    """Whether an answer can be asked for by a day: until then a link may be good."""
    if day is None:
        return None
    if day < today:
        return OutsideRefusal.PAST_DAY
    return OutsideRefusal.FAR_DAY if day > today + LONGEST_WAIT else None


@dataclass(frozen=True)
class Body:
    """One body. ``phone`` and ``link`` may be empty; ``when`` says what it is for."""

    code: str
    phone: str
    link: str
    names: Mapping[str, str]
    when: Mapping[str, str]

"""Bodies outside of this portal: courts, the petition office, emergency numbers, other hotlines."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class OutsideKind(StrEnum):
    """How a case was sent there: the reporter is told where to go, or we handed it over."""

    REFERRED = "referred"
    HANDED_OVER = "handed_over"


class OutsideRefusal(StrEnum):
    """Why a matter is not sent there."""

    BODY_MISSING = "outside.body_missing"
    PAST_DAY = "outside.past_day"


@dataclass(frozen=True)
class Body:
    """One body. ``phone`` and ``link`` may be empty; ``when`` says what it is for."""

    code: str
    phone: str
    link: str
    names: Mapping[str, str]
    when: Mapping[str, str]

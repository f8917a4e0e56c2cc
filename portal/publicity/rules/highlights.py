"""Highlights of a pilot (亮点, R003): what an office says of a month in its place. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

LONGEST_WORDS: Final = 300
LONGEST_WHY: Final = 300
MONTH_LENGTH: Final = 7


class HighlightRefusal(StrEnum):
    """Why something is not said in the report of a pilot."""

    NO_PLACE = "highlight.no_place"
    NO_UNIT = "highlight.no_unit"
    NO_MONTH = "highlight.no_month"
    LEADS_TO_SOMEBODY = "highlight.leads_to_somebody"
    OWN = "highlight.own"
    MOVED_ON = "highlight.moved_on"
    NO_REASON = "highlight.no_reason"


@dataclass(frozen=True)
class HighlightWish:
    """What is said, by which unit (its code), of which place (its code) and month."""

    place: str
    month: str
    unit: str
    words: str


def why_not_approve(who: UUID | None, writer: UUID | None) -> HighlightRefusal | None:
    """Somebody else than who wrote it approves."""
    return HighlightRefusal.OWN if who is None or who == writer else None

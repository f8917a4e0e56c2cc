"""The two lists of shops (L6, L7): who may stand there, how long, and what keeps a row off. Pure.

红榜 is for frontages that are kept well; 待整改公示 stays off until a place names its legal basis.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from pledges.rules.standing import ListKind

# how a list is called in an address
SLUGS: Final[Mapping[str, ListKind]] = {
    "exemplary": ListKind.EXEMPLARY, "to-rectify": ListKind.TO_RECTIFY,
}  # fmt: skip
EXEMPLARY_DAYS: Final = 90
# what nobody confirmed in this time is dropped
PROPOSED_DAYS: Final = 30
LEAST_STARS: Final = 4
# what was handed to enforcement weighs as long as a quarter does in the stars
HANDED_OVER_DAYS: Final = 365


class ListRefusal(StrEnum):
    """Why nothing is put on a list, or a list is not switched on."""

    NOT_EXEMPLARY = "list.not_exemplary"
    THERE = "list.there"
    NOT_PROPOSED = "list.not_proposed"
    APPEAL_OPEN = "list.appeal_open"
    APPEAL_DAYS = "list.appeal_days"
    OVER = "list.over"
    OFF = "list.off"
    NO_BASIS = "list.no_basis"
    NO_SUCH_AREA = "list.no_such_area"
    ON_ALREADY = "list.on_already"


def exemplary_until(day: date) -> date:
    """The last day of a row that is confirmed on a day."""
    return day + timedelta(days=EXEMPLARY_DAYS)


def is_exemplary(stars: int | None, open_breaches: int) -> bool:
    """At least four stars in the last closed quarter, and nothing that is not put right."""
    return stars is not None and stars >= LEAST_STARS and not open_breaches

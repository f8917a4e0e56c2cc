"""Standing of a shop: stars of closed quarters, lists, replies; codes and lengths."""

from enum import StrEnum
from typing import Final

FEWEST_STARS: Final = 1
MOST_STARS: Final = 5
# 2026-4
QUARTER_LENGTH: Final = 6
FORMULA_LENGTH: Final = 20
LONGEST_BASIS: Final = 300
LONGEST_REASON: Final = 300
LONGEST_REPLY: Final = 400


class ListKind(StrEnum):
    """红榜 and 待整改公示; the second is off until a place switches it on with its basis."""

    EXEMPLARY = "exemplary"
    TO_RECTIFY = "to_rectify"


class ListingState(StrEnum):
    """``SUSPENDED``: an appeal is open, and nobody is shown it."""

    PROPOSED = "proposed"
    SHOWN = "shown"
    SUSPENDED = "suspended"
    REMOVED = "removed"
    EXPIRED = "expired"


class ReplyState(StrEnum):
    """A public reply of an owner is checked first."""

    WAITING = "waiting"
    SHOWN = "shown"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"

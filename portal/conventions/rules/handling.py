"""What a community settles by itself (R254, R282): it names an act and a place, never a person.

There is no fine and no deduction in it, and no field that could carry one.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from portal.conventions.rules.checking import Finding, findings_in
from portal.conventions.rules.community import LONGEST_ADDRESS, HandlingEnd, HandlingWay

LONGEST_NOTE: Final = 1000
# a telephone, an identity card, a number plate in figures: whatever leads to somebody
_NUMBER: Final = re.compile(r"\d(?:[\s-]?\d){6,}")
# what a community does in words under a clause; to put a thing right needs none
UNDER_A_CLAUSE: Final = (HandlingWay.PERSUADE, HandlingWay.REMIND, HandlingWay.MEDIATE)


class HandlingRefusal(StrEnum):
    """Why a record is not kept, or not closed."""

    NO_PLACE = "handling.no_place"
    LONG = "handling.long"
    FINE = "handling.fine"
    PERSON = "handling.person"
    NO_CLAUSE = "handling.no_clause"
    CLOSED = "handling.closed"
    NOT_HEAD = "handling.not_head"


@dataclass(frozen=True)
class HandlingWish:
    """What was done where. ``clause``: the id of a clause of the version, or nothing."""

    way: HandlingWay
    located: str
    note: str = ""
    clause: str = ""
    outcome: HandlingEnd | None = None


def why_not_keep(wish: HandlingWish) -> tuple[HandlingRefusal, str] | None:
    """What is wrong with it, with the name of its field."""
    if not wish.located.strip():
        return HandlingRefusal.NO_PLACE, "located"
    for field, text, most in (
        ("located", wish.located, LONGEST_ADDRESS), ("note", wish.note, LONGEST_NOTE),
    ):  # fmt: skip
        if len(text) > most:
            return HandlingRefusal.LONG, field
        if Finding.FINE in findings_in(text):
            return HandlingRefusal.FINE, field
        if _NUMBER.search(text):
            return HandlingRefusal.PERSON, field
    if wish.way in UNDER_A_CLAUSE and not wish.clause:
        return HandlingRefusal.NO_CLAUSE, "clause"
    return None

"""Disclosure (R201, R237): what goes in, what comes out, and the key tasks with their state."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

LONGEST_TITLE: Final = 80
LONGEST_GOAL: Final = 500
LONGEST_SOURCE: Final = 200
LONGEST_LINK: Final = 300
LONGEST_NOTE: Final = 300
NUMBER_LENGTH: Final = 16
ROLE_LENGTH: Final = 40
FIRST_YEAR, LAST_YEAR = 1990, 2100
MOST: Final = 10**15


class InputKind(StrEnum):
    """What is put into city management; ``POPULATION`` is what shares are of."""

    FUNDS = "funds"
    STAFF = "staff"
    VEHICLES = "vehicles"
    POPULATION = "population"


class TaskState(StrEnum):
    """How a key task stands. What is under way after its day is late; the clock says so."""

    UNDER_WAY = "under_way"
    DONE = "done"
    GIVEN_UP = "given_up"


class DisclosureRefusal(StrEnum):
    """Why something is not disclosed like this."""

    NO_PLACE = "disclosure.no_place"
    NO_UNIT = "disclosure.no_unit"
    BAD_LINK = "disclosure.bad_link"
    NO_REASON = "disclosure.no_reason"
    MOVED_ON = "disclosure.moved_on"
    NOBODY = "disclosure.nobody"


@dataclass(frozen=True)
class InputWish:
    """A figure with its source. ``amount``: yuan, people or pieces, as whole numbers."""

    kind: InputKind
    place: str
    year: int
    amount: int
    title: str
    source: str
    link: str = ""


@dataclass(frozen=True)
class TaskWish:
    """A key task: who leads it, until when."""

    title: str
    goal: str
    unit: str
    place: str
    due_on: date
    source: str


def is_link(text: str) -> bool:
    """Whether a text is an address of the web that a reader may follow."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.username

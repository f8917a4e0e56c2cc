"""Visits at the door (入户): what they are for. A note of one holds nothing about a person."""

from enum import StrEnum
from typing import Final

LONGEST_WORDS: Final = 300


class VisitPurpose(StrEnum):
    """Why somebody came (R278, R295)."""

    EXPLAIN = "explain"
    NOTICE = "notice"
    SIGNING = "signing"
    HELP = "help"
    FOLLOW_UP = "follow_up"


class VisitRefusal(StrEnum):
    """What keeps a visit from being noted."""

    NO_PURPOSE = "visit.no_purpose"
    NOT_AGREED = "visit.not_agreed"

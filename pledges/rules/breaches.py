"""The life of a breach: states, steps, answers. The edges and days of the ladder stand here too."""

from enum import StrEnum
from typing import Final

LONGEST_NOTICE: Final = 400
LONGEST_REASON: Final = 300


class BreachState(StrEnum):
    """How far a breach has come. ``VOID``: an appeal was upheld, or it was found by mistake."""

    REMINDED = "reminded"
    TO_RECTIFY = "to_rectify"
    RECORDED = "recorded"
    LISTED = "listed"
    HANDED_OVER = "handed_over"
    RECTIFIED = "rectified"
    VOID = "void"


class BreachStep(StrEnum):
    """The ladder, and what takes a breach off it (R044)."""

    REMIND = "remind"
    DEMAND = "demand"
    RECORD = "record"
    LIST = "list"
    HAND_OVER = "hand_over"
    SAY_RECTIFIED = "say_rectified"
    FIND_RECTIFIED = "find_rectified"
    SUSPEND = "suspend"
    RESUME = "resume"
    OPEN_CASE = "open_case"
    PROPOSE_CONDUCT = "propose_conduct"
    VOID = "void"


class AnswerKind(StrEnum):
    """What the shop says to a breach."""

    REPLY = "reply"
    RECTIFIED = "rectified"
    APPEAL = "appeal"


class AppealOutcome(StrEnum):
    """What came of an appeal."""

    UPHELD = "upheld"
    REJECTED = "rejected"
    DROPPED = "dropped"

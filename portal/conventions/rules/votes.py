"""Votes: who is on the roll, how a ballot comes, what a paper tally is compared with."""

from enum import StrEnum
from typing import Final

ROLL_LENGTH: Final = 20
LONGEST_BOX: Final = 40


class VoteState(StrEnum):
    """Where a vote stands. ``VOID``: called by mistake, with a reason, and called anew."""

    CALLED = "called"
    OPEN = "open"
    CLOSED = "closed"
    DECIDED = "decided"
    VOID = "void"


class VoteWay(StrEnum):
    """By an assembly, or in writing (书面征求意见)."""

    ASSEMBLY = "assembly"
    WRITTEN = "written"


class BallotWay(StrEnum):
    """How a ballot was cast."""

    SCREEN = "screen"
    PAPER = "paper"

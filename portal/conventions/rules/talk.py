"""Wishes, comments, proposals of words, and what is answered."""

from enum import StrEnum
from typing import Final

LONGEST_SAID: Final = 1000
# of one person in one round: who has more to say writes them together
MOST_WISHES: Final = 10
MOST_COMMENTS: Final = 30


class Channel(StrEnum):
    """How something came: on the screen, or on paper and typed by staff."""

    SCREEN = "screen"
    PAPER = "paper"


class SaidKind(StrEnum):
    """What somebody says to a text: a comment, or other words for a clause."""

    COMMENT = "comment"
    PROPOSAL = "proposal"


class SaidState(StrEnum):
    """Whether others read it."""

    WAITING = "waiting"
    SHOWN = "shown"
    HIDDEN = "hidden"
    TAKEN_BACK = "taken_back"


class Answer(StrEnum):
    """What became of it in the text."""

    TAKEN = "taken"
    PARTLY = "partly"
    NOT_TAKEN = "not_taken"


class ReviewState(StrEnum):
    """Where a review by the street stands."""

    ASKED = "asked"
    PASSED = "passed"
    RETURNED = "returned"


class TalkRefusal(StrEnum):
    """Why something said is not taken, or not decided."""

    CLOSED = "talk.closed"
    TOO_MANY = "talk.too_many"
    DECIDED = "talk.decided"
    NO_REASON = "talk.no_reason"
    OWN = "talk.own"
    NOT_DISCUSSED = "talk.not_discussed"
    NO_PROPOSAL = "talk.no_proposal"
    CLAUSE_GONE = "talk.clause_gone"
    NOTHING_CHOSEN = "talk.nothing_chosen"

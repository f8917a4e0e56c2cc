"""Rating what one took part in, and a word of an organiser to one volunteer. Pure.

About a person nobody collects ratings: what is said of her is said to her (条例, article 20).
"""

from enum import StrEnum
from typing import Final

LONGEST_FEEDBACK: Final = 500
# days; afterwards it is forgotten, read or not
KEEP_FEEDBACK: Final = 365


class FeedbackKind(StrEnum):
    """What an organiser says to one volunteer."""

    THANKS = "thanks"
    ADVICE = "advice"


class RatingRefusal(StrEnum):
    """Why a shift cannot be rated."""

    NOT_SERVED = "shift_rating.not_served"


class FeedbackRefusal(StrEnum):
    """Why a word to a volunteer is not kept."""

    NOT_SERVED = "feedback.not_served"
    ONESELF = "feedback.oneself"
    WRITTEN = "feedback.written"
    NO_WORDS = "feedback.no_words"

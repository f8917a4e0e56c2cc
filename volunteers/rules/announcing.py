"""Messages of organisers to a team or to all on a shift: what may be written, how often. Pure."""

from enum import StrEnum
from typing import Final

LONGEST_WORDS: Final = 300
MOST_SHOWN: Final = 50


class AnnouncingRefusal(StrEnum):
    """Why a message does not go out."""

    NO_WORDS = "announcing.no_words"
    TOO_LONG = "announcing.too_long"
    PERSONAL = "announcing.personal"
    NOBODY = "announcing.nobody"
    TOO_OFTEN = "announcing.too_often"
    SAME = "announcing.same"
    OVER = "announcing.over"


def flaw_of_words(words: str) -> AnnouncingRefusal | None:
    """What is wrong with the words, if anything is."""
    if not words:
        return AnnouncingRefusal.NO_WORDS
    return AnnouncingRefusal.TOO_LONG if len(words) > LONGEST_WORDS else None

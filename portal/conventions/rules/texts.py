"""A text in clauses: lengths, what clauses are about, scripts beside the Chinese, digests."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

LONGEST_TITLE: Final = 80
LONGEST_HEADING: Final = 60
LONGEST_CLAUSE: Final = 4000
LONGEST_PREAMBLE: Final = 2000
LONGEST_READING: Final = 20_000
LONGEST_REASON: Final = 400
LONGEST_WORDS: Final = 2000
LONGEST_QUOTE: Final = 300
LONGEST_SOURCE: Final = 200
LONGEST_PASTE: Final = 200_000
MOST_CLAUSES: Final = 200
SCRIPT_LENGTH: Final = 12
DIGEST_LENGTH: Final = 64


class Topic(StrEnum):
    """What a clause is about (R119, R140, R021)."""

    AIM = "aim"
    MORALS = "morals"  # 公序良俗
    NEIGHBOURS = "neighbours"
    CLEANLINESS = "cleanliness"
    SORTING = "sorting"
    PETS = "pets"
    PARKING = "parking"
    SAFETY = "safety"
    PROPERTY = "property"
    CUSTOMS = "customs"
    TRADE = "trade"
    DUTIES = "duties"
    HANDLING = "handling"
    OTHER = "other"


class Script(StrEnum):
    """Languages that may stand beside the Chinese, by their BCP 47 tag; content, not pages."""

    DAI = "khb"
    DEHONG_DAI = "tdd"
    TIBETAN = "bo"
    UYGHUR = "ug"
    MONGOLIAN = "mn"
    KAZAKH = "kk"
    KOREAN = "ko"
    ZHUANG = "za"
    YI = "ii"
    ENGLISH = "en"


# read from the right
RIGHT_TO_LEFT: Final = frozenset({Script.UYGHUR, Script.KAZAKH})


class EditState(StrEnum):
    """What became of what a drafter wrote: it stands, or lies aside until two are put together."""

    SAVED = "saved"
    ASIDE = "aside"
    MERGED = "merged"
    DROPPED = "dropped"


@dataclass(frozen=True)
class ClauseText:
    """A clause as it is read. ``scripts``: by language tag."""

    key: str
    heading: str
    words: str
    topic: Topic = Topic.OTHER
    scripts: Mapping[str, str] = field(default_factory=dict)


def quote_hash(heading: str, words: str) -> str:
    """What a comment, and whoever lets words stand, remembers of a clause as it was read."""
    return hashlib.sha256("".join(f"{heading}{words}".split()).encode()).hexdigest()


def mark_of(*said: str) -> str:
    """What a form remembers of words as they stood when it was opened, to the letter: a paragraph
    that somebody cut in two is another text."""
    return hashlib.sha256("\x1f".join(said).encode()).hexdigest()


def content_of(
    number: str, version: int, title: str, preamble: str, clauses: Sequence[ClauseText]
) -> dict[str, object]:
    """A text as it is hashed: everything that is voted on and published."""
    return {
        "convention": number, "version": version, "title": title, "preamble": preamble,
        "clauses": [
            {"key": one.key, "heading": one.heading, "words": one.words,
             "scripts": dict(one.scripts)}
            for one in clauses
        ],
    }  # fmt: skip


class TextRefusal(StrEnum):
    """Why a text is not taken."""

    GONE = "text.gone"
    TOO_MANY = "text.too_many"
    EMPTY = "text.empty"
    NOT_NOW = "text.not_now"
    SETTLED = "text.settled"

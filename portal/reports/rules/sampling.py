"""A random sample that anybody can draw again: the order is that of SHA-256(seed, number). Pure."""

import hashlib
import heapq
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

MOST_CASES, MOST_DAYS, MOST_SEED = 500, 400, 64
MOST_WORDS: Final = 1000


class DrawRefusal(StrEnum):
    """Why no sample is drawn, or a finding is not taken."""

    NO_PERIOD = "draw.no_period"
    LONG_PERIOD = "draw.long_period"
    NOT_OVER = "draw.not_over"
    BAD_SIZE = "draw.bad_size"
    LONG_SEED = "draw.long_seed"
    UNKNOWN_PLACE = "draw.unknown_place"
    NO_CASES = "draw.no_cases"
    NO_FINDING = "draw.no_finding"
    WORDS_MISSING = "draw.words_missing"
    LONG_WORDS = "draw.long_words"
    FOUND_ALREADY = "draw.found_already"


class Finding(StrEnum):
    """What an auditor finds of a sampled case."""

    IN_ORDER = "in_order"
    NOT_IN_ORDER = "not_in_order"


def tidy_seed(text: str) -> str:
    """A seed as it is hashed: one form of each character, no space around it."""
    return unicodedata.normalize("NFC", text).strip()


def rank(seed: str, number: str) -> str:
    """Where a case stands: SHA-256 of ``seed:number`` in UTF-8, as hexadecimal digits."""
    return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()


def draw(seed: str, numbers: Iterable[str], size: int) -> list[str]:
    """The first of all cases in the order of their ranks. Reads the numbers once."""
    return heapq.nsmallest(size, numbers, key=lambda number: rank(seed, number))


def fingerprint(numbers: Iterable[str]) -> str:
    """SHA-256 over the sorted numbers, a line each: so that a later list can be compared."""
    return hashlib.sha256("".join(f"{one}\n" for one in sorted(numbers)).encode()).hexdigest()


def why_not_draw(first: date | None, last: date | None, today: date) -> DrawRefusal | None:
    """Whether a period can be drawn from: whole days that are over, not too many."""
    if first is None or last is None or last < first:
        return DrawRefusal.NO_PERIOD
    if last >= today:
        # what is closed later today would have to be in it too
        return DrawRefusal.NOT_OVER
    return DrawRefusal.LONG_PERIOD if (last - first).days >= MOST_DAYS else None


@dataclass(frozen=True)
class Share:
    """A number of a whole: never one without the other."""

    part: int
    whole: int

    @property
    def percent(self) -> float | None:
        return 100 * self.part / self.whole if self.whole else None

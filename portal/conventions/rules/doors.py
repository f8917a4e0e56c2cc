"""How doors are compared: a household is one, however its door is written. Pure."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from portal.conventions.rules.kinds import DATA
from portal.conventions.rules.lists import rows_of

# the forms of a hyphen that NFKC leaves, and several in a row
_DASH: Final = re.compile(r"[-\u2010-\u2015\u2212]+")
_PART: Final = "part"
_NUMBERED: Final = re.compile(r"[0-9a-z]", re.ASCII)


@dataclass(frozen=True)
class _Words:
    """``numbered``: a number and the word after it; ``means``: what each such word means;
    ``said``: a number in words before one; ``numerals``: what each of its signs means."""

    numbered: re.Pattern[str]
    means: Mapping[str, str]
    said: re.Pattern[str]
    numerals: Mapping[str, int]


def door_key(door: str) -> str:
    """A door as it is compared: its numbers with hyphens between, whatever words it is typed with.

    A part that is left out is not guessed: an entrance more or less is another door, and the third
    entrance is not the third building.
    """
    words = _words()
    plain = "".join(unicodedata.normalize("NFKC", door).casefold().split())
    plain = words.said.sub(lambda found: _number(found[0], words.numerals), plain)
    return _DASH.sub("-", words.numbered.sub(_without_word, plain)).strip("-")


def _without_word(found: re.Match[str]) -> str:
    number, word = found.groups()
    means = _words().means[word]
    is_first = _NUMBERED.search(found.string, 0, found.start()) is None
    return f"{number}{means}-" if is_first and means != _PART else f"{number}-"


@cache
def _words() -> _Words:
    rows = [(row["means"], row["word"]) for row in rows_of(DATA / "door-words.tsv")]
    means = {word: meaning for meaning, word in rows if not meaning.isdigit()}
    # the longest first, or the shorter one within it would be taken
    one_of = "|".join(map(re.escape, sorted(means, key=len, reverse=True)))
    numerals = {word: int(meaning) for meaning, word in rows if meaning.isdigit()}
    signs = re.escape("".join(numerals))
    return _Words(
        re.compile(rf"([0-9a-z]+)({one_of})", re.ASCII),
        means,
        re.compile(rf"[{signs}]+(?={one_of})"),
        numerals,
    )


def _number(said: str, numerals: Mapping[str, int]) -> str:
    """Twenty-one as it is said, or three-oh-two digit by digit."""
    values = [numerals[sign] for sign in said]
    if values.count(10) != 1 or len(values) > 3:
        return "".join(map(str, values))
    at = values.index(10)
    tens, ones = values[:at] or [1], values[at + 1 :] or [0]
    if len(tens) > 1 or len(ones) > 1:
        return "".join(map(str, values))
    return str(tens[0] * 10 + ones[0])

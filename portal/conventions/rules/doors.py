"""How doors are compared: a household is one, however its door is written. Pure."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Final

from portal.conventions.rules.kinds import DATA
from portal.conventions.rules.lists import rows_of

_PART: Final = "part"
# the forms of a hyphen that NFKC leaves, and several in a row
_DASH: Final = re.compile(r"[-\u2010-\u2015\u2212]+")


def door_key(door: str) -> str:
    """A door as it is compared: its numbers with hyphens between, whatever words it is typed with.

    A part that is left out is not guessed: an entrance more or less is another door.
    """
    parts, in_words, numerals = _words()
    plain = "".join(unicodedata.normalize("NFKC", door).casefold().split())
    plain = in_words.sub(lambda found: _number(found[0], numerals), plain)
    return _DASH.sub("-", parts.sub("-", plain)).strip("-")


@cache
def _words() -> tuple[re.Pattern[str], re.Pattern[str], Mapping[str, int]]:
    """Words after a number; numbers in words before such a word; what each of their signs means."""
    rows = [(row["means"], row["word"]) for row in rows_of(DATA / "door-words.tsv")]
    longest_first = sorted((word for means, word in rows if means == _PART), key=len, reverse=True)
    parts = "|".join(map(re.escape, longest_first))
    numerals = {word: int(means) for means, word in rows if means != _PART}
    signs = re.escape("".join(numerals))
    return (
        re.compile(rf"(?<=[0-9a-z])(?:{parts})"),
        re.compile(rf"[{signs}]+(?={parts})"),
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

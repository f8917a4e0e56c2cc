"""Which cases and matters some words name, however they are typed (N1, N3). Pure.

Marks of protected deeds spell a source as ``case:7K3M9-QX2HD`` or ``matter:7K3M9-QX2HD``. Whoever
types one may write around it, use full-width letters or another dash: it stays the same case.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from portal.kernel.ids import NUMBER_LENGTH, clean_number

PREFIXES: Final = ("case", "matter")
_DASHES: Final = re.compile("[\u2010-\u2015\u2212\u2043\u30fc\ufe58\ufe63\uff0d]")
_OTHER: Final = re.compile(r"[^0-9A-Z]+")
_VOLUNTEERING: Final = re.compile(
    r"(?<![a-z])(?:shift|patrol|care|plot)\s*:|volunteer(?:ing| hours?| shifts?| service| work)"
)
WORDS_FILE: Final = Path(__file__).parents[1] / "data" / "volunteering-words.txt"


@cache
def _volunteering_words() -> tuple[str, ...]:
    """Deeds of volunteers in words without spaces: nothing is ever taken for them (N3)."""
    lines = WORDS_FILE.read_text("utf-8").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def tidy_source(typed: str) -> str:
    """A source as it is kept: of nothing but a number, as marks spell it; else as it was typed."""
    text = unicodedata.normalize("NFKC", typed).strip()
    prefix, _, rest = text.rpartition(":")
    number = clean_number(_DASHES.sub("-", rest))
    if not number:
        return typed.strip()
    return f"{'matter' if prefix.strip().casefold() == 'matter' else 'case'}:{number}"


def sources_in(source: str, words: Iterable[str] = ()) -> frozenset[str]:
    """Every source that somebody may have meant: the one she gave, and each number that stands
    in it or in other words of hers, as a case and as a matter."""
    found = {source, tidy_source(source)}
    for text in (source, *words):
        found |= {f"{prefix}:{number}" for number in _numbers(text) for prefix in PREFIXES}
    return frozenset(found)


def _numbers(text: str) -> set[str]:
    """The public numbers in a text, wherever one may begin: what stands between or before its
    characters hides none."""
    run = _OTHER.sub("", unicodedata.normalize("NFKC", text).upper())
    starts = range(len(run) - NUMBER_LENGTH + 1)
    candidates = (clean_number(run[start : start + NUMBER_LENGTH]) for start in starts)
    return {number for number in candidates if number}


def is_volunteering(source: str) -> bool:
    """Whether a source is something that volunteers did (N3)."""
    folded = " ".join(unicodedata.normalize("NFKC", source).casefold().split())
    if _VOLUNTEERING.search(folded) is not None:
        return True
    whole = folded.replace(" ", "")
    return any(word in whole for word in _volunteering_words())

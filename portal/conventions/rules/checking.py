"""The check of words: finds what a convention may not say, fines above all (P7).

It knows words, not meaning: "不罚款" is found too. So it only ever refuses until a person of the
street has looked, and let it stand with a reason. Longer words in which a refused one stands by
chance, and which can be read in no other way, are data: what they cover is not found.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from portal.conventions.rules.kinds import DATA
from portal.conventions.rules.lists import rows_of
from portal.conventions.rules.texts import ClauseText, quote_hash
from portal.kernel.tokens import fold

REFUSED: Final = DATA / "refused-words.tsv"
HARMLESS: Final = DATA / "harmless-words.tsv"
# stands for a sign of a harmless word, so that what is found keeps its place
_COVER: Final = "\0"


class Finding(StrEnum):
    """What is wrong with words."""

    FINE = "fine"
    FORCE = "force"
    SHAME = "shame"
    RIGHTS = "rights"
    UNEQUAL = "unequal"


@dataclass(frozen=True)
class Flag:
    """Words of a clause that the check refuses, every one that says the same thing.

    ``let_stand``: somebody overruled it.
    """

    key: str
    heading: str
    finding: Finding
    words: tuple[str, ...]
    quote_hash: str
    let_stand: bool = False


@cache
def _patterns() -> tuple[tuple[Finding, re.Pattern[str]], ...]:
    return tuple((Finding(row["finding"]), re.compile(row["pattern"])) for row in rows_of(REFUSED))


@cache
def _harmless(finding: Finding, *, folded: bool) -> re.Pattern[str] | None:
    said = "|".join(row["pattern"] for row in rows_of(HARMLESS) if row["finding"] == finding)
    return re.compile(fold(said) if folded else said) if said else None


def _hits(text: str, finding: Finding, pattern: re.Pattern[str], *, folded: bool) -> list[str]:
    """What is found, as it stands in the text."""
    harmless = _harmless(finding, folded=folded)
    seen = harmless.sub(lambda hit: _COVER * len(hit.group()), text) if harmless else text
    return [text[hit.start() : hit.end()] for hit in pattern.finditer(seen)]


def findings_in(words: str) -> dict[Finding, tuple[str, ...]]:
    """What is found, and all words that say it: whoever lets them stand has read them all. Marks of
    Markdown, spaces, signs that are not seen and other forms of a character hide nothing."""
    seen = "".join(sign for sign in words if unicodedata.category(sign) != "Cf")
    bare = re.sub(r"[\s*_`~\\]+", "", seen)
    found = dict[Finding, dict[str, None]]()
    for finding, pattern in _patterns():
        # a folded text may differ in length: what is found in both ways is told as it was typed
        hits = _hits(bare, finding, pattern, folded=False)
        folded = _hits(fold(bare), finding, pattern, folded=True)
        told = hits if len(hits) >= len(folded) else [*hits, *folded]
        if told:
            found.setdefault(finding, {}).update(dict.fromkeys(told))
    return {finding: tuple(told) for finding, told in found.items()}


def flags_of(
    clauses: Iterable[ClauseText], overruled: Collection[tuple[str, Finding, str]]
) -> list[Flag]:
    """Everything that is refused. ``overruled``: clause, finding and the hash of its words."""
    found = list[Flag]()
    for one in clauses:
        said = quote_hash(one.heading, one.words)
        for finding, words in findings_in(f"{one.heading}\n{one.words}").items():
            stands = (one.key, finding, said) in overruled
            found.append(Flag(one.key, one.heading, finding, words, said, stands))
    return found

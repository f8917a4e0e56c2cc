"""The check of words: finds what a convention may not say, fines above all (P7).

It knows words, not meaning: "不罚款" is found too. So it only ever refuses until a person of the
street has looked, and let it stand with a reason.
"""

import csv
import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from portal.conventions.rules.kinds import DATA
from portal.conventions.rules.texts import ClauseText, quote_hash
from portal.kernel.tokens import fold

REFUSED: Final = DATA / "refused-words.tsv"


class Finding(StrEnum):
    """What is wrong with words."""

    FINE = "fine"
    FORCE = "force"
    SHAME = "shame"
    RIGHTS = "rights"
    UNEQUAL = "unequal"


@dataclass(frozen=True)
class Flag:
    """Words of a clause that the check refuses. ``let_stand``: somebody overruled it."""

    key: str
    heading: str
    finding: Finding
    words: str
    quote_hash: str
    let_stand: bool = False


@cache
def _patterns() -> tuple[tuple[Finding, re.Pattern[str]], ...]:
    with REFUSED.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        return tuple(
            (Finding(row["finding"]), re.compile(row["pattern"]))
            for row in csv.DictReader(lines, delimiter="\t")
        )


def findings_in(words: str) -> dict[Finding, str]:
    """What is found, and the first words that say it. Marks of Markdown, spaces, signs that are not
    seen and other forms of a character hide nothing."""
    seen = "".join(sign for sign in words if unicodedata.category(sign) != "Cf")
    bare = re.sub(r"[\s*_`~\\]+", "", seen)
    found = dict[Finding, str]()
    for finding, pattern in _patterns():
        hit = pattern.search(bare) or pattern.search(fold(bare))
        if hit:
            found.setdefault(finding, hit.group())
    return found


def flags_of(
    clauses: Iterable[ClauseText], overruled: Collection[tuple[str, Finding, str]]
) -> list[Flag]:
    """Everything that is refused. ``overruled``: clause, finding and the hash of its words."""
    found = list[Flag]()
    for one in clauses:
        said = quote_hash(one.heading + one.words)
        for finding, words in findings_in(f"{one.heading}\n{one.words}").items():
            stands = (one.key, finding, said) in overruled
            found.append(Flag(one.key, one.heading, finding, words, said, stands))
    return found

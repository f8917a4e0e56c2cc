"""A pasted text cut into clauses at its own numbers (``clause-marks.tsv``), else at empty lines.

Word brings wide spaces, soft breaks and numbers that it made itself; the numbers go, because the
portal counts clauses. No word is lost: what stands before the first clause becomes one.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from portal.conventions.rules.kinds import DATA
from portal.conventions.rules.lists import rows_of
from portal.conventions.rules.texts import LONGEST_CLAUSE, LONGEST_HEADING

MARKS: Final = DATA / "clause-marks.tsv"
_SPACES: Final = re.compile(r"[^\S\n]+")
_SIGNS: Final = re.compile(r"([\\`*_~#>|\[\]])")


@dataclass(frozen=True)
class Pasted:
    """A clause of a pasted text. ``heading`` is empty when the text gives none."""

    heading: str
    words: str


@cache
def _patterns(use: str) -> tuple[re.Pattern[str], ...]:
    return tuple(
        re.compile(rf"^\s*{row['pattern']}\s*", re.MULTILINE)
        for row in rows_of(MARKS, quoted=False)
        if row["use"] == use
    )


def clauses_in(text: str) -> list[Pasted]:
    """The clauses of a text, in order. Of an empty text none."""
    tidy = "\n".join(_SPACES.sub(" ", line).strip() for line in text.splitlines()).strip()
    return [one for part in _parts(tidy) if part for one in _clauses(part)]


def _parts(text: str) -> list[str]:
    for mark in _patterns("mark"):
        starts = list(mark.finditer(text))
        if len(starts) > 1:
            ends = [one.start() for one in starts[1:]] + [len(text)]
            found = [text[one.end() : end] for one, end in zip(starts, ends, strict=True)]
            return [part.strip() for part in (text[: starts[0].start()], *found)]
    return [part.strip() for part in re.split(r"\n{2,}", text)]


def _clauses(part: str) -> list[Pasted]:
    heading, words = _headed(part)
    # signs of Markdown that somebody typed in Word are signs
    words = _SIGNS.sub(r"\\\1", words)
    # what is longer than a clause may be is several: no word is lost
    cut = [words[at : at + LONGEST_CLAUSE] for at in range(0, len(words), LONGEST_CLAUSE)]
    return [Pasted(heading if at == 0 else "", piece) for at, piece in enumerate(cut)]


def _headed(part: str) -> tuple[str, str]:
    for pattern in _patterns("heading"):
        found = pattern.match(part)
        words = part[found.end() :].strip() if found else ""
        if found and words and len(found[1]) <= LONGEST_HEADING:
            return found[1], words
    return "", part

"""Prepared words for answers: for which steps, with which blanks, when they say nothing. Pure."""

import csv
import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from portal.reports.rules.codes import Event

# the steps whose words can be prepared
STEPS: Final = (Event.ASK, Event.REFUSE, Event.RESPOND, Event.HANDLE, Event.CLOSE)
# words of these steps are the answer to a report: one that says nothing is none
ANSWERS: Final = frozenset({Event.HANDLE, Event.CLOSE})
MOST_TITLE, MOST_WORDS = 60, 1500


class Blank(StrEnum):
    """What may be filled in: nothing that tells who reported."""

    NUMBER = "number"
    KIND = "kind"
    STREET = "street"
    PROMISED = "promised"


BLANKS_FILE: Final = Path(__file__).parents[1] / "data" / "reply-blanks.tsv"
_BLANK = re.compile(r"\{([^{}]*)\}")


class ReplyRefusal(StrEnum):
    """Why prepared words are not kept, or words are no answer."""

    NO_TITLE = "reply.no_title"
    NO_WORDS = "reply.no_words"
    UNKNOWN_BLANK = "reply.unknown_blank"
    BAD_STEP = "reply.bad_step"
    BAD_LANGUAGE = "reply.bad_language"
    BAD_KIND = "reply.bad_kind"
    NOT_YOURS = "reply.not_yours"
    CHANGED = "reply.changed"
    SAYS_NOTHING = "reply.says_nothing"
    NOT_CHOSEN = "reply.not_chosen"


@cache
def blank_names() -> Mapping[str, Blank]:
    """How each blank may be written; every way is understood in every language."""
    with BLANKS_FILE.open(encoding="utf-8", newline="") as file:
        return {row["name"]: Blank(row["blank"]) for row in csv.DictReader(file, delimiter="\t")}


def unknown_blanks(words: str) -> list[str]:
    """What stands in braces and is no blank of the list."""
    found = (name.strip() for name in _BLANK.findall(words))
    return list(dict.fromkeys(name for name in found if name not in blank_names()))


def filled(words: str, values: Mapping[Blank, str]) -> str:
    """The words with their blanks filled; one that is not known stays as it was written."""

    def value(match: re.Match[str]) -> str:
        blank = blank_names().get(match.group(1).strip())
        return values[blank] if blank is not None else match.group(0)

    return _BLANK.sub(value, words)


def added(typed: str, prepared: str) -> str:
    """Prepared words behind what was typed already, so that nothing typed is lost."""
    typed = typed.strip()
    if not typed or typed == prepared or prepared in typed:
        return typed or prepared
    return f"{typed}\n{prepared}"

"""Role models and honours: what there is to be honoured for, and what may happen to a nomination.

A nomination is checked by staff, the nominee is asked, and somebody else decides. Whoever is
silent is recorded and not shown (P6, L6); whoever declines leaves nothing behind.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final
from uuid import UUID

from credit.rules.kinds import Party

KINDS_FILE: Final = Path(__file__).parents[1] / "data" / "honour-kinds.tsv"
LANGUAGES: Final = ("zh_Hans", "zh_Hant", "en")
# words of nominators go so long after the decision
KEEP_WORDS: Final = timedelta(days=180)
# what nobody has checked or decided goes whole
KEEP_OPEN: Final = timedelta(days=365)
MOST_WORDS: Final = 1000
MOST_WHOM: Final = 200
MOST_CITATION: Final = 300
MOST_NAME: Final = 40
NOMINATIONS_A_DAY: Final = 5


class HonourState(StrEnum):
    """How far a nomination has come. A rejected one is deleted and has no state."""

    NOMINATED = "nominated"
    ASKED = "asked"
    GRANTED = "granted"
    # kept to the end of its year, so that she is not asked again
    DECLINED = "declined"


class Wish(StrEnum):
    """What a nominee wants."""

    SHOWN = "shown"
    HIDDEN = "hidden"
    DECLINE = "decline"


class HonourRefusal(StrEnum):
    """Why a step with an honour is not taken."""

    UNKNOWN_KIND = "honour.unknown_kind"
    UNKNOWN_PLACE = "honour.unknown_place"
    UNKNOWN_NOMINEE = "honour.unknown_nominee"
    NOT_YOURSELF = "honour.not_yourself"
    CHILD = "honour.child"
    TOO_MANY = "honour.too_many"
    NO_WORDS = "honour.no_words"
    NO_CITATION = "honour.no_citation"
    MOVED_ON = "honour.moved_on"
    NOT_ANSWERED = "honour.not_answered"
    SAME_PERSON = "honour.same_person"
    NO_NAME = "honour.no_name"
    TOO_YOUNG = "honour.too_young"
    LONG = "honour.long"


@dataclass(frozen=True)
class HonourKind:
    """One row of the list of kinds: for whom, at which level it is decided, what it earns.

    ``fact`` is the code under which the ledger's rules give points; ``shown_days`` how long an
    honour stands in public, ``answer_days`` how long a nominee has to answer.
    """

    code: str
    of: Party
    decides: str
    fact: str
    shown_days: int
    answer_days: int
    valid_from: date
    valid_to: date | None
    source: str
    names: Mapping[str, str]
    needs: Mapping[str, str]


@cache
def honour_kinds(path: Path = KINDS_FILE) -> tuple[HonourKind, ...]:
    """All kinds that there ever were, in the order of the file. Raises ValueError, KeyError."""
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(_kind(row) for row in csv.DictReader(file, delimiter="\t"))


def _kind(row: Mapping[str, str]) -> HonourKind:
    return HonourKind(
        code=row["code"],
        of=Party(row["of"]),
        decides=row["decides"],
        fact=row["fact"],
        shown_days=int(row["shown_days"]),
        answer_days=int(row["answer_days"]),
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        source=row["source"],
        names={language: row[language] for language in LANGUAGES},
        needs={language: row[f"needs_{language}"] for language in LANGUAGES},
    )


def kinds_on(kinds: Iterable[HonourKind], day: date) -> list[HonourKind]:
    """The kinds that are given on a day: of each code the row that holds then."""
    return [
        kind
        for kind in kinds
        if kind.valid_from <= day and (kind.valid_to is None or day < kind.valid_to)
    ]


def kind_of(code: str, day: date) -> HonourKind | None:
    """A kind as it is on a day; one that has ended is still known by what it was last."""
    rows = [kind for kind in honour_kinds() if kind.code == code]
    return next(iter(kinds_on(rows, day)), rows[-1] if rows else None)


@dataclass(frozen=True)
class Standing:
    """What decides which step is next. ``place_path`` is that of the nomination."""

    state: HonourState
    party: Party
    holder_id: UUID | None
    wish: Wish | None
    answer_until: datetime | None
    checker_id: UUID | None
    nominators: frozenset[UUID]

    def ready(self, now: datetime) -> bool:
        """Whether it can be decided: she has answered, or her time is over. Shops are not asked."""
        if self.state is not HonourState.ASKED:
            return False
        answered = self.wish is not None or self.party is Party.SHOP
        return answered or (self.answer_until is not None and self.answer_until <= now)


def why_not_decide(standing: Standing, decider: UUID | None, now: datetime) -> HonourRefusal | None:
    """Why somebody cannot decide: not yet, or she nominated it, checked it, or is it herself."""
    if standing.state is not HonourState.ASKED:
        return HonourRefusal.MOVED_ON
    if not standing.ready(now):
        return HonourRefusal.NOT_ANSWERED
    involved = {standing.checker_id, standing.holder_id, *standing.nominators}
    return HonourRefusal.SAME_PERSON if decider is None or decider in involved else None


def is_shown(
    state: HonourState, party: Party, wish: Wish | None, shown_until: datetime | None, now: datetime
) -> bool:
    """Whether an honour stands in public: of a shop always, of a person only by her wish (L6)."""
    if state is not HonourState.GRANTED or shown_until is None or shown_until <= now:
        return False
    return party is Party.SHOP or wish is Wish.SHOWN

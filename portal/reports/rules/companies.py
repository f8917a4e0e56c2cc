"""What is held against a service company, and how it is heard before it counts (R250). Pure.

A step of its standing, a spot check and a score are heard alike: notice, some days for the company
to answer, and somebody else who settles it.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final
from uuid import UUID

from portal.organisations.rules import CompanyStanding

AXES_FILE: Final = Path(__file__).parents[1] / "data" / "company-check-axes.tsv"
WORST, BEST = 0, 10
MOST_WORDS, LONGEST_BASIS, LONGEST_SPOT = 1000, 200, 200

S = CompanyStanding
# how a company stands → how it may stand next
NEXT: Final[Mapping[CompanyStanding | None, tuple[CompanyStanding, ...]]] = MappingProxyType(
    {
        None: (S.ADMITTED, S.ACTIVE),
        S.ADMITTED: (S.ACTIVE, S.EXITED),
        S.ACTIVE: (S.WARNED, S.SUSPENDED, S.EXITED),
        S.WARNED: (S.ACTIVE, S.SUSPENDED, S.EXITED),
        S.SUSPENDED: (S.ACTIVE, S.EXITED),
        # whoever comes back begins anew
        S.EXITED: (S.ADMITTED,),
    }
)
# the company is heard before these
ADVERSE: Final = frozenset({S.WARNED, S.SUSPENDED, S.EXITED})


class Outcome(StrEnum):
    """How a hearing ended: it stands as it was said, or it is dropped."""

    STANDS = "stands"
    DROPPED = "dropped"


class Matter(StrEnum):
    """What a company is heard about."""

    STEP = "step"
    CHECK = "check"
    SCORE = "score"


class CompanyRefusal(StrEnum):
    """Why something about a company is not done."""

    NO_STEP = "company.no_step"
    STEP_OPEN = "company.step_open"
    NO_REASON = "company.no_reason"
    NO_BASIS = "company.no_basis"
    NO_WORDS = "company.no_words"
    NO_OUTCOME = "company.no_outcome"
    TOO_EARLY = "company.too_early"
    OWN_PROPOSAL = "company.own_proposal"
    OF_THE_COMPANY = "company.of_the_company"
    SETTLED = "company.settled"
    SAID_ALREADY = "company.said_already"
    TOO_LATE = "company.too_late"
    NOTHING_SAID = "company.nothing_said"
    NO_CONTRACT = "company.no_contract"
    NO_SPOT = "company.no_spot"
    NO_MARK = "company.no_mark"
    BAD_DAY = "company.bad_day"


@dataclass(frozen=True)
class Heard:
    """How far a hearing is."""

    made_by: UUID | None
    answer_until: datetime
    said_at: datetime | None
    outcome: Outcome | None

    @property
    def disputed(self) -> bool:
        """Whether the company objects and nobody has answered: said wherever it is shown."""
        return self.said_at is not None and self.outcome is None


def why_not_say(heard: Heard, now: datetime) -> CompanyRefusal | None:
    """Why the company cannot say anything more."""
    if heard.outcome is not None:
        return CompanyRefusal.SETTLED
    if heard.said_at is not None:
        return CompanyRefusal.SAID_ALREADY
    return CompanyRefusal.TOO_LATE if now >= heard.answer_until else None


def why_not_settle(
    heard: Heard, by: UUID | None, now: datetime, *, adverse: bool, objected: bool
) -> CompanyRefusal | None:
    """Why somebody does not settle it now. ``adverse``: the company has its days first.

    ``objected``: only what the company objects to has to be settled at all.
    """
    if heard.outcome is not None:
        return CompanyRefusal.SETTLED
    if by is None or by == heard.made_by:
        return CompanyRefusal.OWN_PROPOSAL
    if objected and heard.said_at is None:
        return CompanyRefusal.NOTHING_SAID
    waits = adverse and heard.said_at is None and now < heard.answer_until
    return CompanyRefusal.TOO_EARLY if waits else None


def counts(heard: Heard, now: datetime) -> bool:
    """Whether a spot check counts: it was upheld, or the company let its days pass."""
    if heard.outcome is not None:
        return heard.outcome is Outcome.STANDS
    return heard.said_at is None and now >= heard.answer_until


def why_not_day(day: date | None, today: date, most: int) -> CompanyRefusal | None:
    """Why nothing is written of a check on some day; ``most`` days after it."""
    good = day is not None and today - timedelta(days=most) <= day <= today
    return None if good else CompanyRefusal.BAD_DAY


@cache
def axes() -> Mapping[str, Mapping[str, str]]:
    """What a spot check looks at, with its names."""
    with AXES_FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    languages = ("zh_Hans", "zh_Hant", "en")
    return {row["code"]: {one: row[one] for one in languages} for row in rows}

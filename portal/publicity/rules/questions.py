"""Public questions to units (问政): who reads them when, how long a unit has, what an asker may do.

A question is not a report: it asks a unit to explain. What is broken somewhere is reported.
"""

import csv
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from portal.organisations.rules import OrganisationKind

DEADLINES_FILE: Final = Path(__file__).parents[1] / "data" / "question-deadlines.tsv"
LONGEST_TITLE: Final = 60
LONGEST_WORDS: Final = 1000
LONGEST_ANSWER: Final = 3000
LONGEST_REASON: Final = 300
NUMBER_LENGTH: Final = 16
ROLE_LENGTH: Final = 40
# of one person, as long as they are not answered: who has more to ask waits
MOST_OPEN: Final = 5
# whoever answers for a government; a company is asked through the unit that supervises it, and the
# command centre decides what others read, so that it is not asked itself
ASKED_KINDS: Final = frozenset({OrganisationKind.STREET_OFFICE, OrganisationKind.DEPARTMENT})


class QuestionState(StrEnum):
    """Whether others read it."""

    WAITING = "waiting"
    SHOWN = "shown"
    HIDDEN = "hidden"
    TAKEN_BACK = "taken_back"


class HiddenWhy(StrEnum):
    """Why a question is not published. Whoever asked is told, and may appeal."""

    REPORT = "report"
    OTHER_UNIT = "other_unit"
    PERSON = "person"
    INSULT = "insult"
    ASKED_ALREADY = "asked_already"
    NO_QUESTION = "no_question"
    OTHER = "other"


class Standing(StrEnum):
    """How a published question stands, for whoever looks for one."""

    OPEN = "open"
    LATE = "late"
    ANSWERED = "answered"


class QuestionRefusal(StrEnum):
    """Why something about a question is not done."""

    NO_UNIT = "question.no_unit"
    NO_PLACE = "question.no_place"
    NO_CAPACITY = "question.no_capacity"
    TOO_MANY = "question.too_many"
    NO_REASON = "question.no_reason"
    OWN = "question.own"
    OWN_UNIT = "question.own_unit"
    DECIDED = "question.decided"
    SAME_PERSON = "question.same_person"
    NO_APPEAL = "question.no_appeal"
    NOT_OPEN = "question.not_open"
    NO_ANSWER = "question.no_answer"
    SAID_ALREADY = "question.said_already"


@dataclass(frozen=True)
class Deadline:
    """A row of ``data/question-deadlines.tsv``."""

    valid_from: date
    working_days: int
    appeal_days: int


@cache
def deadlines() -> tuple[Deadline, ...]:
    """The rows of the file, the newest first."""
    with DEADLINES_FILE.open(encoding="utf-8", newline="") as file:
        rows = [
            Deadline(
                date.fromisoformat(row["valid_from"]), int(row["working_days"]),
                int(row["appeal_days"]),
            )
            for row in csv.DictReader(file, delimiter="\t")
        ]  # fmt: skip
    return tuple(sorted(rows, key=lambda row: row.valid_from, reverse=True))


def deadline_on(day: date) -> Deadline:
    """What counts on a day; before the first row the first counts."""
    return next((row for row in deadlines() if row.valid_from <= day), deadlines()[-1])


def appeal_until(decided_at: datetime, days: int) -> datetime:
    """Until when whoever asked may appeal (L7: never less than fifteen days)."""
    return decided_at + timedelta(days=max(days, 15))


def standing(due_at: datetime | None, answered_at: datetime | None, now: datetime) -> Standing:
    """How a published question stands. Without a calendar of the year nothing is late."""
    if answered_at is not None:
        return Standing.ANSWERED
    return Standing.LATE if due_at is not None and due_at < now else Standing.OPEN


def why_not_appeal(
    state: QuestionState, appealed_at: datetime | None, until: datetime | None, now: datetime
) -> QuestionRefusal | None:
    """Once, and in time, against what was not published."""
    open_to_it = state is QuestionState.HIDDEN and appealed_at is None and until is not None
    return None if open_to_it and until and now <= until else QuestionRefusal.NO_APPEAL

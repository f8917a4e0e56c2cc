"""Inspections: who inspects, what is found, codes and lengths, and how an axis is scored."""

import csv
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from pledges.rules.clauses import Axis
from portal.reports.rules.masking import what_is_masked

_DIGITS = re.compile(r"([0-9]+)")
BODIES: Final = Path(__file__).parents[1] / "data" / "inspection-bodies.tsv"
# a phone without a network keeps a draft for some days
OLDEST_DRAFT: Final = timedelta(days=14)
# what is due: breaches of the week ahead, doors at which nobody looked for a month, few stars
DUE_AHEAD: Final = timedelta(days=7)
LOOKED_LONG_AGO: Final = timedelta(days=30)
FEW_STARS: Final = 2
MOST_PHOTOS: Final = 3

LONGEST_WORDS: Final = 300
LONGEST_NOTE: Final = 200
LONGEST_REASON: Final = 200
BEST_SCORE: Final = 100
DRAFT_KEY_LENGTH: Final = 64


class Body(StrEnum):
    """As what somebody comes: an inspector or a visitor (R034, R176, R278, R295)."""

    STREET = "street"
    COMMUNITY = "community"
    LIAISON = "liaison"
    ALLIANCE = "alliance"
    COMPANY = "company"
    SOCIAL_ORG = "social_org"


class InspectionState(StrEnum):
    """An inspection is never edited: it stands, or is void with a reason."""

    STANDS = "stands"
    VOID = "void"


class Finding(StrEnum):
    """What was found of a clause."""

    KEPT = "kept"
    NOT_KEPT = "not_kept"
    NOT_SEEN = "not_seen"


class PhotoSide(StrEnum):
    """Before or after something was put right."""

    BEFORE = "before"
    AFTER = "after"


class InspectionRefusal(StrEnum):
    """What keeps an inspection out, or keeps it standing."""

    NO_SUCH_PLACE = "inspection.no_such_place"
    NO_CLAUSES = "inspection.no_clauses"
    CHANGED_TEXT = "inspection.changed_text"
    UNANSWERED = "inspection.unanswered"
    NO_BODY = "inspection.no_body"
    NO_UNIT = "inspection.no_unit"
    NO_ALLIANCE = "inspection.no_alliance"
    OUTSIDE = "inspection.outside"
    AHEAD = "inspection.ahead"
    TOO_OLD = "inspection.too_old"
    OWN = "inspection.own"
    OTHER_DRAFT = "inspection.other_draft"
    VOID_ALREADY = "inspection.void_already"
    NO_STOPS = "inspection.no_stops"
    BAD_DAYS = "inspection.bad_days"


class Due(StrEnum):
    """Why a door is to be looked at this week, the most pressing first."""

    SAID_RECTIFIED = "said_rectified"
    BREACH_DAY = "breach_day"
    FEW_STARS = "few_stars"
    LONG_AGO = "long_ago"


class PhotoRefusal(StrEnum):
    """What keeps a photo from being shown to everybody."""

    NOT_PUT_RIGHT = "pledge_photo.not_put_right"


@cache
def _bodies() -> Mapping[Body, frozenset[str]]:
    with BODIES.open(encoding="utf-8", newline="") as file:
        return {
            Body(row["body"]): frozenset(row["roles"].split())
            for row in csv.DictReader(file, delimiter="\t")
        }


def bodies_for(held: Collection[str]) -> tuple[Body, ...]:
    """As what somebody with these roles may come (``data/inspection-bodies.tsv``)."""
    return tuple(body for body, of in _bodies().items() if of & set(held))


def along(road: str, door: str) -> tuple[str, tuple[tuple[int, str], ...]]:
    """The order of a walk: by road, then by the number of the door (2 before 10)."""
    parts = _DIGITS.split(unicodedata.normalize("NFKC", door))
    return road, tuple((int(one), "") if one.isdecimal() else (-1, one) for one in parts if one)


@dataclass(frozen=True)
class Answer:
    """What was found of a clause of an axis."""

    axis: Axis
    finding: Finding


def scores(answers: Iterable[Answer]) -> Mapping[Axis, int]:
    """The score of each axis: kept clauses in hundredths of those that were seen, half rounded up.

    What was not seen counts for nothing; an axis of which nothing was seen has no score.
    """
    kept: dict[Axis, int] = {}
    seen: dict[Axis, int] = {}
    for one in answers:
        if one.finding is Finding.NOT_SEEN:
            continue
        seen[one.axis] = seen.get(one.axis, 0) + 1
        kept[one.axis] = kept.get(one.axis, 0) + (one.finding is Finding.KEPT)
    return {
        axis: (2 * BEST_SCORE * kept[axis] + seen[axis]) // (2 * seen[axis])
        for axis in Axis
        if axis in seen
    }


def why_not_then(at: datetime, now: datetime) -> InspectionRefusal | None:
    """A look lies behind, and not long: a draft that lay on a phone is sent within some days."""
    if at > now:
        return InspectionRefusal.AHEAD
    return InspectionRefusal.TOO_OLD if now - at > OLDEST_DRAFT else None


def leads_to_person(words: str) -> bool:
    """Whether words hold a name with a title, a number of somebody, or a number plate."""
    return bool(what_is_masked(words))

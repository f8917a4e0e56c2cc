"""A grid's team, its diary and its patrols: kinds, dates and what is due. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from portal.reports.rules.reasons import SPOT_REASONS, Reason


class MemberKind(StrEnum):
    """Who belongs to a grid's team (R270): three kinds are its core, three take part."""

    STREET_STAFF = "street_staff"
    ENFORCEMENT = "enforcement"
    SOCIAL_ORG = "social_org"
    SELF_GOVERNMENT = "self_government"
    PARTY_MEMBER = "party_member"
    VOLUNTEER = "volunteer"


CORE: Final = frozenset({MemberKind.STREET_STAFF, MemberKind.ENFORCEMENT, MemberKind.SOCIAL_ORG})


class EntryKind(StrEnum):
    """What is written into the diary (R271): 定期巡查、共同协商、依法处置, and visits."""

    PATROL = "patrol"
    CONSULT = "consult"
    HANDLE = "handle"
    VISIT = "visit"


class Present(StrEnum):
    """Who was there besides: counted by kind, never by name."""

    MEMBERS = "members"
    RESIDENTS = "residents"
    SHOPS = "shops"
    MANAGERS = "managers"
    OTHERS = "others"


class GridRefusal(StrEnum):
    """Why a change of the team or the diary is not made."""

    NO_NAME = "grid.no_name"
    NO_PERSON = "grid.no_person"
    MEMBER_ALREADY = "grid.member_already"
    BAD_DATES = "grid.bad_dates"
    BAD_INTERVAL = "grid.bad_interval"
    NO_WORDS = "grid.no_words"
    LONG = "grid.long"
    NOT_YET = "grid.not_yet"
    TOO_LATE = "grid.too_late"
    BAD_COUNT = "grid.bad_count"
    NO_SUCH_CASE = "grid.no_such_case"
    CORRECTED_ALREADY = "grid.corrected_already"
    NO_KIND = "grid.no_kind"
    NO_NUMBER = "grid.no_number"


MOST_WORDS, MOST_PLACE_WORDS, MOST_NAME, MOST_PRESENT = 2000, 200, 60, 999
MOST_LINKED = 20
USUAL_DAYS, MOST_DAYS = 7, 366
# an entry is written on the day or soon after: later it would be a memory, not a diary
WRITTEN_WITHIN = timedelta(days=7)
SKEW = timedelta(minutes=10)
SETTING_PATROL, SETTING_STOP, SETTING_NEAR = (
    "patrol_every_days",
    "stop_minutes",
    "same_place_metres",
)
USUAL_STOP, USUAL_NEAR = 240, 50
# dust is looked for at sites up to so far away
DUST, SITE_METRES = "dust", 200
# kinds of which a new one is told the street at once (R126)
ALERTED: Final = frozenset({"illegal_building"})
# what a hotline took in longer ago is no news when its file comes: it waits in the queue
NEWS: Final = timedelta(days=7)


def is_news(category: str, found_at: datetime, now: datetime) -> bool:
    """Whether an order of another system tells of something that the street must hear at once."""
    return category in ALERTED and found_at > now - NEWS


def member_on(since: date, until: date | None, on: date) -> bool:
    """Whether somebody belongs to a team on a day; the last day is not included."""
    return since <= on and (until is None or on < until)


@dataclass(frozen=True)
class Patrol:
    """When a grid was last walked through, how often it should be, and whether it is due."""

    last_at: datetime | None
    every_days: int
    due_on: date | None

    def due(self, today: date) -> bool:
        return self.due_on is None or self.due_on <= today


def patrol_of(last_at: datetime | None, last_day: date | None, every_days: int) -> Patrol:
    """A grid that was never walked through is due at once."""
    due_on = last_day + timedelta(days=every_days) if last_day else None
    return Patrol(last_at, every_days, due_on)


def why_not_written(at: datetime, now: datetime) -> GridRefusal | None:
    """What was seen cannot lie ahead, nor so far back that nobody remembers it rightly."""
    if at > now + SKEW:
        return GridRefusal.NOT_YET
    return GridRefusal.TOO_LATE if at < now - WRITTEN_WITHIN else None


def counted(typed: Mapping[Present, str]) -> dict[str, int] | None:
    """How many were present by kind, without zeros; None when something is no count."""
    found: dict[str, int] = {}
    for kind in Present:
        text = (typed.get(kind) or "").strip()
        if not text:
            continue
        if not (text.isascii() and text.isdecimal()) or int(text[:6]) > MOST_PRESENT:
            return None
        if int(text):
            found[kind.value] = int(text)
    return found


def minutes_since(then: datetime, now: datetime) -> int:
    """The age of an alert in whole minutes."""
    return max(0, int((now - then).total_seconds() // 60))


def finding_of(code: str | None) -> Reason | None:
    """What was found on the spot; None when it is none of the four."""
    return Reason(code) if code in {reason.value for reason in SPOT_REASONS} else None

"""Meetings of self-government: agenda, attendance, resolutions, minutes (R296). Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

LONGEST_PLACE: Final = 120
LONGEST_ITEM: Final = 120
LONGEST_MINUTES: Final = 20_000
LONGEST_RESOLUTION: Final = 2000
LONGEST_NAME: Final = 40
MOST_ITEMS: Final = 30
MOST_NAMES: Final = 300
MOST_PEOPLE: Final = 100_000
LONGEST_MEETING: Final = timedelta(hours=12)
# people arrive before it begins; who comes after its end is on the list, if anywhere
EARLY: Final = timedelta(minutes=60)
FORMAT: Final = 1


class MeetingKind(StrEnum):
    """Who meets."""

    RESIDENTS = "residents"
    REPRESENTATIVES = "representatives"
    DELIBERATION = "deliberation"
    OWNERS = "owners"
    ALLIANCE = "alliance"
    CO_GOVERNANCE = "co_governance"


class MeetingState(StrEnum):
    """Where a meeting stands."""

    PLANNED = "planned"
    INVITED = "invited"
    HELD = "held"
    CALLED_OFF = "called_off"


class AttendanceWay(StrEnum):
    """How somebody was noted as present."""

    CODE = "code"
    LIST = "list"


@dataclass(frozen=True)
class MeetingWish:
    """How a meeting is planned. Times are aware; ``agenda``: a line for each point."""

    kind: MeetingKind
    place: str
    title: str
    venue: str
    starts_at: datetime
    ends_at: datetime
    agenda: Sequence[str]


@dataclass(frozen=True)
class Resolved:
    """What a meeting resolved. The three numbers stand together, or nobody counted."""

    resolved: str
    yes: int | None = None
    no: int | None = None
    abstain: int | None = None

    @property
    def counted(self) -> bool:
        return self.yes is not None

    @property
    def votes(self) -> int:
        return sum(number or 0 for number in (self.yes, self.no, self.abstain))


class MeetingRefusal(StrEnum):
    """Why something about a meeting is not done."""

    NO_PLACE = "meeting.no_place"
    TIMES = "meeting.times"
    PAST = "meeting.past"
    NO_AGENDA = "meeting.no_agenda"
    TOO_MANY_ITEMS = "meeting.too_many_items"
    LONG_ITEM = "meeting.long_item"
    INVITED = "meeting.invited"
    NOT_INVITED = "meeting.not_invited"
    CALLED_OFF = "meeting.called_off"
    PUBLISHED = "meeting.published"
    NO_REASON = "meeting.no_reason"
    OLD_CODE = "meeting.old_code"
    EARLY = "meeting.early"
    OVER = "meeting.over"
    NO_NAMES = "meeting.no_names"
    LONG_NAME = "meeting.long_name"
    TOO_MANY_NAMES = "meeting.too_many_names"
    COUNTS = "meeting.counts"
    MORE_VOTES = "meeting.more_votes"
    NOT_BEGUN = "meeting.not_begun"
    FEWER_THAN_LIST = "meeting.fewer_than_list"
    MORE_WOMEN = "meeting.more_women"
    NOT_PUBLISHED = "meeting.not_published"
    BEGUN = "meeting.begun"
    RESOLVED = "meeting.resolved"
    HAS_TASK = "meeting.has_task"
    PEOPLE = "meeting.people"
    WOMEN = "meeting.women"


class MeetingNews(StrEnum):
    """Messages about a meeting. Values are templates, whose words stand in ``labels``."""

    INVITATION = "meeting.invitation"
    CALLED_OFF = "meeting.is_called_off"


def flaw_of_plan(wish: MeetingWish, now: datetime) -> MeetingRefusal | None:
    """Why a meeting cannot be planned so."""
    if not timedelta(0) < wish.ends_at - wish.starts_at <= LONGEST_MEETING:
        return MeetingRefusal.TIMES
    if wish.starts_at <= now:
        return MeetingRefusal.PAST
    if not wish.agenda:
        return MeetingRefusal.NO_AGENDA
    if len(wish.agenda) > MOST_ITEMS:
        return MeetingRefusal.TOO_MANY_ITEMS
    return MeetingRefusal.LONG_ITEM if max(map(len, wish.agenda)) > LONGEST_ITEM else None


def why_not_work(state: MeetingState, *, minutes: bool) -> MeetingRefusal | None:
    """Why nothing is written about a meeting at this state. ``minutes``: they are published."""
    if state is MeetingState.CALLED_OFF:
        return MeetingRefusal.CALLED_OFF
    if minutes:
        return MeetingRefusal.PUBLISHED
    return MeetingRefusal.NOT_INVITED if state is MeetingState.PLANNED else None


def why_not_call_off(
    state: MeetingState, starts_at: datetime, now: datetime, *, minutes: bool, resolved: bool
) -> MeetingRefusal | None:
    """Why a meeting cannot be called off: what was held has minutes. One to which nobody was
    invited may be given up at any time."""
    if state is MeetingState.CALLED_OFF:
        return MeetingRefusal.CALLED_OFF
    if minutes:
        return MeetingRefusal.PUBLISHED
    if resolved:
        return MeetingRefusal.RESOLVED
    begun = state is not MeetingState.PLANNED and starts_at <= now
    return MeetingRefusal.BEGUN if begun else None


def why_not_attend(starts_at: datetime, ends_at: datetime, now: datetime) -> MeetingRefusal | None:
    """The code in the room counts from ``EARLY`` before the start to the end (not included)."""
    if now < starts_at - EARLY:
        return MeetingRefusal.EARLY
    return MeetingRefusal.OVER if now >= ends_at else None


def flaw_of_resolution(wish: Resolved) -> MeetingRefusal | None:
    """The numbers of a vote come together, and none is below nothing."""
    numbers = (wish.yes, wish.no, wish.abstain)
    if any(number is None for number in numbers):
        return None if all(number is None for number in numbers) else MeetingRefusal.COUNTS
    fits = all(0 <= (number or 0) <= MOST_PEOPLE for number in numbers)
    return None if fits and wish.votes else MeetingRefusal.COUNTS


def flaw_of_minutes(
    present: int, women: int | None, listed: int, resolved: Sequence[Resolved]
) -> MeetingRefusal | None:
    """What does not fit together in minutes. ``listed``: who is on the list of those present."""
    if not 0 <= present <= MOST_PEOPLE:
        return MeetingRefusal.PEOPLE
    if women is not None and women < 0:
        return MeetingRefusal.WOMEN
    if present < listed:
        return MeetingRefusal.FEWER_THAN_LIST
    if women is not None and women > present:
        return MeetingRefusal.MORE_WOMEN
    too_many = any(one.votes > present for one in resolved)
    return MeetingRefusal.MORE_VOTES if too_many else None


def content_of_minutes(
    about: Mapping[str, Any], agenda: Sequence[str], resolved: Sequence[tuple[str, Resolved]],
    present: int, women: int | None, minutes: str,
) -> dict[str, Any]:  # fmt: skip
    """What is hashed: everything that is published of a meeting, and no name of anybody."""
    return {
        "format": FORMAT, **about, "agenda": list(agenda), "present": present,
        **({} if women is None else {"women": women}), "minutes": minutes,
        "resolutions": [{"number": number, **_said(one)} for number, one in resolved],
    }  # fmt: skip


def _said(one: Resolved) -> dict[str, Any]:
    """Nobody counted: no numbers at all, rather than none in favour."""
    votes = {"yes": one.yes, "no": one.no, "abstain": one.abstain}
    return {"resolved": one.resolved, **(votes if one.counted else {})}


def names_in(text: str) -> list[str]:
    """The names of a list, a line for each; one that stands there twice counts once."""
    found = (" ".join(line.split()) for line in text.splitlines())
    return list(dict.fromkeys(line for line in found if line))


def lines_in(text: str) -> list[str]:
    """The lines of an agenda, without numbers that somebody wrote before them."""
    found = (" ".join(line.split()) for line in text.splitlines())
    return [line for line in found if line]

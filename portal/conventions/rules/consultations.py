"""Questions to communities (R179) and to everybody (R202): time, opinions, replies. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

LONGEST_QUESTION: Final = 20_000
LONGEST_ANSWER: Final = 4000
LONGEST_SUMMARY: Final = 4000
LONGEST_REPLY: Final = 2000
# of one person on one question: who has more to say writes it together
MOST_OPINIONS: Final = 5
MOST_PLACES: Final = 300
MOST_GROUPS: Final = 40
# 重大行政决策程序暂行条例 (State Council no. 713, 2019), article 15: as a rule no fewer than thirty
# days; where fewer are needed, it is said why
USUAL_DAYS: Final = 30
LONGEST_DAYS: Final = 366
FORMAT: Final = 1


class ConsultationKind(StrEnum):
    """A department asks communities (R179), or everybody is asked on a major decision (R202)."""

    DEPARTMENT = "department"
    DECISION = "decision"


class ConsultationState(StrEnum):
    """Where a consultation stands. ``closed`` follows from the day, and is written nowhere."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    ANSWERED = "answered"


class AskingRefusal(StrEnum):
    """Why something about a question is not done."""

    NO_PLACE = "asking.no_place"
    NO_PLACES = "asking.no_places"
    UNKNOWN_PLACES = "asking.unknown_places"
    TOO_MANY_PLACES = "asking.too_many_places"
    DAYS = "asking.days"
    SHORT = "asking.short"
    OPENED = "asking.opened"
    NOT_OPEN_YET = "asking.not_open_yet"
    LATE = "asking.late"
    REPLIED = "asking.replied"
    NOT_ASKED = "asking.not_asked"
    TOO_MANY = "asking.too_many"
    ANSWERED = "asking.answered"
    TIME_RUNS = "asking.time_runs"
    UNSEEN = "asking.unseen"
    UNGROUPED = "asking.ungrouped"
    UNREPLIED = "asking.unreplied"
    NO_SUMMARY = "asking.no_summary"
    TOO_MANY_GROUPS = "asking.too_many_groups"
    NOTHING_CHOSEN = "asking.nothing_chosen"
    HAS_OPINIONS = "asking.has_opinions"


@dataclass(frozen=True)
class AskingWish:
    """What is asked, of whom, until when. ``places``: codes of communities that answer as such."""

    kind: ConsultationKind
    place: str
    title: str
    markdown: str
    opens_on: date
    closes_on: date
    short_why: str = ""
    places: Sequence[str] = ()


@dataclass(frozen=True)
class Standing:
    """What is there when a reply is to be published."""

    waiting: int
    ungrouped: int
    unreplied: int
    summary: str


def flaw_of_question(wish: AskingWish, today: date) -> AskingRefusal | None:
    """Why nobody can be asked so."""
    days = (wish.closes_on - wish.opens_on).days + 1
    if wish.opens_on < today or not 1 <= days <= LONGEST_DAYS:
        return AskingRefusal.DAYS
    if wish.kind is ConsultationKind.DECISION and days < USUAL_DAYS and not wish.short_why:
        return AskingRefusal.SHORT
    if wish.kind is ConsultationKind.DEPARTMENT and not wish.places:
        return AskingRefusal.NO_PLACES
    return AskingRefusal.TOO_MANY_PLACES if len(wish.places) > MOST_PLACES else None


def phase_of(
    state: ConsultationState, opens_on: date, closes_on: date, today: date
) -> ConsultationState:  # fmt: skip
    """Where it stands on a day. Announced and not begun is still a draft to whoever answers."""
    if state is not ConsultationState.OPEN:
        return state
    if today < opens_on:
        return ConsultationState.DRAFT
    return ConsultationState.OPEN if today <= closes_on else ConsultationState.CLOSED


def why_not_say(phase: ConsultationState) -> AskingRefusal | None:
    """Why no opinion is taken on the screen."""
    match phase:
        case ConsultationState.DRAFT:
            return AskingRefusal.NOT_OPEN_YET
        case ConsultationState.CLOSED:
            return AskingRefusal.LATE
        case ConsultationState.ANSWERED:
            return AskingRefusal.REPLIED
        case _:
            return None


def why_not_type(phase: ConsultationState) -> AskingRefusal | None:
    """What came on paper in time is typed until the reply is published."""
    refusal = why_not_say(phase)
    return None if refusal is AskingRefusal.LATE else refusal


def why_not_reply(phase: ConsultationState, there: Standing) -> AskingRefusal | None:
    """Why a reply cannot be published: the time runs, or somebody would be left without one."""
    if phase is not ConsultationState.CLOSED:
        return why_not_type(phase) or AskingRefusal.TIME_RUNS
    if there.waiting:
        return AskingRefusal.UNSEEN
    if there.ungrouped:
        return AskingRefusal.UNGROUPED
    if there.unreplied:
        return AskingRefusal.UNREPLIED
    return None if there.summary else AskingRefusal.NO_SUMMARY


def content_of_reply(
    about: dict[str, Any], summary: str, groups: Sequence[dict[str, Any]]
) -> dict[str, Any]:  # fmt: skip
    """What is hashed: the question, the summary, and the reply to each group; no opinion."""
    return {"format": FORMAT, **about, "summary": summary, "groups": list(groups)}

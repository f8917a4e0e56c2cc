"""Votes: how one is called, when it is open, what becomes of a late, double or struck ballot."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from functools import cache
from typing import Final

from portal.conventions.rules.counting import Choice
from portal.conventions.rules.kinds import DATA, Ballot, Electorate, Kind, KindRule
from portal.conventions.rules.lists import rows_of

ROLL_LENGTH: Final = 20
LONGEST_BOX: Final = 40
LONGEST_VOTE: Final = timedelta(days=60)
# a secret vote of fewer would tell each of them what the others chose
LEAST_SECRET: Final = 3
MOST_PAPERS: Final = 100_000
ON_SCREEN: Final = (Choice.YES, Choice.NO, Choice.ABSTAIN)
_DIGITS: Final = 8


class VoteState(StrEnum):
    """Where a vote stands. ``VOID``: called by mistake, with a reason, and called anew.

    Open and closed are told by the clock (``phase_of``): no job opens or closes a vote late.
    """

    CALLED = "called"
    OPEN = "open"
    CLOSED = "closed"
    DECIDED = "decided"
    VOID = "void"


class VoteWay(StrEnum):
    """By an assembly, or in writing (书面征求意见)."""

    ASSEMBLY = "assembly"
    WRITTEN = "written"


class BallotWay(StrEnum):
    """How a ballot was cast."""

    SCREEN = "screen"
    PAPER = "paper"
    # after the count of a secret vote: that somebody took part, and no longer how
    TOLD_NO_MORE = "told_no_more"


class LineAct(StrEnum):
    """What is done to a line of the roll at the desk."""

    PAPER = "paper"
    NO_PAPER = "no_paper"
    KEEP_MARK = "keep_mark"
    STRIKE = "strike"


class VoteRefusal(StrEnum):
    """Why something is not done with a vote."""

    NOT_NOW = "vote.not_now"
    RUNNING = "vote.running"
    ELECTORATE = "vote.electorate"
    TOO_SOON = "vote.too_soon"
    TIMES = "vote.times"
    TOO_FEW = "vote.too_few"
    NOT_ON_ROLL = "vote.not_on_roll"
    NOT_OPEN_YET = "vote.not_open_yet"
    LATE = "vote.late"
    STRUCK = "vote.struck"
    VOTED = "vote.voted"
    PAPER_GIVEN = "vote.paper_given"
    NOT_MARKED = "vote.not_marked"
    UNMARK_ASKED = "vote.unmark_asked"
    NOT_ASKED = "vote.not_asked"
    NO_REASON = "vote.no_reason"
    SECRET_ONLY = "vote.secret_only"  # noqa: S105 - a code
    OPEN_ONLY = "vote.open_only"
    BOX_FULL = "vote.box_full"
    SAME_PERSON = "vote.same_person"
    NO_PHOTO = "vote.no_photo"
    BOX_CHANGED = "vote.box_changed"
    UNSETTLED = "vote.unsettled"
    MORE_PAPERS = "vote.more_papers"
    WOMEN = "vote.women"
    WOMEN_TOO_MANY = "vote.women_too_many"
    STILL_OPEN = "vote.still_open"
    NOTHING_CHOSEN = "vote.nothing_chosen"


def phase_of(state: VoteState, opens_at: datetime, closes_at: datetime, now: datetime) -> VoteState:
    """Where a vote stands at a moment. It closes in the moment that was announced."""
    if state in {VoteState.DECIDED, VoteState.VOID}:
        return state
    if now < opens_at:
        return VoteState.CALLED
    return VoteState.OPEN if now < closes_at else VoteState.CLOSED


@dataclass(frozen=True)
class CallWish:
    """How a vote is called. Times are aware."""

    electorate: Electorate
    way: VoteWay
    opens_at: datetime
    closes_at: datetime
    on_board: bool = False


def flaw_of_call(rule: KindRule, wish: CallWish, electors: int, *, days: int) -> VoteRefusal | None:
    """Why a vote cannot be called so. ``days``: from the call to the first day of the vote."""
    if wish.electorate not in rule.electorates:
        return VoteRefusal.ELECTORATE
    if not timedelta(0) < wish.closes_at - wish.opens_at <= LONGEST_VOTE:
        return VoteRefusal.TIMES
    if days < rule.call_days:
        return VoteRefusal.TOO_SOON
    if electors < (LEAST_SECRET if rule.ballot is Ballot.SECRET else 1):
        return VoteRefusal.TOO_FEW
    return None


def sums_in(text: str) -> dict[Choice, int]:
    """What lies in an urn."""
    parts = (text[at : at + _DIGITS] for at in range(0, len(text), _DIGITS))
    return {choice: int(part) for choice, part in zip(Choice, parts, strict=True)}


def sums_as_text(sums: Mapping[Choice, int]) -> str:
    """What lies in an urn, always of one length."""
    return "".join(f"{sums.get(choice, 0):0{_DIGITS}d}" for choice in Choice)


@dataclass(frozen=True)
class WomenAsked:
    """That the minutes give how many women took part, and which share of them is aimed at."""

    share: Fraction
    source: str


@cache
def women_asked(kind: Kind, version: int, electorate: Electorate) -> WomenAsked | None:
    """Whether a vote of this kind says how many women took part."""
    for row in rows_of(DATA / "womens-share.tsv"):
        if (row["kind"], row["version"], row["electorate"]) == (kind, str(version), electorate):
            return WomenAsked(Fraction(row["share"]), row["source"])
    return None

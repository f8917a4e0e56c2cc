"""The life of a breach: states, steps, answers, and the ladder as one table of edges (R044).

Reminded, told to put it right by a day, recorded, listed, handed to enforcement. An appeal suspends
the ladder; whoever opened the breach or took a step of it does not decide (L9).
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final
from uuid import UUID

from pledges.rules.signing import Who

LADDER: Final = Path(__file__).parents[1] / "data" / "breach-ladder.tsv"
# L7: no city may set less
LEAST_APPEAL_DAYS: Final = 15
LONGEST_WORDS: Final = 1000
MOST_PHOTOS: Final = 3

LONGEST_NOTICE: Final = 400
LONGEST_REASON: Final = 300


class BreachState(StrEnum):
    """How far a breach has come. ``VOID``: an appeal was upheld, it was found by mistake, or its
    operator has left; the last step says which."""

    REMINDED = "reminded"
    TO_RECTIFY = "to_rectify"
    RECORDED = "recorded"
    LISTED = "listed"
    HANDED_OVER = "handed_over"
    RECTIFIED = "rectified"
    VOID = "void"


class BreachStep(StrEnum):
    """The ladder, and what takes a breach off it (R044)."""

    REMIND = "remind"
    DEMAND = "demand"
    RECORD = "record"
    LIST = "list"
    HAND_OVER = "hand_over"
    SAY_RECTIFIED = "say_rectified"
    FIND_RECTIFIED = "find_rectified"
    SUSPEND = "suspend"
    RESUME = "resume"
    OPEN_CASE = "open_case"
    PROPOSE_CONDUCT = "propose_conduct"
    MISS = "miss"
    MISS_APPEAL = "miss_appeal"
    LEAVE = "leave"
    VOID = "void"


class AnswerKind(StrEnum):
    """What the shop says to a breach."""

    REPLY = "reply"
    RECTIFIED = "rectified"
    APPEAL = "appeal"


class AppealOutcome(StrEnum):
    """What came of an appeal."""

    UPHELD = "upheld"
    REJECTED = "rejected"
    DROPPED = "dropped"
    MOOT = "moot"


class BreachRefusal(StrEnum):
    """Why a step of a breach is not taken."""

    NOT_FOUND_SO = "breach.not_found_so"
    OPEN_ALREADY = "breach.open_already"
    TENANT_LEFT = "breach.tenant_left"
    SUSPENDED = "breach.suspended"
    TOO_EARLY = "breach.too_early"
    BAD_DAY = "breach.bad_day"
    LIST_OFF = "breach.list_off"
    LISTED_ALREADY = "breach.listed_already"
    APPEAL_OVER = "breach.appeal_over"
    APPEAL_OPEN = "breach.appeal_open"
    APPEALED_ALREADY = "breach.appealed_already"
    NO_APPEAL = "breach.no_appeal"
    TOOK_A_STEP = "breach.took_a_step"
    NO_WORDS = "breach.no_words"
    NO_ORGANISATION = "breach.no_organisation"
    NO_CATEGORY = "breach.no_category"
    NOT_RECORDED = "breach.not_recorded"
    CASE_THERE = "breach.case_there"
    CONDUCT_THERE = "breach.conduct_there"
    NOTHING_CHOSEN = "breach.nothing_chosen"


@dataclass(frozen=True)
class Edge:
    """One step from one state. ``noticed``: the shop is told why, and may appeal from that day."""

    state: BreachState
    step: BreachStep
    who: Who
    to: BreachState
    noticed: bool = False
    # the shop may also take it: an appeal ends by its decision, or when it is taken back
    shop_too: bool = False

    def open_to(self, who: Who) -> bool:
        """Whether the step is taken by these."""
        return who is self.who or (self.shop_too and who is Who.OPERATOR)


S, T = BreachState, BreachStep
# the ladder goes on from here
OPEN: Final = (S.REMINDED, S.TO_RECTIFY, S.RECORDED, S.LISTED)
EDGES: Final[tuple[Edge, ...]] = (
    Edge(S.REMINDED, T.DEMAND, Who.STAFF, S.TO_RECTIFY, noticed=True),
    Edge(S.TO_RECTIFY, T.RECORD, Who.STAFF, S.RECORDED, noticed=True),
    Edge(S.RECORDED, T.LIST, Who.STAFF, S.LISTED, noticed=True),
    # where no list is kept, what was recorded long ago goes to enforcement all the same
    Edge(S.RECORDED, T.HAND_OVER, Who.STAFF, S.HANDED_OVER, noticed=True),
    Edge(S.LISTED, T.HAND_OVER, Who.STAFF, S.HANDED_OVER, noticed=True),
    *(Edge(state, T.SAY_RECTIFIED, Who.OPERATOR, state) for state in OPEN),
    *(Edge(state, T.FIND_RECTIFIED, Who.STAFF, S.RECTIFIED, noticed=True) for state in OPEN),
    *(Edge(state, T.OPEN_CASE, Who.STAFF, state) for state in OPEN),
    Edge(S.TO_RECTIFY, T.MISS, Who.CLOCK, S.TO_RECTIFY),
    *(Edge(state, T.MISS_APPEAL, Who.CLOCK, state) for state in S if state is not S.VOID),
    *(Edge(state, T.LEAVE, Who.CLOCK, S.VOID) for state in OPEN),
    *(Edge(state, T.PROPOSE_CONDUCT, Who.STAFF, state) for state in (S.RECORDED, S.LISTED)),
    *(Edge(state, T.SUSPEND, Who.OPERATOR, state) for state in S if state is not S.VOID),
    *(
        Edge(state, T.RESUME, Who.STAFF, state, noticed=True, shop_too=True)
        for state in S
        if state is not S.VOID
    ),
    *(
        Edge(state, T.VOID, Who.STAFF, S.VOID, noticed=True)
        for state in S
        if state is not S.VOID
    ),
)  # fmt: skip
_BY_STEP: Final = {(edge.state, edge.step): edge for edge in EDGES}
# what staff do by hand, in the order of the ladder; the others come of an appeal, or of a follow-up
BY_HAND: Final = (T.DEMAND, T.RECORD, T.LIST, T.HAND_OVER, T.FIND_RECTIFIED, T.VOID)
# whoever stood on 红榜 stands there no more
ENDS_PRAISE: Final = frozenset({T.RECORD, T.LIST, T.HAND_OVER})
# what an open appeal does not stop: it is for the shop's good
_EVEN_SUSPENDED: Final = frozenset(
    {T.FIND_RECTIFIED, T.SAY_RECTIFIED, T.RESUME, T.MISS_APPEAL, T.LEAVE, T.VOID}
)
# on the way up each rung waits for the days of the one below it
_WAITS: Final[Mapping[BreachState, BreachStep]] = {
    S.REMINDED: T.REMIND, S.RECORDED: T.RECORD, S.LISTED: T.LIST,
}  # fmt: skip
_UP: Final = frozenset({T.DEMAND, T.RECORD, T.LIST, T.HAND_OVER})


@dataclass(frozen=True)
class Rung:
    """A row of the ladder: at least how many days, and where that stands."""

    days: int
    source: str


@cache
def ladder() -> Mapping[BreachStep, Rung]:
    """The ladder as data. Raises ValueError when an appeal would have less than 15 days (L7)."""
    with LADDER.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader((one for one in file if not one.startswith("#")), delimiter="\t")
        found = {BreachStep(row["step"]): Rung(int(row["days"]), row["source"]) for row in rows}
    if found[T.SUSPEND].days < LEAST_APPEAL_DAYS:
        raise ValueError(f"breach-ladder.tsv: suspend from {LEAST_APPEAL_DAYS}")
    return found


def edge_for(state: BreachState, step: BreachStep) -> Edge | None:
    """The edge that a step takes from a state; None when there is none."""
    return _BY_STEP.get((state, step))


def steps_from(state: BreachState, *, suspended: bool) -> tuple[BreachStep, ...]:
    """What staff may do by hand in a state."""
    return tuple(
        step
        for step in BY_HAND
        if (state, step) in _BY_STEP and (step in _EVEN_SUSPENDED or not suspended)
    )


@dataclass(frozen=True)
class Standing:
    """Where a breach stands: since which day, until when it is to be put right, suspended?"""

    state: BreachState
    since: date
    rectify_by: date | None = None
    suspended: bool = False


def opens_on(at: Standing) -> date | None:
    """The first day on which the ladder may go up; None: nothing holds it."""
    if at.state is S.TO_RECTIFY:
        return at.rectify_by + timedelta(days=1) if at.rectify_by else None
    waits = _WAITS.get(at.state)
    return at.since + timedelta(days=ladder()[waits].days) if waits else None


def why_not_step(at: Standing, step: BreachStep, today: date) -> BreachRefusal | None:
    """Why a step cannot be taken now: an appeal is open, or the days of the last one still run."""
    if at.suspended and step not in _EVEN_SUSPENDED:
        return BreachRefusal.SUSPENDED
    opens = opens_on(at)
    if step in _UP and opens is not None and today < opens:
        return BreachRefusal.TOO_EARLY
    return None


def least_rectify_day(today: date) -> date:
    """The earliest day that a demand may set."""
    return today + timedelta(days=ladder()[T.DEMAND].days)


def appeal_until(noticed_on: date) -> date:
    """The last day on which an appeal may be lodged after the latest notice (L7)."""
    return noticed_on + timedelta(days=ladder()[T.SUSPEND].days)


def appeal_due(lodged_on: date) -> date:
    """The day until which an appeal is decided."""
    return lodged_on + timedelta(days=ladder()[T.RESUME].days)


def postponed(day: date, suspended_on: date, today: date) -> date:
    """A day that was set, moved by the days for which an appeal stood."""
    return day + (today - suspended_on)


def may_decide(person: UUID, opened_by: UUID | None, actors: Iterable[UUID | None]) -> bool:
    """Whoever opened it, inspected it or took a step of it stands aside (L9)."""
    return person != opened_by and person not in set(actors)

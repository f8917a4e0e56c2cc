"""The way of a text as one table of edges: from which step, by which move, who, to which step.

Which steps a kind has and in which order is data (``rules.kinds``); an edge says only what may
follow what. A round ends published or given up, and is never deleted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from portal.conventions.rules.kinds import KindRule, Step


class RoundState(StrEnum):
    """Where a round stands: at a step, or at its end."""

    STUDY = "study"
    WISHES = "wishes"
    DRAFT = "draft"
    DISCUSSION = "discussion"
    REVIEW = "review"
    VOTE = "vote"
    FILING = "filing"
    PUBLICATION = "publication"
    PUBLISHED = "published"
    GIVEN_UP = "given_up"


class Move(StrEnum):
    """What takes a round from one step to another."""

    START = "start"
    GO_ON = "go_on"
    BACK = "back"
    RETURN = "return"
    APPROVE = "approve"
    ADOPT = "adopt"
    REJECT = "reject"
    FILE = "file"
    PUBLISH = "publish"
    GIVE_UP = "give_up"


class Who(StrEnum):
    """Who makes a move: those who started it, the street, or the vote itself."""

    STARTER = "starter"
    STREET = "street"
    VOTE = "vote"


class WayRefusal(StrEnum):
    """Why a round does not move."""

    MOVED_ON = "way.moved_on"
    NO_SUCH_MOVE = "way.no_such_move"
    TIME_RUNS = "way.time_runs"
    NO_CLAUSE = "way.no_clause"
    OPEN_COMMENTS = "way.open_comments"
    WORDS_FLAGGED = "way.words_flagged"
    NOTES = "way.notes"
    NO_REASON = "way.no_reason"
    NO_PLACE = "way.no_place"


@dataclass(frozen=True)
class Edge:
    """One move from one state. ``to`` has several states where the kind's order decides."""

    state: RoundState
    move: Move
    who: Who
    to: tuple[RoundState, ...]


S, M = RoundState, Move
RUNNING: Final = tuple(state for state in S if state not in {S.PUBLISHED, S.GIVEN_UP})
EDGES: Final[tuple[Edge, ...]] = (
    Edge(S.STUDY, M.GO_ON, Who.STARTER, (S.WISHES, S.DRAFT)),
    Edge(S.WISHES, M.GO_ON, Who.STARTER, (S.DRAFT,)),
    Edge(S.DRAFT, M.GO_ON, Who.STARTER, (S.DISCUSSION, S.REVIEW, S.VOTE)),
    Edge(S.DISCUSSION, M.GO_ON, Who.STARTER, (S.REVIEW, S.VOTE)),
    Edge(S.DISCUSSION, M.BACK, Who.STARTER, (S.DRAFT,)),
    Edge(S.REVIEW, M.APPROVE, Who.STREET, (S.VOTE,)),
    Edge(S.REVIEW, M.RETURN, Who.STREET, (S.DRAFT,)),
    Edge(S.VOTE, M.ADOPT, Who.VOTE, (S.FILING, S.PUBLICATION)),
    Edge(S.VOTE, M.REJECT, Who.VOTE, (S.DRAFT,)),
    Edge(S.FILING, M.FILE, Who.STARTER, (S.PUBLICATION, S.PUBLISHED)),
    Edge(S.PUBLICATION, M.PUBLISH, Who.STARTER, (S.PUBLISHED, S.FILING)),
    *(Edge(state, M.GIVE_UP, Who.STARTER, (S.GIVEN_UP,)) for state in RUNNING
      # what was adopted is published
      if state not in {S.FILING, S.PUBLICATION}),
)  # fmt: skip
_BY_MOVE: Final = {(edge.state, edge.move): edge for edge in EDGES}
# clauses are written here
WRITING: Final = frozenset({S.DRAFT, S.DISCUSSION})
# a draft may be read by everybody from here on
READABLE: Final = frozenset(
    {S.DISCUSSION, S.REVIEW, S.VOTE, S.FILING, S.PUBLICATION, S.PUBLISHED}
)  # fmt: skip


def edge_for(state: RoundState, move: Move) -> Edge | None:
    """The edge that a move takes from a state; None when there is none."""
    return _BY_MOVE.get((state, move))


def moves_from(state: RoundState) -> tuple[Move, ...]:
    """What may be done in a state, in the order of the table."""
    return tuple(edge.move for edge in EDGES if edge.state is state)


def is_reviewed_early(rule: KindRule, state: RoundState) -> bool:
    """Whether words that the check refuses are looked at while the text is written, because the
    kind has no step of review."""
    return state in WRITING and not rule.takes(Step.REVIEW)


def first_state(rule: KindRule) -> RoundState:
    """Where a round of a kind begins."""
    return S(rule.steps[0].value)


def state_after(rule: KindRule, state: RoundState, move: Move) -> RoundState | None:
    """Where a move leads in this kind; None when the kind does not know it there.

    A text that came back (returned, rejected) is discussed again: whoever commented sees it.
    """
    edge = edge_for(state, move)
    if edge is None or (state.value in set(Step) and not rule.takes(Step(state.value))):
        return None
    if move in {M.BACK, M.RETURN, M.REJECT, M.GIVE_UP}:
        return edge.to[0]
    behind = rule.after(Step(state.value))
    found = S(behind.value) if behind else S.PUBLISHED
    return found if found in edge.to else None


@dataclass(frozen=True)
class Station:
    """A step of a kind as a text goes it: ``done`` on a day, ``now`` since a day, or to come."""

    step: Step
    done: bool = False
    now: bool = False
    at: datetime | None = None


def stations(
    rule: KindRule, state: RoundState, moves: Iterable[tuple[RoundState, datetime]]
) -> list[Station]:
    """The steps of a kind with the days on which a text went them. ``moves``: where each led to,
    the oldest first. A text that came back goes the steps behind anew."""
    entered, left = dict[RoundState, datetime](), dict[RoundState, datetime]()
    before: RoundState | None = None
    for to, at in moves:
        if before is not None:
            left[before] = at
        entered[to], before = at, to
    reached = rule.steps.index(Step(state.value)) if state in RUNNING else len(rule.steps)
    return [
        Station(step, done=True, at=left.get(S(step.value))) if at < reached
        else Station(step, now=True, at=entered.get(state)) if at == reached
        else Station(step)
        for at, step in enumerate(rule.steps)
    ]  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """What must be known to go on: days that run, clauses, comments, words and notes of the street
    that wait, and where it leads ``to``."""

    state: RoundState
    until: date | None = None
    clauses: int = 0
    waiting_comments: int = 0
    flagged: int = 0
    to: RoundState | None = None
    notes: int = 0


def why_not(at: Standing, move: Move, today: date) -> WayRefusal | None:
    """Why a round stays where it is; None: it may move."""
    if edge_for(at.state, move) is None:
        return WayRefusal.NO_SUCH_MOVE
    if move not in {M.GO_ON, M.APPROVE}:
        return None
    if at.until is not None and today <= at.until:
        return WayRefusal.TIME_RUNS
    if at.state in {S.DRAFT, S.DISCUSSION, S.REVIEW}:
        return _text_waits(at)
    return None


def _text_waits(at: Standing) -> WayRefusal | None:
    """What a text still waits for before others read it."""
    if not at.clauses:
        return WayRefusal.NO_CLAUSE
    if at.state is S.DISCUSSION and at.waiting_comments:
        return WayRefusal.OPEN_COMMENTS
    # a kind without a review is stopped before the vote, or nobody would ask
    if at.flagged and (at.state is S.REVIEW or at.to is S.VOTE):
        return WayRefusal.WORDS_FLAGGED
    if at.state is S.REVIEW and at.notes:
        return WayRefusal.NOTES
    return None

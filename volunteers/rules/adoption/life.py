"""The life of an adoption as one table of edges: from where, by which step, by whom, to where.

A plot is never split (facts §7): it is held by one adoption at a time, in which several people may
stand together with exactly one lead.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class PlotState(StrEnum):
    """Whether a thing of the register is still there."""

    THERE = "there"
    GONE = "gone"


class AdoptionState(StrEnum):
    """How far an adoption has come."""

    APPLIED = "applied"
    OFFERED = "offered"
    SIGNED = "signed"
    ACTIVE = "active"
    REMINDED = "reminded"
    TO_RECTIFY = "to_rectify"
    LEAVING = "leaving"
    TO_SETTLE = "to_settle"
    ENDED = "ended"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class Step(StrEnum):
    """What moves an adoption, or is written into its history."""

    APPLY = "apply"
    FIT = "fit"
    UNFIT = "unfit"
    WITHDRAW = "withdraw"
    LAPSE = "lapse"
    SIGN = "sign"
    COUNTERSIGN = "countersign"
    REMIND = "remind"
    DEMAND = "demand"
    PUT_RIGHT = "put_right"
    END_NEGLECT = "end_neglect"
    GIVE_NOTICE = "give_notice"
    STAY = "stay"
    LEAVE = "leave"
    EXPIRE = "expire"
    ASK_RENEWAL = "ask_renewal"
    RENEW = "renew"
    LOSE = "lose"
    RELOCATE = "relocate"
    SETTLE = "settle"
    HAND_OVER = "hand_over"


class Who(StrEnum):
    """By whose hand a step is taken."""

    ADOPTER = "adopter"
    DESK = "desk"
    CLOCK = "clock"


class Role(StrEnum):
    """What somebody is in an adoption. Whoever asked has no say yet."""

    LEAD = "lead"
    MEMBER = "member"
    ASKED = "asked"


class Party(StrEnum):
    """Who adopts. A group or class has a name; a person signs for it."""

    PERSON = "person"
    GROUP = "group"
    SCHOOL_CLASS = "school_class"


class CareState(StrEnum):
    """A care entry is added to the log and never edited: it is confirmed, or void with a reason."""

    WRITTEN = "written"
    CONFIRMED = "confirmed"
    VOID = "void"


@dataclass(frozen=True)
class Edge:
    """One step from one state. ``reason``: whoever takes it says why, and the adopter reads it."""

    state: AdoptionState
    step: Step
    who: Who
    to: AdoptionState
    reason: bool = False


S, A, D, C = AdoptionState, Who.ADOPTER, Who.DESK, Who.CLOCK
# in force, and no end was announced
_TENDED: Final = (S.ACTIVE, S.REMINDED, S.TO_RECTIFY)
EDGES: Final[tuple[Edge, ...]] = (
    Edge(S.APPLIED, Step.FIT, D, S.OFFERED, reason=True),
    Edge(S.APPLIED, Step.UNFIT, D, S.REFUSED, reason=True),
    Edge(S.APPLIED, Step.WITHDRAW, A, S.WITHDRAWN),
    Edge(S.OFFERED, Step.SIGN, A, S.SIGNED),
    Edge(S.OFFERED, Step.WITHDRAW, A, S.WITHDRAWN),
    Edge(S.OFFERED, Step.LAPSE, C, S.LAPSED),
    Edge(S.SIGNED, Step.COUNTERSIGN, D, S.ACTIVE),
    Edge(S.SIGNED, Step.WITHDRAW, A, S.WITHDRAWN),
    Edge(S.ACTIVE, Step.REMIND, D, S.REMINDED, reason=True),
    Edge(S.REMINDED, Step.DEMAND, D, S.TO_RECTIFY, reason=True),
    Edge(S.TO_RECTIFY, Step.END_NEGLECT, D, S.ENDED, reason=True),
    Edge(S.REMINDED, Step.PUT_RIGHT, D, S.ACTIVE),
    Edge(S.TO_RECTIFY, Step.PUT_RIGHT, D, S.ACTIVE),
    *(Edge(state, Step.GIVE_NOTICE, A, S.LEAVING) for state in _TENDED),
    Edge(S.LEAVING, Step.STAY, A, S.ACTIVE),
    Edge(S.LEAVING, Step.LEAVE, C, S.ENDED),
    *(Edge(state, Step.EXPIRE, C, S.ENDED) for state in (*_TENDED, S.LEAVING)),
    Edge(S.ACTIVE, Step.ASK_RENEWAL, A, S.ACTIVE),
    Edge(S.ACTIVE, Step.RENEW, D, S.ACTIVE),
    *(
        Edge(state, step, D, S.TO_SETTLE, reason=True)
        for state in (S.OFFERED, S.SIGNED, *_TENDED, S.LEAVING)
        for step in (Step.LOSE, Step.RELOCATE)
    ),
    Edge(S.TO_SETTLE, Step.SETTLE, D, S.ENDED, reason=True),
    *(Edge(state, Step.HAND_OVER, A, state) for state in (*_TENDED, S.LEAVING)),
)
_BY_STEP: Final = {(edge.state, edge.step): edge for edge in EDGES}

# the plot is held: nobody else gets it
HOLDING: Final = frozenset({S.OFFERED, S.SIGNED, *_TENDED, S.LEAVING})
# the agreement is in force: care is written, the plaque tells of it
LIVE: Final = frozenset({*_TENDED, S.LEAVING})
OVER: Final = frozenset({S.ENDED, S.REFUSED, S.WITHDRAWN, S.LAPSED})
# ends before an agreement was in force
NEVER_BEGAN: Final = frozenset({S.REFUSED, S.WITHDRAWN, S.LAPSED})
BELONGING: Final = frozenset({Role.LEAD, Role.MEMBER})


def edge_for(state: AdoptionState, step: Step) -> Edge | None:
    """The edge that a step takes from a state; None when there is none."""
    return _BY_STEP.get((state, step))


def steps_from(state: AdoptionState, who: Who) -> tuple[Step, ...]:
    """What somebody may do in a state, in the order of the table."""
    return tuple(edge.step for edge in EDGES if edge.state is state and edge.who is who)

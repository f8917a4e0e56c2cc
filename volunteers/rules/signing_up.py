"""How somebody comes to a shift and leaves it: states, the steps between them, refusals. Pure.

The table of edges is the whole of it: from which state, by which event, to which state, who may do
it, and which rule of the law stands behind it (志愿服务条例, by article).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class SignUpState(StrEnum):
    """Where a sign-up stands.

    A roster only proposes (志愿服务条例, article 25: nobody is made to serve), so PROPOSED and
    OFFERED hold a seat until a moment and no longer.
    """

    WAITING = "waiting"  # on the waiting list, 候补
    OFFERED = "offered"  # a seat became free and is kept for her
    PROPOSED = "proposed"  # the roster thought of her
    TAKEN = "taken"
    STANDBY = "standby"  # comes when somebody is missing
    WITHDRAWN = "withdrawn"
    WITHDRAWN_LATE = "withdrawn_late"
    REMOVED = "removed"  # by the organiser, with a reason
    DECLINED = "declined"
    LAPSED = "lapsed"  # an offer or proposal that nobody answered
    HANDED_OVER = "handed_over"  # swapped, or somebody stands in
    CALLED_OFF = "called_off"  # the shift is cancelled


class SignUpRefusal(StrEnum):
    """Why somebody does not get a seat. Each has a sentence that says what to do."""

    FULL = "sign_up.full"
    TWICE = "sign_up.twice"
    NOT_OPEN = "sign_up.not_open"
    CALLED_OFF = "sign_up.called_off"
    STARTED = "sign_up.started"
    NOT_YET = "sign_up.not_yet"
    FIRST_WAVE = "sign_up.first_wave"
    NOT_REGISTERED = "sign_up.not_registered"
    AGE_UNKNOWN = "sign_up.age_unknown"
    TOO_YOUNG = "sign_up.too_young"
    GUARDIAN = "sign_up.guardian"
    QUALIFICATION = "sign_up.qualification"
    QUALIFICATION_ENDS = "sign_up.qualification_ends"
    NOT_EXPERIENCED = "sign_up.not_experienced"
    NEWCOMER = "sign_up.newcomer"
    OVERLAP = "sign_up.overlap"
    REST = "sign_up.rest"
    TRAVEL = "sign_up.travel"
    DAY_HOURS = "sign_up.day_hours"
    WEEK_HOURS = "sign_up.week_hours"
    NOT_READ = "sign_up.not_read"
    SEATS_FREE = "sign_up.seats_free"
    OVER = "sign_up.over"
    CHANGED = "sign_up.changed"
    NO_REASON = "sign_up.no_reason"
    NOBODY = "sign_up.nobody"


class Event(StrEnum):
    """What happens to a sign-up."""

    TAKE = "take"
    WAIT = "wait"
    STAND_BY = "stand_by"
    OFFER = "offer"
    PROPOSE = "propose"
    PUT_ON = "put_on"
    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    WITHDRAW_LATE = "withdraw_late"
    LAPSE = "lapse"
    TAKE_OFF = "take_off"
    HAND_OVER = "hand_over"
    STEP_IN = "step_in"
    CALL_OFF = "call_off"


class Who(StrEnum):
    """Who takes a step."""

    VOLUNTEER = "volunteer"
    ORGANISER = "organiser"
    CLOCK = "clock"


@dataclass(frozen=True)
class Edge:
    """One step. ``state`` None: there was no sign-up before."""

    state: SignUpState | None
    event: Event
    next: SignUpState
    who: Who
    law: str


_S: Final = SignUpState
_E: Final = Event
# agreement when asked (14); told in time when one cannot come (22); nobody is made to serve (25)
EDGES: Final = (
    Edge(None, _E.TAKE, _S.TAKEN, Who.VOLUNTEER, "article 14"),
    Edge(None, _E.WAIT, _S.WAITING, Who.VOLUNTEER, "article 14"),
    Edge(None, _E.STAND_BY, _S.STANDBY, Who.VOLUNTEER, "article 14"),
    Edge(None, _E.PROPOSE, _S.PROPOSED, Who.ORGANISER, "article 25"),
    Edge(None, _E.PUT_ON, _S.TAKEN, Who.ORGANISER, "article 14"),
    Edge(None, _E.STEP_IN, _S.TAKEN, Who.VOLUNTEER, "article 14"),
    Edge(_S.WAITING, _E.OFFER, _S.OFFERED, Who.CLOCK, "article 14"),
    Edge(_S.STANDBY, _E.OFFER, _S.OFFERED, Who.CLOCK, "article 14"),
    Edge(_S.OFFERED, _E.ACCEPT, _S.TAKEN, Who.VOLUNTEER, "article 14"),
    Edge(_S.PROPOSED, _E.ACCEPT, _S.TAKEN, Who.VOLUNTEER, "article 25"),
    Edge(_S.OFFERED, _E.DECLINE, _S.DECLINED, Who.VOLUNTEER, "article 25"),
    Edge(_S.PROPOSED, _E.DECLINE, _S.DECLINED, Who.VOLUNTEER, "article 25"),
    Edge(_S.OFFERED, _E.LAPSE, _S.LAPSED, Who.CLOCK, "article 25"),
    Edge(_S.PROPOSED, _E.LAPSE, _S.LAPSED, Who.CLOCK, "article 25"),
    Edge(_S.WAITING, _E.WITHDRAW, _S.WITHDRAWN, Who.VOLUNTEER, "article 25"),
    Edge(_S.STANDBY, _E.WITHDRAW, _S.WITHDRAWN, Who.VOLUNTEER, "article 25"),
    Edge(_S.TAKEN, _E.WITHDRAW, _S.WITHDRAWN, Who.VOLUNTEER, "article 22"),
    Edge(_S.TAKEN, _E.WITHDRAW_LATE, _S.WITHDRAWN_LATE, Who.VOLUNTEER, "article 22"),
    Edge(_S.TAKEN, _E.HAND_OVER, _S.HANDED_OVER, Who.VOLUNTEER, "article 22"),
    *(
        Edge(state, event, after, Who.ORGANISER, law)
        for state in (_S.WAITING, _S.STANDBY, _S.OFFERED, _S.PROPOSED, _S.TAKEN)
        for event, after, law in (
            (_E.TAKE_OFF, _S.REMOVED, "article 15"),
            (_E.CALL_OFF, _S.CALLED_OFF, "article 12"),
        )
    ),
)
_TABLE: Final[Mapping[tuple[SignUpState | None, Event], Edge]] = {
    (edge.state, edge.event): edge for edge in EDGES
}

# these hold one of a post's seats, and are counted in ``ShiftPost.taken``
SEATED: Final = frozenset({SignUpState.OFFERED, SignUpState.PROPOSED, SignUpState.TAKEN})
# one of these at a time for a person and a shift
ACTIVE: Final = SEATED | {SignUpState.WAITING, SignUpState.STANDBY}
# a seat is kept for her, and she has not answered yet
ASKED: Final = frozenset({SignUpState.OFFERED, SignUpState.PROPOSED})
QUEUED: Final = frozenset({SignUpState.WAITING, SignUpState.STANDBY})


def edge(state: SignUpState | None, event: Event) -> Edge | None:
    """The step that an event makes from a state, or None: then it changes nothing."""
    return _TABLE.get((state, event))

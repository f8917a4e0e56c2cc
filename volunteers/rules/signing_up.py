"""How somebody comes to a shift and leaves it: states and what holds a seat. Pure."""

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


# these hold one of a post's seats, and are counted in ``ShiftPost.taken``
SEATED: Final = frozenset({SignUpState.OFFERED, SignUpState.PROPOSED, SignUpState.TAKEN})
# one of these at a time for a person and a shift
ACTIVE: Final = SEATED | {SignUpState.WAITING, SignUpState.STANDBY}

"""When neighbours may join a matter, and when their word opens a closed one again. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

from portal.reports.rules.codes import State
from portal.reports.rules.transitions import OPEN

RADIUS_METRES = 250
CLOSED_WEEKS = 12
CLOSED_FOR = timedelta(weeks=CLOSED_WEEKS)
MOST_OFFERED = 3
# how many are looked at before the distance is measured
MOST_LOOKED_AT = 60
VOICES = 3
OFFERED = tuple(state for state in State if state in OPEN or state is State.CLOSED)


class JoinRefusal(StrEnum):
    """Why somebody cannot join a matter."""

    PROTECTED = "join.protected"
    OVER = "join.over"
    YOURS = "join.yours"


class VoiceRefusal(StrEnum):
    """Why somebody cannot say that it is still there."""

    NOT_CLOSED = "voice.not_closed"
    LATE = "voice.late"
    FIRST = "voice.first"
    JOINED_LATER = "voice.joined_later"
    SAID = "voice.said"


def why_not_join(
    state: State, closed_at: datetime | None, now: datetime, *, protected: bool
) -> JoinRefusal | None:
    """Why a public matter cannot be joined, or None: it is open, or was closed not long ago."""
    if protected:
        return JoinRefusal.PROTECTED
    if state in OPEN:
        return None
    recent = state is State.CLOSED and closed_at is not None and closed_at > now - CLOSED_FOR
    return None if recent else JoinRefusal.OVER


def may_judge(joined_at: datetime, closed_at: datetime | None, *, own: bool) -> bool:
    """Whether somebody may judge a closing: only who stood behind the matter before it.

    Otherwise anybody could join what is closed, as often as she has browsers, to praise or blame.
    """
    return own or closed_at is None or joined_at < closed_at


def why_no_voice(
    state: State,
    closed_at: datetime | None,
    window_ends: datetime | None,
    now: datetime,
    joined_at: datetime,
    *,
    own: bool,
) -> VoiceRefusal | None:
    """Why a neighbour cannot say that it is still there, or None."""
    if own:
        return VoiceRefusal.FIRST
    if state is not State.CLOSED or closed_at is None or window_ends is None:
        return VoiceRefusal.NOT_CLOSED
    if now >= window_ends:
        return VoiceRefusal.LATE
    if not may_judge(joined_at, closed_at, own=own):
        return VoiceRefusal.JOINED_LATER
    return None

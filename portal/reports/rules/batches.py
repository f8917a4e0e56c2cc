"""Acting on several cases at once: which steps an action takes, and how long it can be undone."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from portal.reports.rules.codes import Event, State
from portal.reports.rules.transitions import (
    TRANSITIONS,
    ActorFacts,
    CaseFacts,
    Offer,
    Refusal,
    why_not,
)

# so long the messages of a batch wait, and so long it can be undone without anybody misled
UNDO_WINDOW: Final = timedelta(minutes=10)
# what was done can be looked up so long after it can be undone no more
KEEP_BATCHES: Final = timedelta(days=30)
MOST: Final = 50


class BatchAction(StrEnum):
    """What can be done to several cases at once. Stored by value: never rename a value."""

    ACCEPT = "accept"
    CONFIRM = "confirm"
    DISPATCH = "dispatch"
    RECLASSIFY = "reclassify"


class BatchRefusal(StrEnum):
    """Why a batch, or one case of it, is not done or not undone."""

    NOTHING_TICKED = "batch.nothing_ticked"
    TOO_MANY = "batch.too_many"
    ONE_BY_ONE = "batch.one_by_one"
    PROTECTED = "batch.protected"
    SAME_UNIT = "batch.same_unit"
    TOUCHED = "batch.touched"
    TOLD = "batch.told"
    OVER = "batch.over"
    UNDONE = "batch.undone"


@dataclass(frozen=True)
class Wish:
    """What is wanted of one case: seen at a version, with the unit and the kind that were shown."""

    number: str
    version: int
    unit_id: UUID | None = None
    category_code: str | None = None


def steps_of(action: BatchAction, state: State, *, other_kind: bool = False) -> tuple[Event, ...]:
    """The steps an action takes from a state. What has been taken already is not taken again."""
    if action is BatchAction.RECLASSIFY:
        return (Event.RECLASSIFY,)
    if action is BatchAction.ACCEPT:
        return (Event.ACCEPT,)
    first = (Event.RECLASSIFY,) if other_kind else ()
    # what a unit has already is not given out anew by a key: accepting it is refused
    accept = action is BatchAction.CONFIRM and state not in {State.ACCEPTED, State.FILED}
    filing = accept or state is State.ACCEPTED
    return (
        *first,
        *((Event.ACCEPT,) if accept else ()),
        *((Event.FILE,) if filing else ()),
        Event.DISPATCH,
    )


def why_not_all(
    steps: tuple[Event, ...], case: CaseFacts, actor: ActorFacts, offer: Offer
) -> Refusal | None:
    """The first refusal on the way, each step asked of the state that the one before leads to."""
    for step in steps:
        refusal = why_not(step, case, actor, offer)
        if refusal is not None:
            return refusal
        case = replace(case, state=TRANSITIONS[step].to or case.state)
    return None


def may_undo(at: datetime, undone_at: datetime | None, now: datetime) -> bool:
    """Whether the time to undo is still running."""
    return undone_at is None and now < at + UNDO_WINDOW


def tells_at(now: datetime, *, urgent: bool) -> datetime:
    """When the messages of a batch leave: after the time to undo, but at once for a danger."""
    return now if urgent else now + UNDO_WINDOW

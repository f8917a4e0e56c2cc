"""A resident says that something in her ledger is wrong: what becomes of it, and who may. Pure.

She is answered as an objection is: within the days of the ladder's first step (L8). A correction
takes two people, as ``gongzhi ledger correct`` does: one prepares it, an administrator writes it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

LONGEST_WORDS: Final = 1000
# how long an answered request is kept: as long as somebody may still look up what was answered
KEEP_ANSWERED: Final = timedelta(days=365)


class About(StrEnum):
    """What is said to be wrong: an entry, or something else that the ledger says about her."""

    ENTRY = "entry"
    PERSONAL = "personal"


class AskState(StrEnum):
    """Where a request stands."""

    OPEN = "open"
    PREPARED = "prepared"
    CORRECTED = "corrected"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class AskStep(StrEnum):
    """What can be done with a request."""

    PREPARE = "prepare"
    SEND_BACK = "send_back"
    CONFIRM = "confirm"
    ANSWER = "answer"
    WITHDRAW = "withdraw"


# from which state a step leads on
FROM: Final[Mapping[AskStep, AskState]] = {
    AskStep.PREPARE: AskState.OPEN,
    AskStep.SEND_BACK: AskState.PREPARED,
    AskStep.CONFIRM: AskState.PREPARED,
    AskStep.ANSWER: AskState.OPEN,
    AskStep.WITHDRAW: AskState.OPEN,
}
WAITING: Final = frozenset({AskState.OPEN, AskState.PREPARED})


class AskRefusal(StrEnum):
    """Why a request is not taken, or a step not done."""

    NO_WORDS = "asking.no_words"
    ASKED_ALREADY = "asking.asked_already"
    OBJECT_INSTEAD = "asking.object_instead"
    TOO_OFTEN = "asking.too_often"
    NOT_NOW = "asking.not_now"
    NO_ENTRY = "asking.no_entry"
    SAME_PERSON = "asking.same_person"
    ONESELF = "asking.oneself"


def why_not_step(
    step: AskStep,
    *,
    state: AskState,
    about: About,
    asker_id: UUID,
    prepared_by: UUID | None,
    actor_id: UUID | None,
) -> AskRefusal | None:
    """Why somebody of the desk cannot take a step, or None. Nobody answers herself."""
    if actor_id == asker_id:
        return AskRefusal.ONESELF
    if state is not FROM[step]:
        return AskRefusal.NOT_NOW
    if step is AskStep.PREPARE and about is not About.ENTRY:
        return AskRefusal.NO_ENTRY
    if step is AskStep.CONFIRM and actor_id == prepared_by:
        return AskRefusal.SAME_PERSON
    return None


def is_late(state: AskState, answer_by: datetime | None, now: datetime) -> bool:
    """Whether the promised day has passed without an answer."""
    return state in WAITING and answer_by is not None and answer_by <= now

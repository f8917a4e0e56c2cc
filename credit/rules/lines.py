"""How one entry stands for the person who reads it, and what she can do about it. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from credit.rules.kinds import RESOLVING, TRANSFERS, Kind, Phase

# an answer to a notice may be handed in for at least so long (L7)
OBJECTION: Final = timedelta(days=15)


class Standing(StrEnum):
    """How an entry stands. An entry that only ended or moved another one has none of its own."""

    COUNTS = "line.counts"
    USED_UP = "line.used_up"
    HELD = "line.held"
    HANDED_OUT = "line.handed_out"
    FREE_AGAIN = "line.free_again"
    ANNOUNCED = "line.announced"
    IN_EFFECT = "line.in_effect"
    REPAIRED = "line.repaired"
    VOIDED = "line.voided"
    LAPSED = "line.lapsed"


_ENDED: Final = {
    Kind.REDEEM_POST: Standing.HANDED_OUT,
    Kind.REDEEM_VOID: Standing.FREE_AGAIN,
    Kind.DEDUCTION_POST: Standing.IN_EFFECT,
    Kind.DEDUCTION_VOID: Standing.VOIDED,
    Kind.DEDUCTION_EXPIRE: Standing.LAPSED,
}
# those that stand as they are until they are taken back
_MOVED: Final = {
    Kind.AWARD: (Standing.COUNTS, Standing.USED_UP),
    Kind.DEDUCTION_POST: (Standing.IN_EFFECT, Standing.REPAIRED),
}


def standing_of(
    kind: Kind, amount: int | None, taken_back: int, ended_by: Kind | None
) -> Standing | None:
    """How an entry stands: what ended it, or how much of it was taken back."""
    if kind in _MOVED:
        whole, gone = _MOVED[kind]
        return gone if taken_back >= (amount or 0) else whole
    nature = TRANSFERS.get(kind)
    if nature is None or nature.phase is not Phase.HOLD:
        return None
    if ended_by in RESOLVING:
        return _ENDED[ended_by]
    return Standing.HELD if kind is Kind.REDEEM_HOLD else Standing.ANNOUNCED


class Step(StrEnum):
    """What the holder can do about an entry now."""

    COLLECT = "step.collect"
    OBJECT = "step.object"
    OBJECT_OR_REPAIR = "step.object_or_repair"
    REPAIR = "step.repair"
    FOLLOW = "step.follow"


@dataclass(frozen=True)
class Chance:
    """A step, and the last moment for it; None: no end."""

    step: Step
    until: datetime | None = None


def chance_of(
    standing: Standing | None,
    kind: Kind,
    *,
    at: datetime,
    until: datetime | None,
    can_object: bool = True,
) -> Chance | None:
    """The step that matters most now; None for what stands as it is.

    ``can_object``: whether she did not object yet. What is in effect can be objected to as long as
    it lives (L8).
    """
    if standing is Standing.HELD:
        return Chance(Step.COLLECT, until)
    if standing is Standing.ANNOUNCED:
        if not can_object:
            return Chance(Step.FOLLOW)
        # the window of a notice may be longer than the shortest; its own page knows
        return Chance(Step.OBJECT, at + OBJECTION)
    if kind is Kind.DEDUCTION_POST and standing is Standing.IN_EFFECT:
        return Chance(Step.OBJECT_OR_REPAIR if can_object else Step.REPAIR, until)
    return None

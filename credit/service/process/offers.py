"""What somebody of the desk can do with a matter, or why not; asked before a button is shown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy.orm import Session

from credit.queries.matters import MatterRow, ObjectionRow, objections_of
from credit.rules.ladder import step_of
from credit.rules.objections import next_attempt
from credit.rules.process import MatterEvent, MatterRefusal, edge_for
from credit.service.process.standing import check_confirmer, check_reviewer, check_staff
from portal.accounts.rules import Actor
from portal.kernel.errors import Forbidden, Refused


class DeskStep(StrEnum):
    """The steps of the desk, as their addresses are written."""

    CONFIRM = "confirm"
    TAKE_ON = "take-on"
    DECIDE = "decide"
    EXTEND = "extend"
    STAND_ASIDE = "stand-aside"
    PUT_RIGHT = "put-right"
    REPAIR = "repair"
    OBJECTION = "objection"
    WITHDRAW = "withdraw"


@dataclass(frozen=True)
class Offer:
    """A step, and why it cannot be taken (None: it can)."""

    step: DeskStep
    refusal: StrEnum | None = None


_EVENTS: Final[Mapping[DeskStep, MatterEvent]] = {
    DeskStep.CONFIRM: MatterEvent.CONFIRM,
    DeskStep.TAKE_ON: MatterEvent.TAKE_ON,
    DeskStep.DECIDE: MatterEvent.UPHOLD,
    DeskStep.EXTEND: MatterEvent.EXTEND,
    DeskStep.STAND_ASIDE: MatterEvent.STAND_ASIDE,
    DeskStep.PUT_RIGHT: MatterEvent.PUT_RIGHT,
    DeskStep.REPAIR: MatterEvent.REPAIR,
    DeskStep.OBJECTION: MatterEvent.OBJECT,
    DeskStep.WITHDRAW: MatterEvent.WITHDRAW,
}
_REVIEWING: Final = {DeskStep.TAKE_ON, DeskStep.DECIDE, DeskStep.EXTEND}


def offers(session: Session, row: MatterRow, actor: Actor, now: datetime) -> list[Offer]:
    """The steps that lead on from here for this person; what is nobody's turn is left out."""
    state = row.stands(now)
    objections = objections_of(session, [row.id])
    found = []
    for step, event in _EVENTS.items():
        if state is row.state and edge_for(state, event) is not None:
            offer = _offer(session, step, row, objections, actor, now)
            if offer is not None:
                found.append(offer)
    return found


def _offer(
    session: Session,
    step: DeskStep,
    row: MatterRow,
    objections: list[ObjectionRow],
    actor: Actor,
    now: datetime,
) -> Offer | None:
    if step in _REVIEWING and not _is_turn(step, objections):
        return None
    if step is DeskStep.OBJECTION and isinstance(_asked(objections, now), MatterRefusal):
        return None
    if step is DeskStep.WITHDRAW:
        return Offer(step) if row.proposer_id == actor.person_id else None
    try:
        _check(step, row, objections)(session, row, actor)
    except Forbidden:
        return None
    except Refused as refusal:
        return None if step is DeskStep.STAND_ASIDE else Offer(step, refusal.code)
    return Offer(step)


def _check(
    step: DeskStep, row: MatterRow, objections: list[ObjectionRow]
) -> Callable[[Session, MatterRow, Actor], None]:
    disputed = any(one.decided_at is None for one in objections)
    if step is DeskStep.CONFIRM or (step is DeskStep.STAND_ASIDE and not disputed):
        return check_confirmer
    if step in _REVIEWING or step is DeskStep.STAND_ASIDE:
        return check_reviewer
    return lambda _session, matter, who: check_staff(matter, who)


def _is_turn(step: DeskStep, objections: list[ObjectionRow]) -> bool:
    """Whether the open objection is at this point: accepted or not, extended or not."""
    found = [one for one in objections if one.decided_at is None]
    if not found:
        return False
    ladder_step = step_of(found[0].step)
    accepted = ladder_step.accept_days is None or found[0].taken_on_at is not None
    if step is DeskStep.TAKE_ON:
        return not accepted
    if step is DeskStep.EXTEND:
        return accepted and bool(ladder_step.extension_days) and found[0].extended_at is None
    return accepted


def _asked(objections: list[ObjectionRow], now: datetime) -> object:
    answers = [(one.step, one.attempt, one.decision, one.decided_at) for one in objections]
    return next_attempt(answers, now)

"""A place is no longer there: what was run, pledged and hung there ends with it, at once."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pledges.models import Plaque, PlaqueBinding, Premises
from pledges.queries.premises import PremisesRow
from pledges.rules.inspections import leads_to_person
from pledges.rules.plaques import BindingEnd, PlaqueState
from pledges.rules.premises import LONGEST_REASON, OperatorEnd, PremisesState, PremisesStep
from pledges.rules.refusals import PledgeRefusal
from pledges.rules.register import PremisesFlaw
from pledges.rules.signing import PledgeStep
from pledges.service.claims import settle_claims
from pledges.service.leaving import end_pledges, end_the_rest
from pledges.service.premises import (
    end_operator,
    locked_door,
    note_step,
    premises_here,
)
from portal.accounts.rules import Actor
from portal.kernel.audit import note_action
from portal.kernel.clock import city_day
from portal.kernel.errors import Conflict, Refused
from portal.kernel.instance import instance_of


def close_premises(
    session: Session, actor: Actor, number: str, reason: str, *, seen: str, now: datetime
) -> None:
    """Take premises out of the register for good; the door can be entered anew. ``seen``: the
    number of the operator that the form showed, or ""."""
    why = reason.strip()
    if not why:
        raise Refused(PledgeRefusal.NO_REASON, field="reason")
    if len(why) > LONGEST_REASON:
        raise Refused(PledgeRefusal.LONG, field="reason", facts={"most": LONGEST_REASON})
    if leads_to_person(why):
        # whoever waits for an answer about the place reads it
        raise Refused(PledgeRefusal.LEADS_TO_PERSON, field="reason")
    row = premises_here(session, actor, number)
    door, runs = locked_door(session, row, seen)
    _check_stalls(session, row)
    end_operator(session, actor, runs, OperatorEnd.PREMISES_GONE, now)
    end_pledges(session, actor, row, PledgeStep.PREMISES_GO, now)
    end_the_rest(session, row, runs, now)
    settle_claims(session, actor, row.district, row.id, why, now)
    _take_plaque(session, actor, row, now)
    door.state, door.gone_on = PremisesState.GONE, city_day(now, instance_of(session).city.zone)
    door.updated_at, door.version = now, door.version + 1
    note_step(session, actor, row.district, row.id, PremisesStep.GONE, now, why)
    note_action(
        session, at=now, actor_id=actor.person_id, action="premises:close",
        subject=f"premises:{row.number}", reason=why,
    )  # fmt: skip


def _check_stalls(session: Session, row: PremisesRow) -> None:
    inside = select(Premises.id).where(
        Premises.district == row.district, Premises.within_id == row.id,
        Premises.state != PremisesState.GONE,
    )  # fmt: skip
    if session.scalars(inside.limit(1)).first() is not None:
        raise Conflict(PremisesFlaw.STALLS)


def _take_plaque(session: Session, actor: Actor, row: PremisesRow, now: datetime) -> None:
    """The plaque that hung there is worth nothing any more; its page tells why."""
    bound = session.scalars(
        select(PlaqueBinding)
        .where(
            PlaqueBinding.district == row.district, PlaqueBinding.premises_id == row.id,
            PlaqueBinding.ended_at.is_(None),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()  # fmt: skip
    if bound is None:
        return
    bound.ended_at, bound.ended_why = now, BindingEnd.PREMISES_GONE
    plaque = session.scalars(
        select(Plaque)
        .where(Plaque.code == bound.code)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    plaque.state, plaque.ended_at = PlaqueState.WITHDRAWN, now
    note_step(session, actor, row.district, row.id, PremisesStep.PLAQUE_ENDS, now)

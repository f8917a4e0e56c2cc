"""What ends with whoever leaves a place, or with the place itself."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pledges.models import Pledge, PledgeEvent, PremisesOperator
from pledges.queries.breaches import open_breaches_of_operator
from pledges.queries.premises import PremisesRow
from pledges.rules.signing import PledgeState, PledgeStep, Who
from pledges.service.alliances import end_memberships
from pledges.service.parking import end_offers
from pledges.service.steps import end_with_tenant
from portal.accounts.rules import Actor


def end_pledges(
    session: Session, actor: Actor, row: PremisesRow, step: PledgeStep, now: datetime
) -> None:
    """What was signed for the place ends with whoever signed it, of every kind of letter."""
    held = session.scalars(
        select(Pledge)
        .where(
            Pledge.district == row.district, Pledge.premises_id == row.id,
            Pledge.state == PledgeState.IN_FORCE,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()  # fmt: skip
    for pledge in held:
        pledge.state, pledge.ended_at = PledgeState.ENDED, now
        session.add(
            PledgeEvent(
                district=row.district, pledge_id=pledge.id, step=step,
                who=Who.STAFF, actor_id=actor.person_id, at=now,
            )
        )  # fmt: skip
    session.flush()


def end_the_rest(
    session: Session, row: PremisesRow, runs: PremisesOperator | None, now: datetime
) -> None:
    """What is open against whoever leaves ends with her, and so does what she joined or offered:
    the next one answers for none of it."""
    for breach in open_breaches_of_operator(session, runs.district, runs.id) if runs else ():
        end_with_tenant(session, breach, now=now)
    end_memberships(session, row.district, row.id, now)
    end_offers(session, row.district, row.id, now)

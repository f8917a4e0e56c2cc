"""Addresses of the pages of benefits: what stands in them, and who opens them."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from credit.models import Benefit, Redemption
from credit.rules.benefits import BenefitState, RedemptionState
from credit.service.redeeming import code_of, find_by_code
from portal.accounts.models import Person
from portal.kernel.clock import now
from tests.make.accounts import actor

WHO = {
    "credit.my_redemption": "resident",
    "credit.check_offer": "street_desk",
    "credit.hand_out_one": "community_committee",
}
CASES = {
    "credit.show_benefit": "benefit",
    "credit.my_redemption": "kept",
    "credit.desk_benefit": "benefit",
    "credit.edit_benefit": "benefit",
    "credit.check_offer": "unchecked",
    "credit.benefit_stock": "benefit",
    "credit.end_benefit": "benefit",
    "credit.hand_out_one": "kept",
}


def benefit_things(session: Session, people: Mapping[str, Person]) -> dict[str, str]:
    """An offer, one that waits for its check, and what is kept for the resident.

    Its code was typed by the committee, and stays open before it as long as the tests run.
    """
    kept = session.execute(
        select(Redemption.id, Redemption.number, Benefit.code)
        .join(Benefit, Benefit.id == Redemption.benefit_id)
        .where(Redemption.state == RedemptionState.HELD)
        .order_by(Redemption.id)
        .limit(1)
    ).one()
    desk = actor(session, people["community_committee"])
    code = code_of(session, kept.id)
    find_by_code(session, desk, code, now=now() + timedelta(days=1))
    waiting = select(Benefit.code).where(Benefit.state == BenefitState.WAITING)
    return {
        "benefit": kept.code,
        "kept": kept.number,
        "unchecked": session.scalars(waiting).one(),
    }

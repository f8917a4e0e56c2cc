"""Whose shop a frontage is: the accounts and phones by which it is run, or was since a day."""

from datetime import date
from uuid import UUID

from sqlalchemy import or_, select, union
from sqlalchemy.orm import Session

from pledges.models import Pledge, PremisesClaim, PremisesOperator
from pledges.rules.premises import ClaimState


def who_runs(
    session: Session, district: str, premises_id: UUID, since: date
) -> tuple[set[UUID], set[str]]:
    """The accounts that speak for whoever ran a place since a day, spoke for them by a confirmed
    claim, or signed for them; and the keyed hashes of the phones of the register: two queries."""
    o = PremisesOperator
    running = (
        o.district == district, o.premises_id == premises_id,
        or_(o.ends_on.is_(None), o.ends_on >= since),
    )  # fmt: skip
    operators = select(o.id).where(*running)
    people = union(
        select(o.person_id).where(*running),
        select(Pledge.signer_id).where(
            Pledge.district == district, Pledge.operator_id.in_(operators)
        ),
        select(PremisesClaim.person_id).where(
            PremisesClaim.district == district, PremisesClaim.operator_id.in_(operators),
            PremisesClaim.state == ClaimState.CONFIRMED,
        ),
    )  # fmt: skip
    phones = session.scalars(select(o.phone_hash).where(*running))
    found = session.scalars(people)
    return {one for one in found if one is not None}, {one for one in phones if one is not None}

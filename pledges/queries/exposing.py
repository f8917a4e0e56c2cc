"""Reads of breaches for whoever shows them to the public: how they stand, and who was told when."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from pledges.models import Breach, BreachEvent, PremisesOperator
from pledges.rules.breaches import EDGES, BreachState, BreachStep

# a decision about an appeal gives no new days
_TOLD = frozenset(edge.step for edge in EDGES if edge.noticed) - {BreachStep.RESUME}


@dataclass(frozen=True)
class BreachBasis:
    """A breach: its state, when its last notice went out, and whether an appeal is open.

    ``organisation``: whoever answers for the shop is one in the register, not a person by herself.
    """

    number: str
    place_path: str
    state: BreachState
    suspended: bool
    noticed_at: datetime
    organisation: bool


def breach_bases(session: Session, numbers: Collection[str]) -> dict[str, BreachBasis]:
    """Breaches by number, in one query."""
    if not numbers:
        return {}
    its_notices = and_(
        BreachEvent.district == Breach.district,
        BreachEvent.breach_id == Breach.id,
        BreachEvent.step.in_(_TOLD),
    )
    its_operator = and_(
        PremisesOperator.district == Breach.district, PremisesOperator.id == Breach.operator_id
    )
    rows = session.execute(
        select(
            Breach.number, Breach.place_path, Breach.state, Breach.suspended_at, Breach.opened_at,
            func.max(BreachEvent.at).label("noticed_at"), PremisesOperator.organisation_id,
        )
        .outerjoin(BreachEvent, its_notices)
        .outerjoin(PremisesOperator, its_operator)
        .where(Breach.number.in_(numbers))
        .group_by(
            Breach.number, Breach.place_path, Breach.state, Breach.suspended_at, Breach.opened_at,
            PremisesOperator.organisation_id,
        )
    )  # fmt: skip
    return {
        row.number: BreachBasis(
            row.number, row.place_path, row.state, row.suspended_at is not None,
            row.noticed_at or row.opened_at, row.organisation_id is not None,
        )
        for row in rows
    }  # fmt: skip

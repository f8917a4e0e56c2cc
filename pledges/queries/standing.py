"""What a standing is made of, by operator; and standings as they are read."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from pledges.models import (
    Breach,
    Inspection,
    InspectionAnswer,
    Premises,
    PremisesOperator,
    Standing,
)
from pledges.rules.breaches import BreachState
from pledges.rules.inspections import Body, Finding, InspectionState
from pledges.rules.premises import PremisesState


@dataclass(frozen=True)
class ToRate:
    """Whoever ran a place at the end of a quarter and was looked at within a year."""

    district: str
    premises_id: UUID
    operator_id: UUID
    place_path: str


def without_standing(
    session: Session, quarter: str, last_day: date, since: datetime, until: datetime, limit: int
) -> list[ToRate]:
    """Some of those whose standing of a quarter is not made; ``last_day`` is the day after it."""
    o = PremisesOperator
    looked = exists().where(
        Inspection.district == o.district, Inspection.operator_id == o.id,
        Inspection.state == InspectionState.STANDS, Inspection.at >= since, Inspection.at < until,
    )  # fmt: skip
    made = exists().where(
        Standing.district == o.district, Standing.premises_id == o.premises_id,
        Standing.quarter == quarter,
    )  # fmt: skip
    here = and_(Premises.district == o.district, Premises.id == o.premises_id)
    rows = session.execute(
        select(o.district, o.premises_id, o.id, Premises.place_path)
        .join(Premises, here)
        .where(
            Premises.state != PremisesState.GONE, o.starts_on < last_day,
            or_(o.ends_on.is_(None), o.ends_on >= last_day), looked, ~made,
        )
        .order_by(o.district, o.id)
        .limit(limit)
    )  # fmt: skip
    return [ToRate(*row) for row in rows]


@dataclass(frozen=True)
class Look:
    """One inspection: when, and how many clauses were kept of those that were seen."""

    operator_id: UUID
    at: datetime
    kept: int
    seen: int


def looks_at(
    session: Session,
    operators: Collection[UUID],
    bodies: Iterable[Body],
    since: datetime,
    until: datetime,
) -> list[Look]:
    """What stands of the inspections of some operators: a finding against which an appeal is open,
    or was granted, counts neither way."""
    i, a = Inspection, InspectionAnswer
    disputed = exists().where(
        Breach.district == a.district, Breach.inspection_id == a.inspection_id,
        Breach.clause_id == a.clause_id,
        or_(Breach.state == BreachState.VOID, Breach.suspended_at.is_not(None)),
    )  # fmt: skip
    kept = func.sum(case((a.finding == Finding.KEPT, 1), else_=0))
    rows = session.execute(
        select(i.operator_id, i.at, kept, func.count())
        .join(a, and_(a.district == i.district, a.inspection_id == i.id))
        .where(
            i.operator_id.in_(operators), i.state == InspectionState.STANDS,
            i.body.in_(list(bodies)), i.at >= since, i.at < until,
            a.finding != Finding.NOT_SEEN, ~disputed,
        )
        .group_by(i.district, i.id, i.operator_id, i.at)
    )  # fmt: skip
    return [Look(*row) for row in rows]


def cases_at(
    session: Session, operators: Collection[UUID], since: datetime, until: datetime
) -> list[tuple[UUID, datetime, str]]:
    """Reports that were opened of a breach of some operators: whose, when, and their numbers."""
    b = Breach
    rows = session.execute(
        select(b.operator_id, b.opened_at, b.case_number).where(
            b.operator_id.in_(operators), b.case_number.is_not(None),
            b.state != BreachState.VOID, b.suspended_at.is_(None),
            b.opened_at >= since, b.opened_at < until,
        )
    )  # fmt: skip
    return [(row.operator_id, row.opened_at, row.case_number) for row in rows]


@dataclass(frozen=True)
class StandingRow:
    """A standing as everybody reads it."""

    quarter: str
    stars: int | None
    low: float | None
    high: float | None
    inspections: int
    ratings: int | None
    reports: int
    figures: str
    formula: str
    computed_at: datetime

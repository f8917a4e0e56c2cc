"""Reads of plans of inspections, and of visits at the door."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session

from pledges.models import (
    DoorVisit,
    Inspection,
    Premises,
    PremisesOperator,
    VisitPlan,
    VisitPlanStop,
)
from pledges.queries.inspections import in_places
from pledges.rules.inspections import Body, InspectionState, along
from pledges.rules.premises import PremisesState
from pledges.rules.visits import VisitPurpose

SHOWN = 50
MOST_STOPS = 300


@dataclass(frozen=True)
class PlanRow:
    """A plan of inspections."""

    district: str
    id: UUID
    number: str
    title: str
    area_id: UUID
    place_path: str
    body: Body
    starts_on: date
    ends_on: date


_PLAN: Any = (
    VisitPlan.district, VisitPlan.id, VisitPlan.number, VisitPlan.title, VisitPlan.area_id,
    VisitPlan.place_path, VisitPlan.body, VisitPlan.starts_on, VisitPlan.ends_on,
)  # fmt: skip


def plan_by_number(session: Session, number: str) -> PlanRow | None:
    """One plan."""
    found = session.execute(select(*_PLAN).where(VisitPlan.number == number)).one_or_none()
    return PlanRow(*found) if found else None


def plans_in(session: Session, places: Collection[str] | None, today: date) -> list[PlanRow]:
    """The plans of some places that are not over, the first to end first."""
    rows = session.execute(
        select(*_PLAN)
        .where(in_places(places, VisitPlan.place_path), VisitPlan.ends_on >= today)
        .order_by(VisitPlan.ends_on, VisitPlan.id)
        .limit(SHOWN)
    )
    return [PlanRow(*row) for row in rows]


def plan_has(session: Session, plan: PlanRow, premises_id: UUID) -> bool:
    """Whether a plan leads to a place."""
    key = (plan.district, plan.id, premises_id)
    return session.get(VisitPlanStop, key) is not None


@dataclass(frozen=True)
class StopRow:
    """A place of a plan, and whether it was looked at."""

    id: UUID
    number: str
    title: str
    road: str
    door: str
    done: bool


def stops_of(session: Session, plan: PlanRow) -> list[StopRow]:
    """The places of a plan in the order of the way: one query."""
    done = exists().where(
        Inspection.district == VisitPlanStop.district, Inspection.plan_id == VisitPlanStop.plan_id,
        Inspection.premises_id == VisitPlanStop.premises_id,
        Inspection.state == InspectionState.STANDS,
    )  # fmt: skip
    rows = session.execute(
        select(Premises.id, Premises.number, Premises.title, Premises.road, Premises.door, done)
        .join(
            VisitPlanStop,
            and_(
                VisitPlanStop.district == Premises.district,
                VisitPlanStop.premises_id == Premises.id,
            ),
        )
        .where(VisitPlanStop.district == plan.district, VisitPlanStop.plan_id == plan.id)
        .order_by(VisitPlanStop.position)
    )
    return [StopRow(*row) for row in rows]


def doors_along(session: Session, place_path: str, road: str) -> list[tuple[str, UUID]]:
    """(district, id) of the places of a road below a place in the order of the walk; of every road
    when none is named. One more than a plan can hold tells that there are too many."""
    named = (Premises.road == road,) if road else ()
    rows = session.execute(
        select(Premises.district, Premises.id, Premises.road, Premises.door)
        .where(
            Premises.place_path.startswith(place_path, autoescape=True),
            Premises.state != PremisesState.GONE, *named,
        )
        .order_by(Premises.road, Premises.door, Premises.id)
        .limit(MOST_STOPS + 1)
    ).all()  # fmt: skip
    return [(row.district, row.id) for row in sorted(rows, key=lambda r: along(r.road, r.door))]


@dataclass(frozen=True)
class VisitRow:
    """That somebody came, as what, for what."""

    number: str
    title: str
    premises: str
    premises_id: UUID
    place_path: str
    purpose: VisitPurpose
    body: Body
    organisation_id: UUID | None
    visitor_id: UUID | None
    at: datetime
    agreed: bool
    words: str | None
    void_reason: str | None


_VISIT: Any = (
    DoorVisit.number, Premises.title, Premises.number, Premises.id, DoorVisit.place_path,
    DoorVisit.purpose, DoorVisit.body, DoorVisit.organisation_id, DoorVisit.visitor_id,
    DoorVisit.at, DoorVisit.agreed, DoorVisit.words, DoorVisit.void_reason,
)  # fmt: skip
_AT = and_(Premises.district == DoorVisit.district, Premises.id == DoorVisit.premises_id)


def visit_by_number(session: Session, number: str) -> VisitRow | None:
    """One visit."""
    found = session.execute(
        select(*_VISIT).join(Premises, _AT).where(DoorVisit.number == number)
    ).one_or_none()
    return VisitRow(*found) if found else None


def visits_at(session: Session, district: str, premises_id: UUID) -> list[VisitRow]:
    """The latest visits at one place that were not struck out: one query."""
    rows = session.execute(
        select(*_VISIT)
        .join(Premises, _AT)
        .where(
            DoorVisit.district == district, DoorVisit.premises_id == premises_id,
            DoorVisit.voided_at.is_(None),
        )
        .order_by(DoorVisit.at.desc(), DoorVisit.id)
        .limit(SHOWN)
    )  # fmt: skip
    return [VisitRow(*row) for row in rows]


def visits_to(session: Session, person_id: UUID | None) -> list[VisitRow]:
    """The latest visits to places for which somebody speaks, of her own time there, without those
    that were struck out: one query."""
    runs = and_(
        PremisesOperator.district == DoorVisit.district,
        PremisesOperator.id == DoorVisit.operator_id,
    )
    rows = session.execute(
        select(*_VISIT)
        .join(Premises, _AT)
        .join(PremisesOperator, runs)
        .where(
            PremisesOperator.person_id == person_id, PremisesOperator.ends_on.is_(None),
            DoorVisit.voided_at.is_(None),
        )
        .order_by(DoorVisit.at.desc(), DoorVisit.id)
        .limit(SHOWN)
    )  # fmt: skip
    return [VisitRow(*row) for row in rows]


def visits_in(session: Session, places: Collection[str] | None) -> list[VisitRow]:
    """The latest visits in some places: one query."""
    rows = session.execute(
        select(*_VISIT)
        .join(Premises, _AT)
        .where(in_places(places, DoorVisit.place_path))
        .order_by(DoorVisit.at.desc(), DoorVisit.id)
        .limit(SHOWN)
    )
    return [VisitRow(*row) for row in rows]

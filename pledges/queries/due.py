"""Which doors are to be looked at this week, and why."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from pledges.models import Breach, Inspection, Premises, Standing
from pledges.queries.visits import MOST_STOPS
from pledges.rules.inspections import (
    DUE_AHEAD,
    FEW_STARS,
    LOOKED_LONG_AGO,
    Due,
    InspectionState,
)
from pledges.rules.premises import PremisesState


def why_due(
    session: Session, these: ColumnElement[bool], today: date, now: datetime
) -> Mapping[UUID, Sequence[Due]]:
    """The reasons of some doors of the register, the most pressing first: four queries whatever
    their number. ``these``: a condition of ``Premises``."""
    at = (Premises.district == Breach.district, Premises.id == Breach.premises_id)
    open_now = (*at, Breach.ended_at.is_(None), Breach.suspended_at.is_(None))
    latest = select(func.max(Standing.quarter)).scalar_subquery()
    looked = exists().where(
        Inspection.district == Premises.district, Inspection.premises_id == Premises.id,
        Inspection.state == InspectionState.STANDS, Inspection.at > now - LOOKED_LONG_AGO,
    )  # fmt: skip
    conditions = {
        Due.SAID_RECTIFIED: exists().where(*open_now, Breach.rectified_at.is_not(None)),
        Due.BREACH_DAY: exists().where(
            *open_now, Breach.rectified_at.is_(None), Breach.rectify_by <= today + DUE_AHEAD
        ),
        Due.FEW_STARS: exists().where(
            Standing.district == Premises.district, Standing.premises_id == Premises.id,
            Standing.quarter == latest, Standing.stars <= FEW_STARS,
        ),
        Due.LONG_AGO: ~looked,
    }  # fmt: skip
    found: dict[UUID, list[Due]] = {}
    for reason, condition in conditions.items():
        rows = session.scalars(
            select(Premises.id)
            .where(these, Premises.state != PremisesState.GONE, condition)
            .order_by(Premises.road, Premises.door, Premises.id)
            .limit(MOST_STOPS)
        )
        for key in rows:
            found.setdefault(key, []).append(reason)
    return found


def on_road(place_path: str, road: str) -> ColumnElement[bool]:
    """The condition of standing below a place, at one road or at any."""
    below = Premises.place_path.startswith(place_path, autoescape=True)
    return below & (Premises.road == road) if road else below


def among(stops: Sequence[UUID]) -> ColumnElement[bool]:
    """The condition of being one of some doors."""
    return Premises.id.in_(stops)

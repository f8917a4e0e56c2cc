"""What looks like stuffing, for the desk: bands of counts and hours, never who and never how."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from pledges.models import Premises, PremisesOperator, Tap
from pledges.queries.inspections import in_places
from pledges.rules.ratings import FEWEST_SEEN, rush_band, rush_span
from portal.satisfaction.queries import busy_hours
from portal.satisfaction.rules import SubjectKind

SHOWN = 100
_DOOR = and_(Premises.district == Tap.district, Premises.id == Tap.premises_id)
_RUNS = and_(
    Premises.district == PremisesOperator.district, Premises.id == PremisesOperator.premises_id
)


@dataclass(frozen=True)
class Rush:
    """A shop in an hour with many ratings, which count, or many taps, which do not."""

    number: str
    title: str
    hour: datetime
    least: int
    most: int | None
    counted: bool


def rushes(session: Session, places: Collection[str] | None, now: datetime) -> list[Rush]:
    """Hours of ten or more that have been over for a day, the newest first: bands of counts."""
    since, until = rush_span(now)
    many = func.sum(Tap.many)
    taps = session.execute(
        select(Premises.number, Premises.title, Tap.hour, many)
        .join(Premises, _DOOR)
        .where(Tap.hour >= since, Tap.hour < until, in_places(places, Premises.place_path))
        .group_by(Premises.number, Premises.title, Tap.hour)
        .having(many >= FEWEST_SEEN)
        .order_by(Tap.hour.desc())
        .limit(SHOWN)
    )
    found = [
        Rush(number, title, hour, *rush_band(times), counted=False)
        for number, title, hour, times in taps
    ]
    runs = (
        select(PremisesOperator.id)
        .join(Premises, _RUNS)
        .where(in_places(places, Premises.place_path))
    )
    rated = busy_hours(session, SubjectKind.FRONTAGE, runs, since, until, FEWEST_SEEN)[:SHOWN]
    names = {
        row.id: row
        for row in session.execute(
            select(PremisesOperator.id, Premises.number, Premises.title)
            .join(Premises, _RUNS)
            .where(PremisesOperator.id.in_({one[0] for one in rated}))
        )
    }
    found += [
        Rush(names[who].number, names[who].title, hour, *rush_band(times), counted=True)
        for who, hour, times in rated
    ]
    return sorted(found, key=lambda one: (one.hour, one.number, one.counted), reverse=True)

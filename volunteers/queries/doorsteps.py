"""Visits to households as the organisers of a place read them: by day, community and topic."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from volunteers.models import Doorstep, PatrolEntry, Shift
from volunteers.queries.activities import within
from volunteers.rules.doorsteps import DoorTopic

# so many are listed one by one; days and sums count all
MOST: Final = 500


@dataclass(frozen=True)
class VisitRow:
    """A visit: where, about what, at how many doors, of which so many said yes."""

    shift: str
    area_id: UUID
    at: datetime
    topic: DoorTopic
    doors: int
    agreed: int
    building: str | None
    entrance: int | None


@dataclass(frozen=True)
class DayOfVisits:
    """What a day comes to. ``place``: which of the days that were asked for, from 0."""

    place: int
    visits: int
    doors: int
    agreed: int


def visits_by_day(
    session: Session, places: Sequence[str] | None, days: Sequence[datetime]
) -> list[DayOfVisits]:
    """All visits in some places (None: everywhere) by day, the newest day first: one query.

    ``days``: the first moments of days that follow each other; the last one is open at its end.
    """
    later = [(PatrolEntry.made_at >= first, at) for at, first in enumerate(days) if at]
    day = case(*reversed(later), else_=0).label("place")
    statement = select(
        day, func.count(), func.sum(PatrolEntry.doors), func.sum(Doorstep.agreed)
    ).group_by("place")
    found = session.execute(_those(statement, places, days[0]))
    return sorted((DayOfVisits(*row) for row in found), key=lambda one: -one.place)


def visits_since(session: Session, places: Sequence[str] | None, since: datetime) -> list[VisitRow]:
    """The newest visits in some places since a moment, ``MOST`` of them: one query."""
    statement = select(
        Shift.number, Shift.area_id, PatrolEntry.made_at, Doorstep.topic, PatrolEntry.doors,
        Doorstep.agreed, Doorstep.building, Doorstep.entrance,
    )  # fmt: skip
    newest = statement.order_by(PatrolEntry.made_at.desc(), PatrolEntry.id).limit(MOST)
    return [VisitRow(*row) for row in session.execute(_those(newest, places, since))]


def _those(
    statement: Select[*tuple[Any, ...]], places: Sequence[str] | None, since: datetime
) -> Select[*tuple[Any, ...]]:
    visits = (
        statement.join_from(Doorstep, PatrolEntry, PatrolEntry.id == Doorstep.entry_id)
        .join(Shift, Shift.id == PatrolEntry.shift_id)
        .where(PatrolEntry.made_at >= since)
    )
    inside = within(Shift.place_path, places)
    return visits if inside is None else visits.where(inside)

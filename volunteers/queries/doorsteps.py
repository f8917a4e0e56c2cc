"""Visits to households as the organisers of a place read them: by day, community and topic."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from volunteers.models import Doorstep, PatrolEntry, Shift
from volunteers.rules.doorsteps import DoorTopic

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


def visits_since(
    session: Session, places: Collection[str] | None, since: datetime
) -> list[VisitRow]:
    """The visits in some places (None: everywhere) since a moment, the newest first: one query."""
    statement = (
        select(
            Shift.number, Shift.area_id, PatrolEntry.made_at, Doorstep.topic, PatrolEntry.doors,
            Doorstep.agreed, Doorstep.building, Doorstep.entrance,
        )
        .join(PatrolEntry, PatrolEntry.id == Doorstep.entry_id)
        .join(Shift, Shift.id == PatrolEntry.shift_id)
        .where(PatrolEntry.made_at >= since)
        .order_by(PatrolEntry.made_at.desc(), PatrolEntry.id)
        .limit(MOST)
    )  # fmt: skip
    if places is not None:
        statement = statement.where(or_(*(Shift.place_path.startswith(path) for path in places)))
    return [VisitRow(*row) for row in session.execute(statement)]

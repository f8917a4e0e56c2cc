"""Registering as a volunteer, and what one agreed to."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.kernel.ids import new_number
from volunteers.models import Volunteer, VolunteerInterest
from volunteers.rules.activities import tags


def register(
    session: Session,
    person_id: UUID,
    *,
    named: bool,
    interests: Collection[str] = (),
    now: datetime,
) -> None:
    """Register somebody, or change what she agreed to. ``named``: her name may be shown as that of
    a volunteer; without it no page shows it (条例, article 20)."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    session.execute(
        dialect.insert(Volunteer)
        .values(
            person_id=person_id, number=new_number(), registered_at=now,
            named_at=now if named else None,
        )
        .on_conflict_do_nothing()
    )  # fmt: skip
    mine = update(Volunteer).where(Volunteer.person_id == person_id)
    if named:
        # the day on which she agreed stays
        mine = mine.where(Volunteer.named_at.is_(None))
    session.execute(mine.values(named_at=now if named else None))
    session.execute(delete(VolunteerInterest).where(VolunteerInterest.person_id == person_id))
    for tag in sorted(set(interests) & set(tags())):
        session.add(VolunteerInterest(person_id=person_id, tag=tag))

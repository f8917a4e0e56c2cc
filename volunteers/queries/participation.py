"""Who served, or looked after what was adopted, in a time: for figures of participation."""

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteers.models import ServiceHours
from volunteers.models.adoption import Adoption, AdoptionCare
from volunteers.rules.adoption.life import CareState


def serving_people(session: Session, first: datetime, end: datetime) -> Iterator[tuple[str, str]]:
    """(who, path of the place) of confirmed service that began in the time."""
    mine = (
        ServiceHours.starts_at >= first, ServiceHours.starts_at < end,
        ServiceHours.voided_at.is_(None), ServiceHours.person_id.is_not(None),
    )  # fmt: skip
    statement = select(ServiceHours.person_id, ServiceHours.place_path).where(*mine).distinct()
    for person_id, path in session.execute(statement):
        yield str(person_id), path


def caring_people(session: Session, first: date, end: date) -> Iterator[tuple[str, str]]:
    """(who, path of the place) of care that was done from a day until before another."""
    mine = (
        AdoptionCare.done_on >= first, AdoptionCare.done_on < end,
        AdoptionCare.state != CareState.VOID, AdoptionCare.person_id.is_not(None),
    )  # fmt: skip
    statement = (
        select(AdoptionCare.person_id, Adoption.place_path)
        .join(Adoption, Adoption.id == AdoptionCare.adoption_id)
        .where(*mine)
        .distinct()
    )
    for person_id, path in session.execute(statement):
        yield str(person_id), path

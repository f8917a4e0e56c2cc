"""Who sees photos of inspections, and of what a shop put right."""

from sqlalchemy.orm import Session

from pledges.queries.breaches import (
    breach_of_answer,
    breaches_of_inspection,
    speaker_of,
)
from pledges.queries.inspections import doors_by_ids
from pledges.queries.photos import PhotoRow
from pledges.service.inspections import INSPECT
from portal.accounts.rules import Actor


def sees_photo(session: Session, actor: Actor, photo: PhotoRow) -> bool:
    """Everybody once it was checked and is shown; else inspectors of the place, and whoever speaks
    for the shop when a breach came of it."""
    if photo.shown_at is not None:
        return True
    door = doors_by_ids(session, [photo.premises_id])[photo.premises_id]
    if actor.may(INSPECT, place_path=door.place_path):
        return True
    if actor.person_id is None:
        return False
    if photo.answer_id is not None:
        one = breach_of_answer(session, photo.answer_id)
        breaches = [one] if one is not None else []
    elif photo.inspection_id is not None:
        breaches = breaches_of_inspection(session, photo.district, photo.inspection_id)
    else:
        breaches = []
    return any(speaker_of(session, row).person_id == actor.person_id for row in breaches)

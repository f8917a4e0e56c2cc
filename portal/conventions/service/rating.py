"""Residents rate the self-government of the community that made a convention, whose committee does
not rate itself, and the property service of an estate. Nobody reads a
single rating, and there is no field for words."""

from datetime import datetime, time
from uuid import UUID

from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.areas.rules import codes_of
from portal.conventions.queries.estates import EstateRow, estate_by_number
from portal.conventions.queries.signing import SigningRow
from portal.conventions.rules.rating import (
    CATEGORY,
    PROPERTY_SERVICE,
    RatingRefusal,
    quarter_of,
)
from portal.conventions.service.handling import HANDLES
from portal.conventions.service.signing import version_to_read
from portal.kernel.clock import city_day
from portal.kernel.errors import Forbidden, Missing, Refused
from portal.kernel.ids import clean_number
from portal.kernel.instance import instance_of
from portal.satisfaction.queries import RatingRow, rating_of
from portal.satisfaction.rules import Answers, SubjectKind
from portal.satisfaction.service import Subject, bound_to, record_rating


def rater_key(session: Session, person_id: UUID) -> UUID:
    """A key for somebody's ratings of communities that leads to nobody without the secret."""
    hashed = instance_of(session).vault.keyed_hash("community-rater", str(person_id))
    return UUID(hashed[:32])


def my_community_rating(
    session: Session, actor: Actor, row: SigningRow, now: datetime
) -> RatingRow | None:
    """What somebody said of a community in this quarter."""
    if actor.person_id is None:
        return None
    cycle, _ends = quarter_of(city_day(now, instance_of(session).city.zone))
    key = rater_key(session, actor.person_id)
    return rating_of(session, SubjectKind.SELF_GOVERNMENT, row.area_id, cycle, key)


def rate_community(
    session: Session, actor: Actor, number: str, answers: Answers, *, seen: int, now: datetime
) -> None:
    """Keep a resident's answer for this quarter, or change it while the quarter lasts. Raises
    Conflict when another page of hers was first."""
    row = version_to_read(session, number)
    if actor.person_id is None:
        raise Forbidden
    if actor.may(HANDLES, place_path=row.place_path):
        raise Refused(RatingRefusal.OWN)
    _record(
        session, actor.person_id, SubjectKind.SELF_GOVERNMENT, row.area_id, row.place_path,
        CATEGORY, answers, seen, now,
    )  # fmt: skip


def my_estate_rating(
    session: Session, actor: Actor, row: EstateRow, now: datetime
) -> RatingRow | None:
    """What somebody said of the property service of an estate in this quarter."""
    if actor.person_id is None:
        return None
    cycle, _ends = quarter_of(city_day(now, instance_of(session).city.zone))
    key = rater_key(session, actor.person_id)
    return rating_of(session, SubjectKind.ESTATE, row.id, cycle, key)


def rate_estate(
    session: Session, actor: Actor, number: str, answers: Answers, *, seen: int, now: datetime
) -> None:
    """Keep a resident's answer about the property service of an estate for this quarter (R052), or
    change it while the quarter lasts. Raises Conflict when another page of hers was first."""
    row = estate_by_number(session, clean_number(number) or "")
    if row is None:
        raise Missing
    if actor.person_id is None:
        raise Forbidden
    _record(
        session, actor.person_id, SubjectKind.ESTATE, row.id, row.place_path, PROPERTY_SERVICE,
        answers, seen, now,
    )  # fmt: skip


def _record(
    session: Session,
    person_id: UUID,
    kind: SubjectKind,
    subject_id: UUID,
    place_path: str,
    category: str,
    answers: Answers,
    seen: int,
    now: datetime,
) -> None:
    zone = instance_of(session).city.zone
    cycle, ends = quarter_of(city_day(now, zone))
    subject = Subject(
        kind=kind, id=subject_id, district=codes_of(place_path)[0], cycle=cycle,
        place_path=place_path, category_code=category,
        window_ends=datetime.combine(ends, time(), zone),
    )  # fmt: skip
    key, bound = rater_key(session, person_id), bound_to(session, person_id=person_id)
    record_rating(session, subject, key, answers, seen=seen, now=now, bound=bound)

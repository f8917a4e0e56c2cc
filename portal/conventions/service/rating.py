"""Residents rate the self-government of the community that made a convention; its committee does
not rate itself. Nobody reads a single rating, and there is no field for words."""

from datetime import datetime, time
from uuid import UUID

from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.areas.rules import codes_of
from portal.conventions.queries.signing import SigningRow
from portal.conventions.rules.rating import CATEGORY, RatingRefusal, quarter_of
from portal.conventions.service.handling import HANDLES
from portal.conventions.service.signing import version_to_read
from portal.kernel.clock import city_day
from portal.kernel.errors import Forbidden, Refused
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
    zone = instance_of(session).city.zone
    cycle, ends = quarter_of(city_day(now, zone))
    subject = Subject(
        kind=SubjectKind.SELF_GOVERNMENT, id=row.area_id, district=codes_of(row.place_path)[0],
        cycle=cycle, place_path=row.place_path, category_code=CATEGORY,
        window_ends=datetime.combine(ends, time(), zone),
    )  # fmt: skip
    key, bound = rater_key(session, actor.person_id), bound_to(session, person_id=actor.person_id)
    record_rating(session, subject, key, answers, seen=seen, now=now, bound=bound)

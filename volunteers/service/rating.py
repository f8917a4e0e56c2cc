"""Those who served rate the activity and who organised it, once a shift.

The unit sees no single answer, only figures of enough people. There are no words: who would read
them would know the hand.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.areas.rules import codes_of
from portal.kernel.errors import Forbidden, Missing, Refused
from portal.kernel.instance import instance_of
from portal.satisfaction.queries import RatingRow, rating_of, settings_of
from portal.satisfaction.rules import Answers, SubjectKind
from portal.satisfaction.service import Subject, bound_to, record_rating
from volunteers.queries.rating import Served, served_on
from volunteers.queries.shifts import shift
from volunteers.rules.rating import RatingRefusal

CYCLE = 1


def rater_key(session: Session, person_id: UUID) -> UUID:
    """A key for somebody's ratings of shifts that leads to nobody without the secret."""
    hashed = instance_of(session).vault.keyed_hash("shift-rater", str(person_id))
    return UUID(hashed[:32])


def shift_to_rate(session: Session, actor: Actor, number: str) -> Served:
    """A shift on which she served. Raises Missing, Forbidden, Refused."""
    if actor.person_id is None:
        raise Forbidden
    found = served_on(session, number, actor.person_id)
    if found is None:
        if shift(session, number) is None:
            raise Missing
        raise Refused(RatingRefusal.NOT_SERVED)
    return found


def rating_until(session: Session, confirmed_at: datetime) -> datetime:
    """Until when a shift is rated: some days from the confirmation of the service."""
    return settings_of(session).window_ends(confirmed_at)


def my_shift_rating(session: Session, actor: Actor, served: Served) -> RatingRow | None:
    """What she said of a shift."""
    if actor.person_id is None:
        return None
    key = rater_key(session, actor.person_id)
    return rating_of(session, SubjectKind.SHIFT, served.shift_id, CYCLE, key)


def rate_shift(
    session: Session, actor: Actor, number: str, answers: Answers, *, seen: int, now: datetime
) -> None:
    """Keep her answer, or change it while its time lasts. Raises Conflict when another page of
    hers was first."""
    served = shift_to_rate(session, actor, number)
    if actor.person_id is None:
        raise Forbidden
    subject = Subject(
        kind=SubjectKind.SHIFT, id=served.shift_id, district=codes_of(served.place_path)[0],
        cycle=CYCLE, place_path=served.place_path, category_code=served.activity,
        window_ends=rating_until(session, served.confirmed_at),
    )  # fmt: skip
    key = rater_key(session, actor.person_id)
    bound = bound_to(session, person_id=actor.person_id)
    record_rating(session, subject, key, answers, seen=seen, now=now, bound=bound)

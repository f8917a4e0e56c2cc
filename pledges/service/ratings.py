"""Passers-by rate a frontage; what nobody stands behind is only a tap among others of its hour.

Nobody reads a single rating: neither whoever runs the shop, nor the desk. Figures are made of a
closed quarter, of ten different people or more (``service.standing``).
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final
from uuid import UUID

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from pledges.models import Tap
from pledges.queries.own_shop import who_runs
from pledges.queries.plaques import Hanging, plaque_by_code
from pledges.rules.plaques import PlaqueState
from pledges.rules.premises import PremisesState
from pledges.rules.ratings import CATEGORY, FrontageRefusal, month_of
from pledges.service.inspections import INSPECT
from portal.accounts.queries import actor_for, phones_of
from portal.accounts.rules import Actor
from portal.areas.queries import feature_live
from portal.areas.rules import Feature
from portal.kernel.clock import city_day
from portal.kernel.errors import Missing, Refused
from portal.kernel.ids import clean_number
from portal.kernel.instance import instance_of
from portal.kernel.ratelimit import Limit, take
from portal.reports.queries.case import CaseReporterRow
from portal.satisfaction.queries import RatingRow, rating_of
from portal.satisfaction.rules import SATISFIED_LEVELS, Answers, Level, SubjectKind
from portal.satisfaction.service import Subject, bound_to, record_rating

# nobody sees so many shops on a day; a tap costs nothing, so an address has few
PERSON_LIMIT: Final = Limit("frontage_rating_person", 20, 86_400)
ADDRESS_LIMIT: Final = Limit("frontage_rating_address", 60, 3_600)
TAP_LIMIT: Final = Limit("frontage_tap_address", 12, 3_600)


@dataclass(frozen=True)
class Rater:
    """Whoever rates: an account, or one of the reporters of a matter there, by its link."""

    actor: Actor
    link: CaseReporterRow | None = None


def frontage_by_code(session: Session, code: str) -> Hanging:
    """The shop behind a plaque in use. Raises Missing."""
    row = plaque_by_code(session, clean_number(code) or "")
    if row is None or row.state is not PlaqueState.BOUND or row.premises_id is None:
        raise Missing
    if row.premises_state is PremisesState.GONE:
        raise Missing
    return row


def why_not_rate(
    session: Session, rater: Rater, row: Hanging, now: datetime
) -> FrontageRefusal | None:
    """What keeps somebody from rating a frontage at all."""
    path, actor = row.place_path or "", rater.actor
    if actor.person_id is None and rater.link is not None and rater.link.person_id is not None:
        # whoever comes signed out by a report of hers is the same person
        actor = actor_for(session, rater.link.person_id, now, second_factor=True)
    day = city_day(now, instance_of(session).city.zone)
    if row.operator_id is None or not feature_live(session, Feature.RATINGS, path, day):
        return FrontageRefusal.NOT_OPEN
    if _is_her_own(session, Rater(actor, rater.link), row, day):
        return FrontageRefusal.OWN
    # whoever inspects it says so by an inspection, under her name
    return FrontageRefusal.INSPECTS if actor.may(INSPECT, place_path=path) else None


def _is_her_own(session: Session, rater: Rater, row: Hanging, day: date) -> bool:
    """Whether she runs the shop, or did in this month: by her account, or by a phone, of the
    register or of an account that speaks for it. One that she only typed into a report is enough
    to keep her out."""
    if row.premises_id is None:
        return False
    vault, link = instance_of(session).vault, rater.link
    people, phones = who_runs(session, row.district, row.premises_id, day.replace(day=1))
    asked = {one for one in (rater.actor.person_id, link.person_id if link else None) if one}
    if asked & people:
        return True
    known = phones_of(session, people | asked)
    hashes = {one: vault.keyed_hash("phone", phone) for one, phone in known.items()}
    hers = {hashes[one] for one in asked if one in hashes}
    if link is not None and link.phone_hash is not None:
        hers.add(link.phone_hash)
    return bool(hers & (phones | {hashes[one] for one in people if one in hashes}))


def rater_key(session: Session, rater: Rater) -> UUID | None:
    """A key for somebody's ratings of frontages that leads to nobody without the secret; None:
    nothing stands behind her. A verified phone is one person, whichever way she comes."""
    vault, link = instance_of(session).vault, rater.link
    person_id = rater.actor.person_id or (link.person_id if link else None)
    if person_id is not None:
        phone = phones_of(session, {person_id}).get(person_id)
        who = f"phone:{vault.keyed_hash('phone', phone)}" if phone else f"person:{person_id}"
    elif link is not None:
        known = link.verified and link.phone_hash
        who = f"phone:{link.phone_hash}" if known else f"report:{link.id}"
    else:
        return None
    return UUID(vault.keyed_hash("frontage-rater", who)[:32])


def person_key(session: Session, person_id: UUID) -> UUID | None:
    """The key of somebody's own ratings, for handing them out to her."""
    return rater_key(session, Rater(Actor(person_id)))


def my_frontage_rating(
    session: Session, rater: Rater, row: Hanging, now: datetime
) -> RatingRow | None:
    """What somebody said of a frontage in this month."""
    key = rater_key(session, rater)
    if key is None or row.operator_id is None:
        return None
    cycle, _ends = month_of(city_day(now, instance_of(session).city.zone))
    return rating_of(session, SubjectKind.FRONTAGE, row.operator_id, cycle, key)


def rate_frontage(
    session: Session,
    rater: Rater,
    code: str,
    level: Level,
    *,
    address: str,
    seen: int,
    now: datetime,
) -> bool:
    """Keep a rating for this month, or change it while the month lasts; whether it counts.

    Without anybody behind it, it only adds to the taps of its hour.
    """
    row = frontage_by_code(session, code)
    refusal = why_not_rate(session, rater, row, now)
    if refusal is not None:
        raise Refused(refusal)
    key = rater_key(session, rater)
    limits = (
        [(TAP_LIMIT, address)]
        if key is None
        else [(PERSON_LIMIT, key.hex), (ADDRESS_LIMIT, address)]
    )
    if take(session, limits, now=now) is not None:
        raise Refused(FrontageRefusal.TOO_MANY)
    if key is None:
        _tap(session, row, level, now)
        return False
    answers = Answers(solved=level <= SATISFIED_LEVELS, result=level, service=level)
    link = rater.link
    bound = bound_to(
        session,
        person_id=rater.actor.person_id or (link.person_id if link else None),
        phone_hash=link.phone_hash if link else None,
        link=link.id if link else None,
    )
    subject = frontage_subject(session, row, now)
    record_rating(session, subject, key, answers, seen=seen, now=now, bound=bound)
    return True


def frontage_subject(session: Session, row: Hanging, now: datetime) -> Subject:
    """This month of whoever runs the shop."""
    if row.operator_id is None or row.place_path is None:
        raise Missing
    zone = instance_of(session).city.zone
    cycle, ends = month_of(city_day(now, zone))
    return Subject(
        kind=SubjectKind.FRONTAGE, id=row.operator_id, district=row.district, cycle=cycle,
        place_path=row.place_path, category_code=CATEGORY,
        window_ends=datetime.combine(ends, time(), zone),
    )  # fmt: skip


def _tap(session: Session, row: Hanging, level: Level, now: datetime) -> None:
    dialect: Any = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    hour = now.replace(minute=0, second=0, microsecond=0)
    statement = dialect.insert(Tap).values(
        district=row.district, premises_id=row.premises_id, hour=hour, level=int(level), many=1
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["district", "premises_id", "hour", "level"],
            set_={"many": Tap.many + 1},
        )
    )

"""Somebody says how old she is, once; later the desk does, which looks at a paper (L1, P1).

Every statement is kept beside the band that holds: history is added to, never edited.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from portal.accounts.models import AgeStatement, Person
from portal.accounts.queries import PersonRow, person_by_number, person_by_phone
from portal.accounts.queries.age import age_of
from portal.accounts.rules import (
    Actor,
    AgeBand,
    AgeRefusal,
    Permission,
    Refusal,
    Seen,
    why_not_confirm,
    why_not_state,
)
from portal.accounts.service.sign_in import limit_tries
from portal.kernel.audit import note_action
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Counted, Forbidden, Missing, Refused
from portal.kernel.ids import clean_number, new_id
from portal.kernel.instance import instance_of
from portal.kernel.phones import clean_mobile
from portal.kernel.ratelimit import Limit

# a desk that types numbers to see who has an account is slow at it
PER_DESK: Final = Limit("age_desk_hour", 60, 3600)


@dataclass(frozen=True)
class Confirmation:
    """What a desk confirms: the band, after having looked at what."""

    band: AgeBand
    seen: Seen
    guardian_agrees: bool = False


def state_age(session: Session, actor: Actor, band: AgeBand, *, now: datetime) -> None:
    """Somebody says her own age group. Raises Refused when only time or the desk can change it."""
    known = age_of(session, actor.person_id)
    if known is None or actor.person_id is None:
        raise Missing
    zone = instance_of(session).city.zone
    refusal = why_not_state(known.band, band, city_day(known.since, zone), city_day(now, zone))
    if refusal is not None:
        raise Refused(refusal, field="band")
    if band is not known.band:
        _keep(session, actor.person_id, known.band, band, None, None, now)
        _note(session, actor.person_id, actor.person_id, "age:state", actor.number, now)


def confirm_age(
    session: Session, actor: Actor | None, typed: str, wish: Confirmation, *, now: datetime
) -> PersonRow:
    """Whoever looked at a paper says how old somebody is. ``actor`` None is the operator.

    ``typed``: a mobile number or an account number. Under 14 a parent or guardian agrees to the
    account, as at its opening (PIPL 31). Returns whose age it is.
    """
    found = _find(session, actor, typed, now)
    refusal = why_not_confirm(wish.band, wish.seen)
    if refusal is not None:
        raise Refused(refusal, field="seen" if refusal is not AgeRefusal.NO_BAND else "band")
    child = wish.band is AgeBand.UNDER_14
    if child and not wish.guardian_agrees:
        raise Refused(Refusal.GUARDIAN_NEEDED, field="guardian")
    known = age_of(session, found.id)
    if known is None:
        raise Missing
    by = actor.person_id if actor else None
    _keep(session, found.id, known.band, wish.band, wish.seen, by, now)
    _note(session, found.id, by, "age:confirm", found.number, now)
    if child:
        _note(session, found.id, by, "guardian:agree", found.number, now)
    return found


def _find(session: Session, actor: Actor | None, typed: str, now: datetime) -> PersonRow:
    """Whom a desk means. It says whether there is such an account, so it is asked only so often."""
    if actor is not None:
        if actor.person_id is None or not actor.may(Permission.AGE_CONFIRM):
            raise Forbidden
        limit_tries(session, [(PER_DESK, actor.person_id.hex)], now=now)
    phone, number = clean_mobile(typed), clean_number(typed)
    found = person_by_phone(session, phone) if phone else None
    if found is None and number:
        found = person_by_number(session, number)
    if found is None:
        raise Counted(Refusal.UNKNOWN_PERSON, field="person")
    if actor is not None and actor.person_id == found.id:
        raise Refused(AgeRefusal.ONESELF, field="person")
    return found


def _keep(
    session: Session,
    person_id: UUID,
    before: AgeBand,
    band: AgeBand,
    seen: Seen | None,
    by: UUID | None,
    now: datetime,
) -> None:
    """The band that holds, and one line more. Of two who say it at once one is told so."""
    changed = (
        update(Person)
        .where(Person.id == person_id, Person.age_band == before, Person.erased_at.is_(None))
        .values(age_band=band)
    )
    if changed_rows(session, changed) != 1:
        raise Conflict(AgeRefusal.CHANGED)
    line = insert(AgeStatement).values(
        id=new_id(), person_id=person_id, band=band, seen=seen, by_id=by, at=now
    )
    session.execute(line)


def _note(
    session: Session, person_id: UUID, by: UUID | None, action: str, number: str, now: datetime
) -> None:
    note_action(
        session, at=now, actor_id=by, action=action, subject=f"person:{number}",
        person_id=person_id,
    )  # fmt: skip

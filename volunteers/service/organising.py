"""What organisers do with people: propose a seat, enter who asked by telephone, take somebody off.

Nobody is made to serve (条例, article 25): without her own wish a seat is only proposed. A rule
that is set aside is written down with its reason, and she reads it.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from portal.accounts.queries import person_by_number, person_by_phone
from portal.accounts.rules import Actor, Permission
from portal.kernel.audit import note_action
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import clean_number
from portal.kernel.phones import clean_mobile
from volunteers.queries.candidates import PostFacts, lock_posts, lock_volunteers, post_facts
from volunteers.queries.sign_ups import SignShift, sign_shift, sign_up_by_number
from volunteers.rules.fitness import OVERRIDABLE
from volunteers.rules.limits import offer_until
from volunteers.rules.signing_up import Event, SignUpRefusal, SignUpState
from volunteers.service.limits import clock_of
from volunteers.service.messages import Told, at_words, subject_of, tell
from volunteers.service.signing_up import find_broken
from volunteers.service.steps import Act, begin_sign_up, leave
from volunteers.service.waiting import offer_free_seats, take_or_settle


def may_organise(actor: Actor, shift: SignShift) -> bool:
    """Whether somebody organises a shift: for its place, and its unit if her role has one."""
    return actor.may(
        Permission.SHIFT_MANAGE,
        place_path=shift.place_path,
        organisation_id=shift.organisation_id,
    )


def organised_shift(session: Session, actor: Actor, number: str) -> SignShift:
    """A shift that somebody organises. Raises Missing: others need not know of its people."""
    shift = sign_shift(session, number)
    if shift is None or not may_organise(actor, shift):
        raise Missing
    return shift


def put_on(
    session: Session,
    actor: Actor,
    post_id: UUID,
    typed: str,
    *,
    asked_for: bool,
    override: bool,
    reason: str,
    now: datetime,
) -> str:
    """Give somebody a seat; the number of her sign-up. ``typed``: her account number or phone.

    ``asked_for``: she asked for it herself, by telephone, at the desk or on paper; else it is a
    proposal that she answers. ``override``: set aside the rules that may be set aside.
    """
    take_or_settle(session, post_id, now)
    post = post_facts(session, post_id)
    if post is None or actor.person_id is None:
        raise Missing
    organised_shift(session, actor, post.number)
    who = _somebody(session, typed)
    lock_volunteers(session, [who])
    overridden = _set_aside(session, who, post, now, override=override)
    if (overridden or asked_for) and not reason.strip():
        raise Refused(SignUpRefusal.NO_REASON, field="reason")
    act = Act(now, actor.person_id, reason.strip() or None, overridden)
    until = (
        None if asked_for else offer_until(now, post.span.starts_at, clock_of(session, now).limits)
    )
    event = Event.PUT_ON if asked_for else Event.PROPOSE
    _key, number = begin_sign_up(session, post, who, event, act, until=until)
    facts = {"number": number, "moment": at_words(session, until or post.span.starts_at)}
    what = Told.PUT_ON if asked_for else Told.PROPOSED
    tell(session, [who], what, now, subject=subject_of(number), facts=facts)
    _note(session, actor, "shift:put_on", number, who, now)
    return number


def _somebody(session: Session, typed: str) -> UUID:
    phone = clean_mobile(typed)
    row = person_by_phone(session, phone) if phone else None
    row = row or person_by_number(session, clean_number(typed) or "")
    if row is None:
        raise Refused(SignUpRefusal.NOBODY, field="who")
    return row.id


def _set_aside(
    session: Session, who: UUID, post: PostFacts, now: datetime, *, override: bool
) -> Collection[SignUpRefusal]:
    """The rules that stand against it and are set aside; raises Refused with one that is not."""
    found = find_broken(session, who, post, now)
    for one in found:
        if not override or one.code not in OVERRIDABLE:
            raise Refused(one.code, facts=one.facts)
    return [one.code for one in found]


def take_off(session: Session, actor: Actor, number: str, *, reason: str, now: datetime) -> str:
    """Take somebody off a shift with a reason that she reads; the shift's number."""
    row = sign_up_by_number(session, number)
    if row is None or not may_organise(actor, row.shift):
        raise Missing
    if not reason.strip():
        raise Refused(SignUpRefusal.NO_REASON, field="reason")
    lock_posts(session, [row.post_id])
    if row.state is SignUpState.TAKEN and now >= row.shift.span.starts_at:
        raise Conflict(SignUpRefusal.STARTED)
    act = Act(now, actor.person_id, reason.strip())
    leave(session, row.id, row.post_id, row.state, Event.TAKE_OFF, act)
    tell(
        session, [row.person_id], Told.TAKEN_OFF, now, subject=subject_of(number),
        facts={"number": number},
    )  # fmt: skip
    _note(session, actor, "shift:take_off", number, row.person_id, now)
    offer_free_seats(session, row.post_id, now)
    return row.shift.number


def _note(
    session: Session, actor: Actor, action: str, number: str, who: UUID, now: datetime
) -> None:
    note_action(
        session, at=now, actor_id=actor.person_id, action=action, subject=subject_of(number),
        person_id=who,
    )  # fmt: skip

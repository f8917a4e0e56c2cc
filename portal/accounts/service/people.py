"""People come, change what is kept about them, and get and lose roles."""

from dataclasses import dataclass
from datetime import datetime

from pwdlib import PasswordHash
from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.accounts.models import AgeStatement, Person, RoleHolding
from portal.accounts.rules import RESIDENT, Actor, AgeBand, Refusal, weak_password
from portal.accounts.service.sessions import end_other_sessions
from portal.kernel.audit import note_action
from portal.kernel.errors import Missing, Refused
from portal.kernel.instance import instance_of
from portal.kernel.phones import clean_mobile

PASSWORDS = PasswordHash.recommended()


@dataclass(frozen=True)
class NewPerson:
    """What is known of somebody at the start. All of it may be empty."""

    name: str = ""
    phone: str | None = None
    language: str = "zh_Hans"
    age_band: AgeBand = AgeBand.UNKNOWN
    password: str | None = None
    demo: bool = False
    guardian_agrees: bool = False


def add_person(session: Session, new: NewPerson, *, now: datetime) -> Person:
    """Open an account with the role of a resident. ``phone`` as typed or in E.164.

    Under 14 only when a parent or guardian agrees (PIPL 31); that is written down.
    """
    child = new.age_band is AgeBand.UNDER_14
    if child and not new.guardian_agrees:
        raise Refused(Refusal.GUARDIAN_NEEDED, field="guardian")
    phone = stored_phone(new.phone) if new.phone else None
    if phone and phone_taken(session, phone):
        raise Refused(Refusal.PHONE_TAKEN, field="phone")
    person = Person(
        display_name=new.name[:80],
        language=new.language,
        age_band=new.age_band,
        demo=new.demo,
        password_hash=hash_password(new.password) if new.password else None,
        created_at=now,
    )
    if phone:
        put_phone(session, person, phone)
    session.add(person)
    # the role refers to the person
    session.flush()
    session.add(RoleHolding(person_id=person.id, role=RESIDENT, valid_from=now))
    if new.age_band is not AgeBand.UNKNOWN:
        session.add(AgeStatement(person_id=person.id, band=new.age_band, at=now))
    if child:
        _note(session, person, "guardian:agree", now)
    return person


def stored_phone(typed: str) -> str:
    """The one written form of a mobile number, or a refusal."""
    phone = clean_mobile(typed)
    if phone is None:
        raise Refused(Refusal.BAD_PHONE, field="phone")
    return phone


def phone_taken(session: Session, phone: str) -> bool:
    """Whether some account has this phone."""
    known = instance_of(session).vault.keyed_hash("phone", phone)
    return bool(session.scalar(select(exists().where(Person.phone_hash == known))))


def put_phone(session: Session, person: Person, phone: str) -> None:
    """Seal a phone into a person; matched later by its keyed hash."""
    vault = instance_of(session).vault
    person.sealed_phone = vault.seal(phone)
    person.phone_hash = vault.keyed_hash("phone", phone)


def person_for_phone(session: Session, phone: str, *, language: str, now: datetime) -> Person:
    """Whoever has this phone; a new resident when nobody has. Racing first sign-ins make one."""
    known = instance_of(session).vault.keyed_hash("phone", phone)
    statement = select(Person).where(Person.phone_hash == known)
    person = session.scalar(statement)
    if person is None:
        try:
            with session.begin_nested():
                person = add_person(session, NewPerson(phone=phone, language=language), now=now)
        except (IntegrityError, Refused):
            # the other sign-in was first: before our insert, or before our own look
            person = session.scalars(statement).one()
    return person


def hash_password(password: str) -> str:
    """Argon2id, after the length was checked."""
    if weak_password(password):
        raise Refused(Refusal.WEAK_PASSWORD, field="password")
    return PASSWORDS.hash(password)


def own_person(session: Session, actor: Actor) -> Person:
    """The actor's own row, for changing it."""
    person = session.get(Person, actor.person_id) if actor.person_id else None
    if person is None or person.erased_at is not None:
        raise Missing
    return person


def correct_person(session: Session, actor: Actor, *, name: str, language: str) -> None:
    """The person corrects what is kept about her (PIPL 46)."""
    person = own_person(session, actor)
    person.display_name = name[:80]
    person.language = language


def set_password(
    session: Session, actor: Actor, *, current: str | None, password: str, now: datetime
) -> None:
    """Set or change the password; one's other sessions end.

    A stolen open browser alone cannot change one that exists.
    """
    person = own_person(session, actor)
    if person.password_hash and not PASSWORDS.verify(current or "", person.password_hash):
        raise Refused(Refusal.WRONG_PASSWORD, field="current")
    person.password_hash = hash_password(password)
    end_other_sessions(session, actor, now=now)
    _note(session, person, "password:set", now)


def _note(session: Session, person: Person, action: str, now: datetime) -> None:
    note_action(
        session,
        at=now,
        actor_id=person.id,
        action=action,
        subject=f"person:{person.number}",
        person_id=person.id,
    )

"""The second factor of staff: enrolled once, given in each session, no code twice."""

import hmac
from datetime import datetime
from uuid import UUID

import pyotp
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.accounts.models import LoginSession, Person, RecoveryCode, SecondFactor
from portal.accounts.queries import actor_for, person_by_number
from portal.accounts.rules import TOTP_SECONDS, Actor, Permission, Refusal
from portal.accounts.service.people import own_person
from portal.accounts.service.roles import reaches
from portal.accounts.service.sign_in import limit_tries, plain_digits
from portal.kernel.audit import note_action
from portal.kernel.db import changed_rows
from portal.kernel.errors import Counted, Missing, Refused
from portal.kernel.ids import clean_lookup_code, new_lookup_code
from portal.kernel.instance import instance_of
from portal.kernel.ratelimit import Limit, release

TRIES = Limit("second_factor", 5, 300)
RECOVERY_CODES = 8
TOTP_DIGITS = 6


def begin_enrolment(session: Session, actor: Actor, *, now: datetime) -> None:
    """Make a secret to scan. One that is in use can be replaced only after it was given."""
    person = own_person(session, actor)
    row = session.get(SecondFactor, person.id)
    if row is not None and row.confirmed_at is not None and not actor.second_factor:
        raise Refused(Refusal.FACTOR_SET)
    secret = instance_of(session).vault.seal(pyotp.random_base32())
    if row is None:
        session.add(SecondFactor(person_id=person.id, sealed_secret=secret, created_at=now))
        return
    row.sealed_secret, row.created_at = secret, now
    row.confirmed_at, row.last_step = None, 0


def enrolment_address(session: Session, actor: Actor) -> str | None:
    """What the QR of an enrolment holds (``otpauth://…``); None when none is under way."""
    row = session.get(SecondFactor, actor.person_id) if actor.person_id else None
    if row is None or row.confirmed_at is not None:
        return None
    instance = instance_of(session)
    totp = pyotp.TOTP(instance.vault.unseal(row.sealed_secret))
    # the app on the phone shows which city's portal the code is for
    return totp.provisioning_uri(
        name=actor.number, issuer_name=f"Gongzhi {instance.city.names['zh_Hans']}"
    )


def confirm_enrolment(session: Session, actor: Actor, typed: str, *, now: datetime) -> list[str]:
    """The first code was right: the factor is in use. Returns recovery codes, shown once."""
    person = own_person(session, actor)
    row = session.get(SecondFactor, person.id)
    if row is None or row.confirmed_at is not None:
        raise Refused(Refusal.NO_FACTOR)
    _check_code(session, row, typed, now)
    row.confirmed_at = now
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    codes = [new_lookup_code() for _ in range(RECOVERY_CODES)]
    session.add_all(
        RecoveryCode(person_id=person.id, code_hash=_recovery_hash(session, person, code))
        for code in codes
    )
    _mark(session, actor, now)
    _note(session, actor, person, "second_factor:set", now)
    return codes


def give_second_factor(session: Session, actor: Actor, typed: str, *, now: datetime) -> None:
    """Put the staff permissions of this session in force."""
    person = own_person(session, actor)
    row = session.get(SecondFactor, person.id)
    if row is None or row.confirmed_at is None:
        raise Refused(Refusal.NO_FACTOR)
    if len(plain_digits(typed)) == TOTP_DIGITS:
        _check_code(session, row, typed, now)
    else:
        _spend_recovery_code(session, person, typed, now)
    _mark(session, actor, now)


def vouch(
    session: Session, number: str, typed: str, permission: Permission, *, now: datetime
) -> UUID:
    """Somebody beside a terminal says yes with a fresh code of her second factor; who she is.

    She must hold the permission for the whole city. A wrong code costs one of a few tries.
    """
    found = person_by_number(session, number)
    if found is None:
        raise Missing(f"There is no account {number}.")
    row = session.get(SecondFactor, found.id)
    if row is None or row.confirmed_at is None:
        raise Refused(Refusal.NO_FACTOR)
    _check_code(session, row, typed, now)
    if not reaches(session, actor_for(session, found.id, now, second_factor=True), "", permission):
        raise Refused(Refusal.NOT_YOUR_PLACE)
    return found.id


def _check_code(session: Session, row: SecondFactor, typed: str, now: datetime) -> None:
    """Accept a code of this half minute or of its neighbours, each at most once."""
    limit_tries(session, [(TRIES, str(row.person_id))], now=now)
    totp = pyotp.TOTP(instance_of(session).vault.unseal(row.sealed_secret))
    present = int(now.timestamp()) // TOTP_SECONDS
    code = plain_digits(typed)
    step = next(
        (
            step
            for step in (present, present - 1, present + 1)
            if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode())
        ),
        None,
    )
    if step is None:
        raise Counted(Refusal.WRONG_FACTOR, field="code")
    fresh = update(SecondFactor).where(
        SecondFactor.person_id == row.person_id, SecondFactor.last_step < step
    )
    if not changed_rows(session, fresh.values(last_step=step)):
        raise Counted(Refusal.FACTOR_USED, field="code")
    release(session, bucket=TRIES.bucket, key=str(row.person_id))


def _spend_recovery_code(session: Session, person: Person, typed: str, now: datetime) -> None:
    limit_tries(session, [(TRIES, str(person.id))], now=now)
    unused = update(RecoveryCode).where(
        RecoveryCode.person_id == person.id,
        RecoveryCode.code_hash == _recovery_hash(session, person, typed),
        RecoveryCode.used_at.is_(None),
    )
    if not changed_rows(session, unused.values(used_at=now)):
        raise Counted(Refusal.WRONG_FACTOR, field="code")


def reset_second_factor(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """An administrator takes away the factor of somebody who lost it; her sessions end."""
    person = session.scalar(
        select(Person).where(Person.number == number, Person.erased_at.is_(None))
    )
    if person is None:
        raise Missing
    if person.id == actor.person_id:
        raise Refused(Refusal.OWN_ROLE)
    if not reaches(session, actor, "", Permission.PEOPLE_MANAGE):
        raise Refused(Refusal.NOT_YOUR_PLACE)
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    session.execute(delete(SecondFactor).where(SecondFactor.person_id == person.id))
    session.execute(
        update(LoginSession)
        .where(LoginSession.person_id == person.id, LoginSession.ended_at.is_(None))
        .values(ended_at=now)
    )
    _note(session, actor, person, "second_factor:reset", now)


def _recovery_hash(session: Session, person: Person, code: str) -> str:
    vault = instance_of(session).vault
    return vault.keyed_hash("recovery", f"{person.id}:{clean_lookup_code(code)}")


def _mark(session: Session, actor: Actor, now: datetime) -> None:
    session.execute(
        update(LoginSession).where(LoginSession.id == actor.session_id).values(second_factor_at=now)
    )


def _note(session: Session, actor: Actor, person: Person, action: str, now: datetime) -> None:
    note_action(
        session,
        at=now,
        actor_id=actor.person_id,
        action=action,
        subject=f"person:{person.number}",
        person_id=person.id,
    )

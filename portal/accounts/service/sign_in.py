"""Ways of signing in: a one-time code, a password, a printed link. Every try is counted."""

import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.accounts.models import Person, SignInCode, SignInLink
from portal.accounts.rules import CODE_MINUTES, CODE_TRIES, LINK_HOURS, Actor, Refusal, Way
from portal.accounts.service.people import (
    PASSWORDS,
    own_person,
    person_for_phone,
    phone_taken,
    put_phone,
    stored_phone,
)
from portal.accounts.service.sessions import Browser, Welcome, begin_session
from portal.kernel.audit import note_action
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Counted, Refused
from portal.kernel.ids import hash_token, new_id, new_token
from portal.kernel.instance import instance_of
from portal.kernel.outbox import Channel, post_message
from portal.kernel.phones import clean_mobile
from portal.kernel.ratelimit import EVERYBODY, Limit, release, take

HOUR = 3600
DAY = 24 * HOUR
PHONE_LIMITS = (
    Limit("code_minute", 1, 60),
    Limit("code_hour", 5, HOUR),
    Limit("code_day", 10, DAY),
)
# what others may ask for to be sent to her phone must not keep her from signing in
OTHER_LIMITS = (
    Limit("code_other_minute", 1, 60),
    Limit("code_other_hour", 5, HOUR),
    Limit("code_other_day", 10, DAY),
)
# mobile networks put many phones behind one address
ADDRESS_LIMITS = (Limit("code_address_hour", 30, HOUR), Limit("code_address_day", 100, DAY))
BREAKER = Limit("code_everybody_hour", 3000, HOUR)
PASSWORD_LIMIT = Limit("password", 5, HOUR // 4)
DOOR_LIMIT = Limit("sign_in_address", 60, HOUR)


@cache
def _nobodys_password() -> str:
    """Checked when nobody has the phone, so that the answer takes as long."""
    return PASSWORDS.hash(secrets.token_urlsafe(16))


def retry(at: datetime, now: datetime) -> Refused:
    """The refusal that says when to try again."""
    minutes = max(1, -int((now - at).total_seconds() // 60))
    if minutes <= 90:
        return Refused(Refusal.TRY_IN_MINUTES, facts={"minutes": minutes})
    return Refused(Refusal.TRY_IN_HOURS, facts={"hours": -(-minutes // 60)})


def limit_tries(session: Session, tries: list[tuple[Limit, str]], *, now: datetime) -> None:
    """Count one try against each limit, or refuse."""
    again = take(session, tries, now=now)
    if again is not None:
        raise retry(again, now)


@dataclass(frozen=True)
class CodeFor:
    """What a code is good for, and for nothing else: ``purpose`` None signs somebody in.

    ``template`` says so in the message, with ``facts`` besides the code and its minutes.
    """

    purpose: str | None = None
    template: str = "accounts.code"
    facts: Mapping[str, str] = field(default_factory=dict)


SIGN_IN: Final = CodeFor()


def send_code(
    session: Session,
    typed: str,
    browser: Browser,
    *,
    now: datetime,
    person_id: UUID | None = None,
    code_for: CodeFor = SIGN_IN,
) -> None:
    """Send a one-time code to a phone. The same happens whether or not anybody has the phone.

    ``person_id`` is given when somebody who is signed in proves a new number.
    """
    phone = stored_phone(typed)
    limits = PHONE_LIMITS if code_for.purpose is None else OTHER_LIMITS
    limit_tries(session, _code_tries(session, phone, browser, limits), now=now)
    code, code_id = f"{secrets.randbelow(10**6):06d}", new_id()
    session.add(_code_row(session, phone, browser, (code_id, code), now, person_id, code_for))
    post_message(
        session,
        channel=Channel.SMS,
        to=phone,
        template=code_for.template,
        facts={**code_for.facts, "code": code, "minutes": CODE_MINUTES},
        now=now,
        language=browser.language,
        subject=f"code:{code_id}",
    )


def _code_row(
    session: Session,
    phone: str,
    browser: Browser,
    new: tuple[UUID, str],
    now: datetime,
    person_id: UUID | None,
    code_for: CodeFor,
) -> SignInCode:
    vault, (code_id, code) = instance_of(session).vault, new
    return SignInCode(
        id=code_id,
        person_id=person_id,
        purpose=code_for.purpose,
        sealed_phone=vault.seal(phone),
        phone_hash=vault.keyed_hash("phone", phone),
        code_hash=vault.keyed_hash("code", f"{code_id}:{code}"),
        browser_hash=vault.keyed_hash("browser", browser.key),
        created_at=now,
        expires_at=now + timedelta(minutes=CODE_MINUTES),
    )


def _code_tries(
    session: Session, phone: str, browser: Browser, limits: tuple[Limit, ...]
) -> list[tuple[Limit, str]]:
    """What asking for a code counts against: the phone, the address, and the whole city."""
    breaker = instance_of(session).city.thresholds.get("codes_per_hour", BREAKER.limit)
    return [
        *((limit, phone) for limit in limits),
        *((limit, browser.address) for limit in ADDRESS_LIMITS),
        (Limit(BREAKER.bucket, int(breaker), BREAKER.seconds), EVERYBODY),
    ]


def prove_phone(
    session: Session, typed: str, browser: Browser, *, now: datetime, purpose: str
) -> str:
    """The phone to which a code for a purpose went (``send_code``); the code is spent thereby.

    Raises Counted for a wrong one, Refused when there is none or it is over.
    """
    return _prove_phone(session, typed, browser, now=now, person_id=None, purpose=purpose)


def _prove_phone(
    session: Session,
    typed: str,
    browser: Browser,
    *,
    now: datetime,
    person_id: UUID | None,
    purpose: str | None = None,
) -> str:
    """The phone that the code was sent to. Only the newest code of this very browser counts."""
    vault = instance_of(session).vault
    row = session.scalar(
        select(SignInCode)
        .where(
            SignInCode.browser_hash == vault.keyed_hash("browser", browser.key),
            SignInCode.person_id.is_not_distinct_from(person_id),
            SignInCode.purpose.is_not_distinct_from(purpose),
        )
        .order_by(SignInCode.created_at.desc(), SignInCode.id.desc())
        .limit(1)
    )
    if row is None:
        raise Refused(Refusal.CODE_OVER, field="code")
    tried = update(SignInCode).where(
        SignInCode.id == row.id,
        SignInCode.used_at.is_(None),
        SignInCode.tries < CODE_TRIES,
        SignInCode.expires_at > now,
    )
    if not changed_rows(session, tried.values(tries=SignInCode.tries + 1)):
        raise Refused(Refusal.CODE_OVER, field="code")
    if row.code_hash != vault.keyed_hash("code", f"{row.id}:{plain_digits(typed)}"):
        raise Counted(Refusal.WRONG_CODE, field="code")
    used = update(SignInCode).where(SignInCode.id == row.id, SignInCode.used_at.is_(None))
    if not changed_rows(session, used.values(used_at=now)):
        raise Conflict(Refusal.CODE_OVER, field="code")
    return vault.unseal(row.sealed_phone)


def plain_digits(typed: str) -> str:
    """What was typed, without spaces and with full-width digits folded."""
    return "".join(unicodedata.normalize("NFKC", typed).split())


def sign_in_with_code(session: Session, typed: str, browser: Browser, *, now: datetime) -> Welcome:
    """The phone is proved: sign in whoever has it; a new phone becomes a resident."""
    phone = _prove_phone(session, typed, browser, now=now, person_id=None)
    person = person_for_phone(session, phone, language=browser.language, now=now)
    person.phone_verified_at = now
    return begin_session(session, person, Way.CODE, browser, now=now)


def change_phone(
    session: Session, actor: Actor, typed: str, browser: Browser, *, now: datetime
) -> None:
    """The code sent to the new number was entered: it replaces the old one."""
    person = own_person(session, actor)
    phone = _prove_phone(session, typed, browser, now=now, person_id=person.id)
    if phone_taken(session, phone):
        raise Refused(Refusal.PHONE_TAKEN)
    put_phone(session, person, phone)
    person.phone_verified_at = now
    note_action(
        session,
        at=now,
        actor_id=person.id,
        action="phone:change",
        subject=f"person:{person.number}",
        person_id=person.id,
    )


def sign_in_with_password(
    session: Session, typed: str, password: str, browser: Browser, *, now: datetime
) -> Welcome:
    """Sign in with phone and password. Unknown phone and wrong password get the same answer."""
    phone = clean_mobile(typed) or plain_digits(typed)[:40]
    limit_tries(session, [(PASSWORD_LIMIT, phone), (DOOR_LIMIT, browser.address)], now=now)
    known = instance_of(session).vault.keyed_hash("phone", phone)
    person = session.scalar(select(Person).where(Person.phone_hash == known))
    stored = person.password_hash if person else None
    right = PASSWORDS.verify(password, stored or _nobodys_password())
    if person is None or stored is None or not right or (person.demo and not browser.local):
        raise Counted(Refusal.WRONG_PASSWORD, field="password")
    release(session, bucket=PASSWORD_LIMIT.bucket, key=phone)
    return begin_session(session, person, Way.PASSWORD, browser, now=now)


def new_link(session: Session, person_id: UUID, *, now: datetime) -> str:
    """A token that signs somebody in once: printed by ``gongzhi people add``, stored as a hash."""
    token = new_token()
    session.add(
        SignInLink(
            person_id=person_id,
            token_hash=hash_token(token),
            created_at=now,
            expires_at=now + timedelta(hours=LINK_HOURS),
        )
    )
    return token


def sign_in_with_link(session: Session, token: str, browser: Browser, *, now: datetime) -> Welcome:
    """Spend a printed link."""
    limit_tries(session, [(DOOR_LIMIT, browser.address)], now=now)
    link = (SignInLink.token_hash == hash_token(token)) & (SignInLink.expires_at > now)
    spend = update(SignInLink).where(link, SignInLink.used_at.is_(None)).values(used_at=now)
    if not changed_rows(session, spend):
        raise Counted(Refusal.LINK_OVER)
    person_id = session.scalars(
        select(SignInLink.person_id).where(SignInLink.token_hash == hash_token(token))
    ).one()
    return begin_session(session, session.get_one(Person, person_id), Way.LINK, browser, now=now)

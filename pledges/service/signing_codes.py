"""Signing by a one-time code: it goes to the phone of the register, whose digits nobody is told.

A code is good for one letter of one operator, in the browser that asked for it, once. It signs
nobody in, and a code that signs in signs nothing.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pledges.models import PremisesOperator
from pledges.queries.signing import SigningDoor, signing_door
from pledges.rules.clauses import Letter
from pledges.rules.signing import SigningRefusal
from pledges.service.signing import Signed, SigningWish, sign
from portal.accounts.queries import phones_of
from portal.accounts.service import Browser, CodeFor, person_for_phone, prove_phone, send_code
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import clean_number
from portal.kernel.instance import instance_of
from portal.kernel.phones import clean_mobile


def purpose_of(letter: Letter, operator: str) -> str:
    """For what a code to sign is good: one kind of letter, of one operator."""
    return f"pledge:{letter.value}:{operator}"


def phone_to_ask(session: Session, door: SigningDoor) -> str | None:
    """Where a code of a door goes: the phone of the register; when no message can reach that, the
    phone of whoever speaks for the place."""
    if door.operator_id is None:
        return None
    sealed = session.scalar(
        select(PremisesOperator.sealed_phone).where(
            PremisesOperator.district == door.district, PremisesOperator.id == door.operator_id
        )
    )
    phone = clean_mobile(instance_of(session).vault.unseal(sealed)) if sealed else None
    if phone is None and door.speaker_id is not None:
        return phones_of(session, {door.speaker_id}).get(door.speaker_id)
    return phone


def ask_for_code(
    session: Session,
    premises: str,
    operator: str,
    letter: Letter,
    browser: Browser,
    *,
    now: datetime,
) -> None:
    """Send a code with which a letter can be signed. ``operator``: as the page showed it."""
    door = signing_door(session, clean_number(premises) or "")
    if door is None:
        raise Missing
    if door.operator is None or door.operator != operator:
        raise Conflict(SigningRefusal.OTHER_OPERATOR)
    phone = phone_to_ask(session, door)
    if phone is None:
        raise Refused(SigningRefusal.NO_MOBILE)
    send_code(
        session, phone, browser, now=now, code_for=_code_for(letter, door.operator, door.title)
    )


def _code_for(letter: Letter, operator: str, title: str) -> CodeFor:
    return CodeFor(purpose_of(letter, operator), "pledge.code", {"title": title})


def sign_by_code(
    session: Session, wish: SigningWish, typed: str, browser: Browser, *, now: datetime
) -> Signed:
    """Sign with the code that was sent. Who signs is whoever has the phone: an account is opened
    for it where there is none. Raises what ``sign`` and a wrong code raise."""
    if not typed.strip():
        raise Refused(SigningRefusal.NO_CODE, field="code")
    purpose = purpose_of(wish.letter, wish.operator)
    return sign(session, _proved(session, wish, typed, browser, purpose, now), now=now)


def _proved(
    session: Session,
    wish: SigningWish,
    typed: str,
    browser: Browser,
    purpose: str,
    now: datetime,
) -> SigningWish:
    """The wish of whoever has the phone. A wrong code is counted; nothing was written before it."""
    phone = prove_phone(session, typed, browser, now=now, purpose=purpose)
    person = person_for_phone(session, phone, language=browser.language, now=now)
    person.phone_verified_at = now
    known = instance_of(session).vault.keyed_hash("phone", phone)
    return replace(wish, signer_id=wish.signer_id or person.id, phone_hash=known)

"""Several branches at once: one code to one's own phone, and a signature for each place.

What fails at one place is told and does not lose the rest: each is signed in a savepoint.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from pledges.queries.signing import SigningDoor, signing_doors
from pledges.rules.signing import SigningRefusal
from pledges.service.signing import SigningWish, sign
from portal.accounts.queries import phones_of
from portal.accounts.rules import Actor
from portal.accounts.service import Browser, CodeFor, prove_phone, send_code
from portal.kernel.errors import Missing, Refused
from portal.kernel.ids import new_id
from portal.kernel.instance import instance_of

PURPOSE = "pledge:branches"


@dataclass(frozen=True)
class Failed:
    """A place at which nothing was signed, and why."""

    premises: str
    why: StrEnum


@dataclass(frozen=True)
class BatchSigned:
    """What became of a batch."""

    signed: Sequence[str]
    failed: Sequence[Failed]


def own_doors(session: Session, actor: Actor) -> list[SigningDoor]:
    """The places that somebody runs: she speaks for them, or has the phone of the register."""
    if actor.person_id is None:
        return []
    phone = phones_of(session, {actor.person_id}).get(actor.person_id)
    known = instance_of(session).vault.keyed_hash("phone", phone) if phone else None
    return signing_doors(session, person_id=actor.person_id, phone_hash=known)


def ask_for_batch_code(session: Session, actor: Actor, browser: Browser, *, now: datetime) -> None:
    """Send one code for all of them to one's own phone."""
    if actor.person_id is None:
        raise Missing
    phone = phones_of(session, {actor.person_id}).get(actor.person_id)
    if phone is None:
        raise Refused(SigningRefusal.NO_MOBILE)
    code_for = CodeFor(PURPOSE, "pledge.code_many")
    send_code(session, phone, browser, now=now, code_for=code_for)


def sign_branches(
    session: Session,
    actor: Actor,
    wishes: Sequence[SigningWish],
    typed: str,
    browser: Browser,
    *,
    now: datetime,
) -> BatchSigned:
    """Sign for each place that was ticked. Places are taken in one order, so that two batches of
    the same shops never wait for each other."""
    if not wishes:
        raise Refused(SigningRefusal.NO_BRANCH)
    if not typed.strip():
        raise Refused(SigningRefusal.NO_CODE, field="code")
    phone = prove_phone(session, typed, browser, now=now, purpose=PURPOSE)
    if actor.person_id is None or phones_of(session, {actor.person_id}) != {actor.person_id: phone}:
        # another account asked for it in this browser
        raise Refused(SigningRefusal.OTHER_PHONE)
    known = instance_of(session).vault.keyed_hash("phone", phone)
    batch, signed, failed = new_id(), list[str](), list[Failed]()
    order = {door.number: at for at, door in enumerate(own_doors(session, actor))}
    for wish in sorted(wishes, key=lambda one: order.get(one.premises, -1)):
        if wish.premises not in order:
            failed.append(Failed(wish.premises, SigningRefusal.OTHER_OPERATOR))
            continue
        hers = replace(wish, signer_id=actor.person_id, phone_hash=known, batch_id=batch)
        try:
            with session.begin_nested():
                signed.append(sign(session, hers, now=now).number)
        except Refused as refusal:
            failed.append(Failed(wish.premises, refusal.code))
    if not signed:
        # nothing was signed: the code is still good
        raise Refused(failed[0].why)
    return BatchSigned(signed, failed)

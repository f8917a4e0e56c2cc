"""Signing with help, in one visit or at the desk: somebody of the staff reads aloud, the owner
confirms by a code on her own phone, or on paper of which a photo is kept."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from pledges.queries.signing import SigningDoor, signing_door
from pledges.rules.inspections import Body, InspectionRefusal
from pledges.rules.signing import ON_PAPER, NoticeWay, SigningRefusal, SigningWay
from pledges.service.duties import bodies_at
from pledges.service.inspections import INSPECT
from pledges.service.premises import MANAGE
from pledges.service.signing import Signed, SigningWish, sign, subject_of
from pledges.service.signing_codes import phone_to_ask, sign_by_code
from portal.accounts.rules import Actor
from portal.accounts.service import Browser
from portal.kernel.audit import note_action
from portal.kernel.errors import Missing, Refused
from portal.kernel.ids import clean_number
from portal.kernel.outbox import Channel, post_message
from portal.kernel.uploads import KeptPhotos, take_uploads

# those of an alliance or of a company may help with a code, but take no signature on paper
_OFFICIAL = frozenset({Body.STREET, Body.COMMUNITY, Body.LIAISON})


def door_to_help(session: Session, actor: Actor, number: str) -> SigningDoor:
    """A place at which somebody may help with signing. Raises Missing."""
    row = signing_door(session, clean_number(number) or "")
    if row is None or not actor.may(INSPECT, place_path=row.place_path):
        raise Missing
    return row


def ways_of(actor: Actor, door: SigningDoor) -> tuple[SigningWay, ...]:
    """How somebody of the staff may take a signature there."""
    found = [SigningWay.VISIT_CODE]
    if _OFFICIAL & set(bodies_at(actor, door.place_path)):
        found.append(SigningWay.VISIT_PAPER)
    if actor.may(MANAGE, place_path=door.place_path):
        found.append(SigningWay.DESK)
    return tuple(found)


def sign_assisted(
    session: Session,
    actor: Actor,
    wish: SigningWish,
    typed: str,
    photos: KeptPhotos,
    browser: Browser,
    *,
    now: datetime,
) -> Signed:
    """Take a signature; whoever helped stands in its history. Nobody helps herself."""
    door = door_to_help(session, actor, wish.premises)
    if door.speaker_id is not None and door.speaker_id == actor.person_id:
        raise Refused(InspectionRefusal.OWN)
    if wish.way not in ways_of(actor, door):
        raise Refused(SigningRefusal.NOT_ON_PAPER, field="way")
    helped = replace(wish, witness_id=actor.person_id, notice_way=NoticeWay.READ_ALOUD)
    if wish.way in ON_PAPER:
        signed = _on_paper(session, door, helped, photos, now)
    else:
        signed = sign_by_code(session, helped, typed, browser, now=now)
    note_action(
        session, at=now, actor_id=actor.person_id, action="pledge:assist",
        subject=subject_of(signed.number),
    )  # fmt: skip
    return signed


def _on_paper(
    session: Session, door: SigningDoor, wish: SigningWish, photos: KeptPhotos, now: datetime
) -> Signed:
    """The sheet was signed by hand: its photo is kept, and the register's phone is told."""
    taken = take_uploads(session, photos, now, field="paper")
    if not taken:
        raise Refused(SigningRefusal.NO_PHOTO, field="paper")
    paper = (taken[0].blob_key, taken[0].thumbnail_key)
    # whose hand it was is known from the sheet alone: no account is said to have signed
    given = replace(
        wish, paper=paper, signer_id=None, notice_way=NoticeWay.PAPER, phone_hash=None
    )  # fmt: skip
    signed = sign(session, given, now=now)
    phone = phone_to_ask(session, door)
    if phone is not None:
        post_message(
            session, channel=Channel.SMS, to=phone, template="pledge.assisted",
            facts={"title": door.title, "number": signed.number}, now=now, language=wish.language,
            subject=subject_of(signed.number),
        )  # fmt: skip
    return signed

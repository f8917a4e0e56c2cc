"""Printed cards for people without a phone: opened at the community desk, QR and PIN."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.accounts.models import Card, Person
from portal.accounts.rules import PIN_TRIES, Actor, Permission, Refusal, Way
from portal.accounts.service.people import NewPerson, add_person
from portal.accounts.service.sessions import Browser, Welcome, begin_session
from portal.accounts.service.sign_in import DOOR_LIMIT, limit_tries, plain_digits
from portal.areas.models import Area
from portal.kernel.audit import note_action
from portal.kernel.db import changed_rows
from portal.kernel.errors import Counted, Missing, Refused
from portal.kernel.ids import clean_number, hash_token, new_id, new_number, new_token
from portal.kernel.instance import instance_of


@dataclass(frozen=True)
class IssuedCard:
    """A card as it is printed. Token and PIN exist here only: the database has their hashes."""

    number: str
    name: str
    token: str
    pin: str


def open_card(
    session: Session, actor: Actor | None, new: NewPerson, *, now: datetime
) -> IssuedCard:
    """Open an account for somebody without a phone and print her card."""
    area_id = _desk(session, actor) if actor else None
    person = add_person(session, new, now=now)
    return issue_card(session, actor, person.id, area_id=area_id, now=now)


def replace_card(session: Session, actor: Actor, number: str, *, now: datetime) -> IssuedCard:
    """A new card for a lost or locked one, which stops working."""
    card = _card_of_desk(session, actor, number)
    revoke_card(session, actor, number, now=now)
    return issue_card(session, actor, card.person_id, area_id=card.area_id, now=now)


def revoke_card(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """Stop a card. Stopping it twice changes nothing."""
    card = _card_of_desk(session, actor, number)
    valid = update(Card).where(Card.id == card.id, Card.revoked_at.is_(None))
    if changed_rows(session, valid.values(revoked_at=now)):
        _note(session, actor, "card:revoke", card.number, card.person_id, now)


def issue_card(
    session: Session, actor: Actor | None, person_id: UUID, *, area_id: UUID | None, now: datetime
) -> IssuedCard:
    """Print a card for somebody who has an account."""
    person = session.get(Person, person_id)
    if person is None or person.erased_at is not None:
        raise Missing
    issued = IssuedCard(
        new_number(), person.display_name, new_token(), f"{secrets.randbelow(10**6):06d}"
    )
    card_id = new_id()
    session.add(
        Card(
            id=card_id,
            number=issued.number,
            person_id=person.id,
            token_hash=hash_token(issued.token),
            pin_hash=_pin_hash(session, card_id, issued.pin),
            area_id=area_id,
            issued_by=actor.person_id if actor else None,
            issued_at=now,
        )
    )
    _note(session, actor, "card:issue", issued.number, person.id, now)
    return issued


def sign_in_with_card(
    session: Session, typed: str, pin: str, browser: Browser, *, now: datetime
) -> Welcome:
    """Sign in with the QR's token or the printed number, and the PIN. Five wrong PINs lock it."""
    limit_tries(session, [(DOOR_LIMIT, browser.address)], now=now)
    number = clean_number(typed)
    which = Card.number == number if number else Card.token_hash == hash_token(typed.strip())
    card = session.scalar(select(Card).where(which, Card.revoked_at.is_(None)))
    if card is None:
        raise Counted(Refusal.WRONG_PIN, field="pin")
    tried = update(Card).where(Card.id == card.id, Card.tries < PIN_TRIES)
    if not changed_rows(session, tried.values(tries=Card.tries + 1)):
        raise Refused(Refusal.CARD_LOCKED, field="pin")
    if card.pin_hash != _pin_hash(session, card.id, plain_digits(pin)):
        raise Counted(Refusal.WRONG_PIN, field="pin")
    changed_rows(session, update(Card).where(Card.id == card.id).values(tries=0))
    person = session.get_one(Person, card.person_id)
    return begin_session(session, person, Way.CARD, browser, now=now)


def _desk(session: Session, actor: Actor) -> UUID | None:
    """The place whose desk opens the card: the actor's own; None is the whole city."""
    places = actor.places_for(Permission.CARD_ISSUE)
    if places is None:
        return None
    if not places:
        raise Refused(Refusal.NOT_YOUR_PLACE)
    return session.scalar(select(Area.id).where(Area.path == places[0]))


def _card_of_desk(session: Session, actor: Actor, number: str) -> Card:
    card = session.scalar(select(Card).where(Card.number == number))
    area = session.get(Area, card.area_id) if card and card.area_id else None
    everywhere = actor.may_everywhere(Permission.CARD_ISSUE)
    if card is None or (area is None and not everywhere):
        raise Missing
    if area is not None and not actor.may(Permission.CARD_ISSUE, place_path=area.path):
        raise Missing
    return card


def _pin_hash(session: Session, card_id: UUID, pin: str) -> str:
    """Keyed, because a million PINs are tried in a moment by whoever steals the table alone."""
    return instance_of(session).vault.keyed_hash("pin", f"{card_id}:{pin}")


def _note(
    session: Session,
    actor: Actor | None,
    action: str,
    number: str,
    person_id: UUID,
    now: datetime,
) -> None:
    note_action(
        session,
        at=now,
        actor_id=actor.person_id if actor else None,
        action=action,
        subject=f"card:{number}",
        person_id=person_id,
    )

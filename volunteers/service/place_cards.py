"""Coming and going by the card that hangs at the meeting place; organisers hang it up and end it.

A card says less than the organiser's screen: its code does not change. So it counts for whoever is
signed up, on shifts at its place and in their windows alone, and ends when it is taken down.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import clean_number, new_id, number_of
from portal.kernel.instance import instance_of
from volunteers.models import PlaceCard
from volunteers.queries.on_the_day import DayShift, MySignUp, standing_mark
from volunteers.queries.place_cards import CardRow, card_at, card_by_hash, mine_at_card
from volunteers.rules.on_the_day import DayRefusal, Mark, Settings, Way, metres
from volunteers.rules.place_cards import CardRefusal, Standing, meant
from volunteers.service.acts import note, who
from volunteers.service.on_the_day import (
    Note,
    come,
    is_here,
    own_shift,
    refuse_if_called_off,
    settings_of,
    shift_here,
)

_CODE, _HASH = "volunteers/place-card", "volunteers/place-card/hash"
# shifts of today and of tonight: what she may have meant who reads a card
_AROUND = timedelta(hours=24)

Point = tuple[float, float]


@dataclass(frozen=True)
class AtCard:
    """The shift that a card means for somebody."""

    shift: DayShift
    mine: MySignUp


def code_of(session: Session, card_id: UUID) -> str:
    """The code of a card, with its check character; stored nowhere, the same at each print."""
    key = instance_of(session).vault.derive(_CODE)
    return number_of(hmac.new(key, card_id.bytes, sha256).digest())


def _hash(session: Session, code: str) -> str:
    """What is kept of a code: keyed, since 45 bits without a key could be tried out."""
    key = instance_of(session).vault.derive(_HASH)
    return hmac.new(key, code.encode(), sha256).hexdigest()


# --- the organiser --------------------------------------------------------------------------------


def card_of_shift(session: Session, number: str, actor: Actor) -> tuple[DayShift, CardRow | None]:
    """A shift of an organiser, and the card that hangs at its meeting place."""
    shift = shift_here(session, number, actor)
    return shift, card_at(session, shift)


def hang_card(
    session: Session, actor: Actor, number: str, *, seen: UUID | None, now: datetime
) -> None:
    """Make a card for the meeting place of a shift. One that hung there counts no more.

    ``seen``: the card that the organiser saw hanging; of two who make one at once one does.
    """
    shift, old = card_of_shift(session, number, actor)
    refuse_if_called_off(shift)
    if (old.id if old else None) != seen:
        raise Conflict(CardRefusal.CHANGED)
    if old is not None:
        _end(session, old.id, actor, now)
    card_id = new_id()
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(PlaceCard).values(
        id=card_id, activity_id=shift.activity_id, area_id=shift.area_id,
        meeting_place=shift.meeting_place, code_hash=_hash(session, code_of(session, card_id)),
        made_at=now, maker_id=who(actor),
    )  # fmt: skip
    if changed_rows(session, statement.on_conflict_do_nothing()) != 1:
        raise Conflict(CardRefusal.CHANGED)
    note(session, actor, "place_card:hang", shift.number, now)


def take_card_down(
    session: Session, actor: Actor, number: str, *, seen: UUID | None, now: datetime
) -> None:
    """End the card at the meeting place of a shift: from now on it counts for nobody."""
    shift, old = card_of_shift(session, number, actor)
    if old is None or old.id != seen:
        raise Conflict(CardRefusal.CHANGED)
    _end(session, old.id, actor, now)
    note(session, actor, "place_card:end", shift.number, now)


def _end(session: Session, card_id: UUID, actor: Actor, now: datetime) -> None:
    hanging = update(PlaceCard).where(PlaceCard.id == card_id, PlaceCard.ended_at.is_(None))
    if changed_rows(session, hanging.values(ended_at=now, ender_id=who(actor))) != 1:
        raise Conflict(CardRefusal.CHANGED)


# --- the volunteer --------------------------------------------------------------------------------


def at_card(session: Session, actor: Actor, code: str, *, now: datetime) -> AtCard:
    """The shift that somebody means who reads a card. Refuses a code that hangs nowhere."""
    if actor.person_id is None:
        raise Missing
    card = _hanging(session, code)
    found = [
        Standing(AtCard(shift, mine), shift.span, *_came_and_left(session, mine))
        for shift, mine in mine_at_card(
            session, card, actor.person_id, now - _AROUND, now + _AROUND
        )
    ]
    chosen = meant(found, settings_of(session).window, now)
    if chosen is None:
        raise Refused(DayRefusal.NOT_ON_IT)
    return chosen.of


def hangs(session: Session, code: str) -> bool:
    """Whether a code is that of a card that hangs now."""
    return _card(session, code) is not None


def _card(session: Session, code: str) -> CardRow | None:
    clean = clean_number(code)
    return card_by_hash(session, _hash(session, clean)) if clean else None


def _hanging(session: Session, code: str) -> CardRow:
    card = _card(session, code)
    if card is None:
        raise Refused(CardRefusal.NO_CARD, field="code")
    return card


def _came_and_left(session: Session, mine: MySignUp) -> tuple[bool, bool]:
    """Whether she came and has not left; and whether she has left."""
    left = standing_mark(session, mine.id, leaving=True) is not None
    return not left and is_here(session, mine.id), left


def come_by_card(
    session: Session,
    actor: Actor,
    number: str,
    code: str,
    mark: Mark,
    *,
    point: Point | None = None,
    now: datetime,
) -> str:
    """She read the card of a shift's meeting place, and may show her position. Neither is kept.

    A position is compared and forgotten; one from elsewhere is refused.
    """
    shift, mine = own_shift(session, number, actor)
    card = _hanging(session, code)
    if not card.hangs_for(shift):
        raise Refused(CardRefusal.ELSEWHERE, field="code")
    _compare(shift, point, settings_of(session))
    return come(session, shift, mine, Note(mark, Way.PLACE, now), now)


def _compare(shift: DayShift, point: Point | None, settings: Settings) -> None:
    if point is None or shift.point is None:
        return
    if metres(shift.point, point) > settings.near_metres:
        raise Refused(CardRefusal.FAR, field="point", facts={"metres": settings.near_metres})

"""Wishes (征集民意): said on the screen, or typed from paper; looked at before others read them."""

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.conventions.models import Wish
from portal.conventions.queries.talk import WishRow, wish_by_number, wishes_standing
from portal.conventions.queries.texts import RoundRow, round_by_number
from portal.conventions.rules.talk import MOST_WISHES, Channel, SaidState, TalkRefusal
from portal.conventions.rules.texts import Topic
from portal.conventions.rules.way import RoundState
from portal.conventions.service.rounds import MANAGE, round_here
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import clean_number
from portal.kernel.instance import instance_of


def say_wish(
    session: Session, actor: Actor, number: str, words: str, topic: Topic, *, now: datetime
) -> None:
    """Say what a convention should contain. The round is locked, so that many at once count."""
    row = round_by_number(session, clean_number(number) or "", lock=True)
    if row is None:
        raise Missing
    _open(row)
    if wishes_standing(session, row.id, actor.person_id) >= MOST_WISHES:
        raise Refused(TalkRefusal.TOO_MANY, facts={"most": MOST_WISHES})
    _add(session, row, words, topic, Channel.SCREEN, now, person_id=actor.person_id)


def type_wish(
    session: Session, actor: Actor, number: str, words: str, topic: Topic, *, now: datetime
) -> None:
    """Type a wish from paper: it is nobody's here, and whoever types it has looked at it."""
    row = round_here(session, actor, number, lock=True)
    _open(row)
    _add(
        session, row, words, topic, Channel.PAPER, now, typed_by=actor.person_id,
        state=SaidState.SHOWN, decided_by=actor.person_id, decided_at=now,
    )  # fmt: skip


def _open(row: RoundRow) -> None:
    if row.state is not RoundState.WISHES:
        raise Refused(TalkRefusal.CLOSED)


def _add(
    session: Session, row: RoundRow, words: str, topic: Topic, channel: Channel, now: datetime,
    **more: Any,
) -> None:  # fmt: skip
    sealed = instance_of(session).vault.seal(words)
    session.add(
        Wish(
            round_id=row.id, channel=channel, sealed_words=sealed, topic=topic, at=now, **more
        )
    )  # fmt: skip


def wish_here(session: Session, actor: Actor, number: str) -> WishRow:
    """A wish of the places that somebody looks after; any other is Missing."""
    row = wish_by_number(session, clean_number(number) or "")
    if row is None or not actor.may(MANAGE, place_path=row.place_path):
        raise Missing
    return row


def decide_wish(
    session: Session, actor: Actor, number: str, *, show: bool, reason: str, now: datetime
) -> None:
    """Let others read a wish, or not, with a reason that whoever wrote it reads."""
    row = wish_here(session, actor, number)
    if row.person_id is not None and row.person_id == actor.person_id:
        raise Refused(TalkRefusal.OWN)
    if not show and not reason:
        raise Refused(TalkRefusal.NO_REASON, field="reason")
    state = SaidState.SHOWN if show else SaidState.HIDDEN
    statement = (
        update(Wish)
        .where(Wish.id == row.id, Wish.state == SaidState.WAITING)
        .values(
            state=state, hidden_why=None if show else reason, decided_by=actor.person_id,
            decided_at=now,
        )
    )  # fmt: skip
    if not changed_rows(session, statement):
        raise Conflict(TalkRefusal.DECIDED)


def take_wish_back(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """Take one's own wish back: its words go."""
    row = wish_by_number(session, clean_number(number) or "")
    if row is None or actor.person_id is None or row.person_id != actor.person_id:
        raise Missing
    statement = (
        update(Wish)
        .where(Wish.id == row.id, Wish.state != SaidState.TAKEN_BACK)
        .values(
            state=SaidState.TAKEN_BACK, sealed_words=None, hidden_why=None, decided_at=now
        )
    )  # fmt: skip
    if not changed_rows(session, statement):
        raise Conflict(TalkRefusal.DECIDED)

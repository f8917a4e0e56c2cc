"""What people wish a convention to say, as it is read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from portal.conventions.models import Round, Wish
from portal.conventions.rules.talk import Channel, SaidState
from portal.conventions.rules.texts import Topic
from portal.kernel.instance import instance_of

PAGE = 40


@dataclass(frozen=True)
class WishRow:
    """A wish; ``words`` is empty when it was taken back. ``title``: of the convention."""

    id: UUID
    number: str
    round_id: UUID
    round_number: str
    title: str
    place_path: str
    person_id: UUID | None
    channel: Channel
    topic: Topic
    words: str
    state: SaidState
    hidden_why: str | None
    at: datetime


def _rows(session: Session, *where: ColumnElement[bool], limit: int = PAGE + 1) -> list[WishRow]:
    statement = (
        select(
            Wish.id, Wish.number, Wish.round_id, Round.number.label("round_number"), Round.title,
            Round.place_path, Wish.person_id, Wish.channel, Wish.topic, Wish.sealed_words,
            Wish.state, Wish.hidden_why, Wish.at,
        )
        .join(Round, Round.id == Wish.round_id)
        .where(*where)
        .order_by(Wish.id.desc())
        .limit(limit)
    )  # fmt: skip
    return [_row(session, dict(row)) for row in session.execute(statement).mappings()]


def _row(session: Session, row: dict[str, Any]) -> WishRow:
    sealed = row.pop("sealed_words")
    return WishRow(**row, words=instance_of(session).vault.unseal(sealed) if sealed else "")


def wishes_of(
    session: Session, round_id: UUID, *, shown: bool, after: str = ""
) -> list[WishRow]:  # fmt: skip
    """A page of the wishes of a round, the newest first, and one more; ``shown``: only those."""
    where = [Wish.round_id == round_id]
    if shown:
        where.append(Wish.state == SaidState.SHOWN)
    last = session.scalar(select(Wish.id).where(Wish.number == after)) if after else None
    if last is not None:
        where.append(Wish.id < last)
    return _rows(session, *where)


def wish_by_number(session: Session, number: str) -> WishRow | None:
    """One of them."""
    return next(iter(_rows(session, Wish.number == number, limit=1)), None)


def wishes_by(session: Session, person_id: UUID | None) -> list[WishRow]:
    """A person's own, the newest first; never more than fit a page of hers."""
    return _rows(session, Wish.person_id == person_id, limit=200)


def wishes_standing(session: Session, round_id: UUID, person_id: UUID | None) -> int:
    """How many of hers were not taken back."""
    statement = (
        select(func.count())
        .select_from(Wish)
        .where(
            Wish.round_id == round_id, Wish.person_id == person_id,
            Wish.state != SaidState.TAKEN_BACK,
        )
    )  # fmt: skip
    return session.scalar(statement) or 0


def wishes_waiting(session: Session, round_id: UUID) -> int:
    """How many wait for somebody to look."""
    statement = (
        select(func.count())
        .select_from(Wish)
        .where(Wish.round_id == round_id, Wish.state == SaidState.WAITING)
    )
    return session.scalar(statement) or 0

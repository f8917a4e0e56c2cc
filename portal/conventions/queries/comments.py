"""Comments on a draft, proposals of words, and the answers to them, as they are read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from portal.conventions.models import (
    ClauseEdit,
    Comment,
    CommentAnswer,
    DraftClause,
    Round,
    Support,
)
from portal.conventions.rules.talk import Answer, Channel, SaidKind, SaidState
from portal.conventions.rules.texts import quote_hash
from portal.kernel.instance import instance_of

PAGE = 40


@dataclass(frozen=True)
class CommentRow:
    """What somebody says to a text. ``changed``: the clause says something else by now, or went."""

    id: UUID
    number: str
    round_id: UUID
    round_number: str
    title: str
    place_path: str
    person_id: UUID | None
    channel: Channel
    kind: SaidKind
    clause_id: UUID | None
    quote: str | None
    supporters: int
    state: SaidState
    hidden_why: str | None
    at: datetime
    words: str
    proposal: str
    changed: bool
    gone: bool
    answer: Answer | None
    reason: str | None


def _rows(session: Session, *where: ColumnElement[bool], limit: int = PAGE + 1) -> list[CommentRow]:
    now = DraftClause
    statement = (
        select(
            Comment.id, Comment.number, Comment.round_id, Round.number.label("round_number"),
            Round.title, Round.place_path, Comment.person_id, Comment.channel, Comment.kind,
            Comment.clause_id, Comment.quote, Comment.supporters, Comment.state,
            Comment.hidden_why, Comment.at, Comment.sealed_words, Comment.sealed_proposal,
            Comment.quote_hash, now.heading, now.markdown, now.removed_at, CommentAnswer.answer,
            CommentAnswer.reason,
        )
        .join(Round, Round.id == Comment.round_id)
        .outerjoin(CommentAnswer, CommentAnswer.id == Comment.answer_id)
        .outerjoin(now, (now.round_id == Comment.round_id) & (now.clause_id == Comment.clause_id))
        .where(*where)
        .order_by(Comment.id.desc())
        .limit(limit)
    )  # fmt: skip
    return [_row(session, dict(row)) for row in session.execute(statement).mappings()]


def _row(session: Session, row: dict[str, Any]) -> CommentRow:
    vault = instance_of(session).vault
    said, proposal, seen, heading, words, removed = (
        row.pop(name)
        for name in ("sealed_words", "sealed_proposal", "quote_hash", "heading", "markdown",
                     "removed_at")
    )  # fmt: skip
    return CommentRow(
        **row, words=vault.unseal(said) if said else "", gone=removed is not None,
        proposal=vault.unseal(proposal) if proposal else "",
        changed=seen is not None and seen != quote_hash(heading, words),
    )  # fmt: skip


def comments_of(
    session: Session, round_id: UUID, *, shown: bool, after: str = ""
) -> list[CommentRow]:  # fmt: skip
    """A page of the comments of a round, the newest first, and one more; ``shown``: only those."""
    where = [Comment.round_id == round_id]
    if shown:
        where.append(Comment.state == SaidState.SHOWN)
    last = session.scalar(select(Comment.id).where(Comment.number == after)) if after else None
    if last is not None:
        where.append(Comment.id < last)
    return _rows(session, *where)


def comment_by_number(session: Session, number: str) -> CommentRow | None:
    """One of them."""
    return next(iter(_rows(session, Comment.number == number, limit=1)), None)


def comments_by(session: Session, person_id: UUID | None) -> list[CommentRow]:
    """A person's own, the newest first; never more than fit a page of hers."""
    return _rows(session, Comment.person_id == person_id, limit=200)


_STANDING = Comment.state.in_((SaidState.WAITING, SaidState.SHOWN))


def comments_standing(session: Session, round_id: UUID, person_id: UUID | None) -> int:
    """How many of hers stand in a round."""
    mine = (Comment.round_id == round_id, Comment.person_id == person_id, _STANDING)
    return session.scalar(select(func.count()).select_from(Comment).where(*mine)) or 0


def comments_unanswered(session: Session, round_id: UUID) -> int:
    """How many wait for a look or for an answer."""
    open_ones = (Comment.round_id == round_id, _STANDING, Comment.answer_id.is_(None))
    return session.scalar(select(func.count()).select_from(Comment).where(*open_ones)) or 0


def shown_ids(session: Session, round_id: UUID, numbers: Iterable[str]) -> list[UUID]:
    """Those of some numbers that everybody reads and that nobody has answered, locked."""
    statement = (
        select(Comment.id)
        .where(
            Comment.round_id == round_id, Comment.number.in_(list(numbers)),
            Comment.state == SaidState.SHOWN, Comment.answer_id.is_(None),
        )
        .order_by(Comment.id)
        .with_for_update()
    )  # fmt: skip
    return list(session.scalars(statement))


def supports(session: Session, comment_id: UUID, person_id: UUID | None) -> bool:
    """Whether somebody supports a comment."""
    statement = select(Support.comment_id).where(
        Support.comment_id == comment_id, Support.person_id == person_id
    )
    return session.scalar(statement) is not None


def words_seen(session: Session, draft_id: UUID, seen: str) -> str | None:
    """What a clause said when somebody saw it, by the hash of it; None when nothing fits."""
    statement = select(ClauseEdit.heading, ClauseEdit.markdown).where(
        ClauseEdit.draft_id == draft_id, ClauseEdit.revision.is_not(None)
    )
    for row in session.execute(statement):
        if quote_hash(row.heading, row.markdown) == seen:
            return str(row.markdown)
    return None

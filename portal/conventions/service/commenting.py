"""Discussion: comments and proposals of words on clauses, support, one answer for many.

A comment hangs on the clause's id. When the clause was changed or taken out while somebody wrote,
her comment is kept with the words that she saw.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.conventions.models import Comment, CommentAnswer, Support
from portal.conventions.queries.comments import (
    CommentRow,
    comment_by_number,
    comments_standing,
    shown_ids,
    supports,
    words_seen,
)
from portal.conventions.queries.texts import RoundRow, draft_clause, round_by_number
from portal.conventions.rules.talk import (
    MOST_COMMENTS,
    Answer,
    Channel,
    SaidKind,
    SaidState,
    TalkRefusal,
)
from portal.conventions.rules.texts import LONGEST_QUOTE, quote_hash
from portal.conventions.rules.way import RoundState
from portal.conventions.service.rounds import MANAGE, round_here
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import clean_number, new_id
from portal.kernel.instance import instance_of


@dataclass(frozen=True)
class CommentWish:
    """What is said. ``clause_id`` None: of the whole text; ``seen``: the hash of what was read."""

    words: str
    proposal: str = ""
    clause_id: UUID | None = None
    seen: str = ""


def say_comment(
    session: Session, actor: Actor, number: str, wish: CommentWish, *, now: datetime
) -> None:
    """Say something to a text under discussion, on the screen."""
    row = _discussed(round_by_number(session, clean_number(number) or "", lock=True))
    if comments_standing(session, row.id, actor.person_id) >= MOST_COMMENTS:
        raise Refused(TalkRefusal.TOO_MANY, facts={"most": MOST_COMMENTS})
    _add(session, row, wish, Channel.SCREEN, now, person_id=actor.person_id)


def type_comment(
    session: Session, actor: Actor, number: str, wish: CommentWish, *, now: datetime
) -> None:
    """Type a comment from paper; whoever types it has looked at it."""
    row = _discussed(round_here(session, actor, number, lock=True))
    _add(
        session, row, wish, Channel.PAPER, now, typed_by=actor.person_id, state=SaidState.SHOWN,
        decided_by=actor.person_id, decided_at=now,
    )  # fmt: skip


def _discussed(row: RoundRow | None) -> RoundRow:
    if row is None:
        raise Missing
    if row.state is not RoundState.DISCUSSION:
        raise Refused(TalkRefusal.NOT_DISCUSSED)
    return row


def _add(
    session: Session, row: RoundRow, wish: CommentWish, channel: Channel, now: datetime, **more: Any
) -> None:
    vault = instance_of(session).vault
    anchor = _anchor(session, row, wish) if wish.clause_id else {}
    if wish.proposal and not anchor:
        raise Refused(TalkRefusal.NO_PROPOSAL, field="proposal")
    session.add(
        Comment(
            round_id=row.id, channel=channel, at=now, **anchor, **more,
            kind=SaidKind.PROPOSAL if wish.proposal else SaidKind.COMMENT,
            sealed_words=vault.seal(wish.words),
            sealed_proposal=vault.seal(wish.proposal) if wish.proposal else None,
        )
    )  # fmt: skip


def _anchor(session: Session, row: RoundRow, wish: CommentWish) -> dict[str, Any]:
    """Where it hangs, and the words that she saw, even if they are gone by now."""
    found = draft_clause(session, row.id, wish.clause_id) if wish.clause_id else None
    if found is None:
        raise Missing
    now = quote_hash(found.heading, found.markdown)
    old = None if wish.seen in {"", now} else words_seen(session, found.id, wish.seen)
    return {
        "clause_id": found.clause_id, "quote": (old or found.markdown)[:LONGEST_QUOTE],
        "quote_hash": wish.seen if old else now,
    }  # fmt: skip


def comment_here(session: Session, actor: Actor, number: str) -> CommentRow:
    """A comment of the places that somebody looks after; any other is Missing."""
    row = comment_by_number(session, clean_number(number) or "")
    if row is None or not actor.may(MANAGE, place_path=row.place_path):
        raise Missing
    return row


def decide_comment(
    session: Session, actor: Actor, number: str, *, show: bool, reason: str, now: datetime
) -> None:
    """Let others read a comment, or not, with a reason that whoever wrote it reads."""
    row = comment_here(session, actor, number)
    if row.person_id is not None and row.person_id == actor.person_id:
        raise Refused(TalkRefusal.OWN)
    if not show and not reason:
        raise Refused(TalkRefusal.NO_REASON, field="reason")
    statement = (
        update(Comment)
        .where(Comment.id == row.id, Comment.state == SaidState.WAITING)
        .values(
            state=SaidState.SHOWN if show else SaidState.HIDDEN,
            hidden_why=None if show else reason, decided_by=actor.person_id, decided_at=now,
        )
    )  # fmt: skip
    if not changed_rows(session, statement):
        raise Conflict(TalkRefusal.DECIDED)


def answer_comments(
    session: Session, actor: Actor, number: str, numbers: Iterable[str], answer: Answer,
    reason: str, *, now: datetime,
) -> int:  # fmt: skip
    """Give one answer to one comment or to many; how many. Those answered meanwhile keep theirs."""
    row = round_here(session, actor, number)
    if not reason:
        raise Refused(TalkRefusal.NO_REASON, field="reason")
    ids = shown_ids(session, row.id, numbers)
    if not ids:
        raise Refused(TalkRefusal.NOTHING_CHOSEN, field="numbers")
    said = CommentAnswer(
        id=new_id(), round_id=row.id, answer=answer, reason=reason, at=now,
        answered_by=actor.person_id,
    )  # fmt: skip
    session.add(said)
    # comments refer to it by its key alone
    session.flush()
    statement = update(Comment).where(Comment.id.in_(ids), Comment.answer_id.is_(None))
    return changed_rows(session, statement.values(answer_id=said.id))


def support_comment(session: Session, actor: Actor, number: str) -> str:
    """Support a comment, or no longer; the number of its round. Its counter follows in step."""
    row = comment_by_number(session, clean_number(number) or "")
    if row is None or row.state is not SaidState.SHOWN or actor.person_id is None:
        raise Missing
    if row.person_id == actor.person_id:
        raise Refused(TalkRefusal.OWN)
    values = {"comment_id": row.id, "person_id": actor.person_id}
    if supports(session, row.id, actor.person_id):
        step = -changed_rows(session, delete(Support).filter_by(**values))
    else:
        dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
        added = dialect.insert(Support).values(values).on_conflict_do_nothing()
        step = changed_rows(session, added)
    counter = update(Comment).where(Comment.id == row.id)
    session.execute(counter.values(supporters=Comment.supporters + step))
    return row.round_number


def take_comment_back(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """Take one's own comment back: its words go."""
    row = comment_by_number(session, clean_number(number) or "")
    if row is None or actor.person_id is None or row.person_id != actor.person_id:
        raise Missing
    statement = (
        update(Comment)
        .where(Comment.id == row.id, Comment.state != SaidState.TAKEN_BACK)
        .values(
            state=SaidState.TAKEN_BACK, sealed_words=None, sealed_proposal=None, hidden_why=None,
            decided_at=now,
        )
    )  # fmt: skip
    if not changed_rows(session, statement):
        raise Conflict(TalkRefusal.DECIDED)

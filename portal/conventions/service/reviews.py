"""The row of a review: asked when a text comes to the street, decided when it leaves."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.conventions.models import Review
from portal.conventions.queries.reviews import open_review
from portal.conventions.queries.texts import RoundRow
from portal.conventions.rules.talk import ReviewState
from portal.conventions.rules.way import Move, RoundState
from portal.kernel.ids import new_id


def asked_review(session: Session, row: RoundRow, *, today: date, now: datetime) -> UUID:
    """The open review of a locked round, begun when there is none."""
    found = open_review(session, row.id)
    if found is not None:
        return found
    days = row.rule.review_days
    made = Review(
        id=new_id(), round_id=row.id, revision=row.revision, asked_at=now,
        due_on=today + timedelta(days=days) if days else None,
    )  # fmt: skip
    session.add(made)
    # notes refer to it by its key alone
    session.flush()
    return made.id


def keep_review(
    session: Session, actor: Actor, row: RoundRow, move: Move, to: RoundState, reason: str, *,
    today: date, now: datetime,
) -> None:  # fmt: skip
    """Ask for a review when a move leads to the street; write down what it decided."""
    if to is RoundState.REVIEW:
        asked_review(session, row, today=today, now=now)
    if row.state is not RoundState.REVIEW:
        return
    found = asked_review(session, row, today=today, now=now)
    # given up while the street read it: it did not pass either
    end = ReviewState.PASSED if move is Move.APPROVE else ReviewState.RETURNED
    session.execute(
        update(Review)
        .where(Review.id == found)
        .values(
            state=end, decided_at=now, decided_by=actor.person_id, reason=reason or None,
        )
    )  # fmt: skip

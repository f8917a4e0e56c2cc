"""The street's reviews of a text and their notes on the law, as they are read."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.conventions.models import DraftClause, Review, ReviewNote
from portal.conventions.rules.talk import ReviewState


@dataclass(frozen=True)
class NoteRow:
    """A note. ``heading``: of its clause, empty for the whole text; ``state``: of its review."""

    clause_id: UUID | None
    heading: str
    note: str
    must: bool
    state: ReviewState
    at: datetime


def notes_of(session: Session, round_id: UUID) -> list[NoteRow]:
    """The notes of every review of a round, the newest review first."""
    at = DraftClause
    statement = (
        select(
            ReviewNote.clause_id, at.heading, at.markdown, ReviewNote.note, ReviewNote.must,
            Review.state, ReviewNote.at,
        )
        .join(Review, Review.id == ReviewNote.review_id)
        .outerjoin(at, (at.round_id == Review.round_id) & (at.clause_id == ReviewNote.clause_id))
        .where(Review.round_id == round_id)
        .order_by(Review.asked_at.desc(), ReviewNote.id)
    )  # fmt: skip
    return [
        NoteRow(row[0], row[1] or (row[2] or "")[:20], *row[3:])
        for row in session.execute(statement)
    ]


def open_review(session: Session, round_id: UUID) -> UUID | None:
    """The review that is not decided yet; None when there is none."""
    return session.scalar(
        select(Review.id).where(Review.round_id == round_id, Review.decided_at.is_(None))
    )


def notes_to_heed(session: Session, round_id: UUID) -> int:
    """How many notes of the open review do not let the text pass."""
    statement = (
        select(func.count())
        .select_from(ReviewNote)
        .join(Review, Review.id == ReviewNote.review_id)
        .where(Review.round_id == round_id, Review.decided_at.is_(None), ReviewNote.must)
    )
    return session.scalar(statement) or 0

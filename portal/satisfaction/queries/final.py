"""Reads of ratings that nobody can change any more."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from portal.satisfaction.models import Rating
from portal.satisfaction.rules import Given, SubjectKind


def final_ratings(
    session: Session, kind: SubjectKind, subjects: Select[UUID], now: datetime
) -> list[Given]:
    """Ratings of some things whose time for changes is over, in the order in which it ended."""
    final = (Rating.subject_kind == kind, Rating.window_ends <= now)
    columns = (Rating.rater_key, Rating.solved, Rating.result_level, Rating.service_level)
    found = select(*columns).where(*final, Rating.subject_id.in_(subjects))
    ordered = found.order_by(Rating.window_ends, Rating.id)
    return [Given(*row) for row in session.execute(ordered)]

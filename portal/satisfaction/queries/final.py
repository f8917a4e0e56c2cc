"""Reads of ratings that nobody can change any more."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select
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


def final_between(
    session: Session,
    kind: SubjectKind,
    subjects: Collection[UUID],
    after: datetime,
    until: datetime,
) -> dict[UUID, list[Given]]:
    """The ratings of some things whose time for changes ended later than ``after`` and not later
    than ``until``, by thing, in that order: one query."""
    found: dict[UUID, list[Given]] = {}
    columns = (Rating.rater_key, Rating.solved, Rating.result_level, Rating.service_level)
    ended = (Rating.window_ends > after, Rating.window_ends <= until)
    rows = session.execute(
        select(Rating.subject_id, *columns)
        .where(Rating.subject_kind == kind, Rating.subject_id.in_(subjects), *ended)
        .order_by(Rating.window_ends, Rating.id)
    )
    for row in rows:
        given = Given(row.rater_key, row.solved, row.result_level, row.service_level)
        found.setdefault(row.subject_id, []).append(given)
    return found


def busy_hours(
    session: Session,
    kind: SubjectKind,
    subjects: Select[UUID],
    since: datetime,
    until: datetime,
    fewest: int,
) -> list[tuple[UUID, datetime, int]]:
    """Hours (UTC) between two full hours in which a thing was rated so often or more: thing, hour,
    how often, the newest first. It never says by whom or how, and no hour with fewer."""
    these = (Rating.subject_kind == kind, Rating.subject_id.in_(subjects))
    lately = (*these, Rating.created_at >= since, Rating.created_at < until)
    many = select(Rating.subject_id).where(*lately).group_by(Rating.subject_id)
    busy = many.having(func.count() >= fewest)
    counted = Counter(
        (row.subject_id, row.created_at.replace(minute=0, second=0, microsecond=0))
        for row in session.execute(
            select(Rating.subject_id, Rating.created_at).where(*lately, Rating.subject_id.in_(busy))
        )
    )
    found = [(subject, hour, times) for (subject, hour), times in counted.items()]
    return sorted(
        (one for one in found if one[2] >= fewest), key=lambda one: (one[1], one[0]), reverse=True
    )

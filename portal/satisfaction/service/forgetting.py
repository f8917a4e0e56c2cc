"""Single ratings end some time after the figures of their month were released (P1).

What rests on them is over by then: a month is corrected before, scores of companies and standings
of shops are frozen within months, assessments read the stored release. Ratings of voluntary service
and of adopted places stay: their figure counts all of them in whole batches, and a batch that lost
its oldest would move, and tell single answers. They lose the key by which a release counted them.
"""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, tuple_, update
from sqlalchemy.orm import Session

from portal.kernel.db import changed_rows
from portal.satisfaction.models import (
    MonthRelease,
    Rating,
    RatingReason,
    RatingWords,
    SatisfactionRelease,
)
from portal.satisfaction.rules import SubjectKind
from portal.satisfaction.rules.personal import COUNTED_FOR_EVER
from portal.satisfaction.rules.release import ANSWERS_KEPT

BATCH: Final = 5000


def forget_answers(session: Session, *, now: datetime) -> int:
    """Delete a batch of ratings whose time is over; how many rows were deleted or changed."""
    return _delete_some(session, _over(session, now)) + _unbind_some(session, _bound(session, now))


def count_over(session: Session, *, now: datetime) -> int:
    """How many ratings there are whose time is over."""
    over = or_(_over(session, now), _bound(session, now))
    return session.scalar(select(func.count()).select_from(Rating).where(over)) or 0


def _released(session: Session, now: datetime) -> list[tuple[SubjectKind, str]]:
    """The kinds and months whose figures were told so long ago, by the first table too."""
    edge = now - ANSWERS_KEPT
    of = SatisfactionRelease
    told = session.execute(
        select(of.subject_kind, of.month).where(of.released_at <= edge).distinct()
    )
    first_table = select(MonthRelease.month).where(MonthRelease.computed_at <= edge)
    old = [(SubjectKind.CASE, month) for month in session.scalars(first_table)]
    return [*((row.subject_kind, row.month) for row in told), *old]


def _in_released(session: Session, now: datetime) -> ColumnElement[bool]:
    return tuple_(Rating.subject_kind, Rating.month).in_(_released(session, now))


def _over(session: Session, now: datetime) -> ColumnElement[bool]:
    """Of a month that was released so long ago; or of none, when it ended so long ago."""
    never_counted = and_(Rating.unit_key.is_(None), Rating.window_ends <= now - ANSWERS_KEPT)
    return and_(
        Rating.subject_kind.not_in(COUNTED_FOR_EVER), or_(_in_released(session, now), never_counted)
    )


def _bound(session: Session, now: datetime) -> ColumnElement[bool]:
    return and_(
        Rating.subject_kind.in_(COUNTED_FOR_EVER), Rating.unit_key.is_not(None),
        _in_released(session, now),
    )  # fmt: skip


def _delete_some(session: Session, over: ColumnElement[bool]) -> int:
    ids: list[Any] = list(session.scalars(select(Rating.id).where(over).limit(BATCH)))
    session.execute(delete(RatingReason).where(RatingReason.rating_id.in_(ids)))
    session.execute(delete(RatingWords).where(RatingWords.rating_id.in_(ids)))
    return changed_rows(session, delete(Rating).where(Rating.id.in_(ids)))


def _unbind_some(session: Session, bound: ColumnElement[bool]) -> int:
    ids = list(session.scalars(select(Rating.id).where(bound).limit(BATCH)))
    return changed_rows(session, update(Rating).where(Rating.id.in_(ids)).values(unit_key=None))

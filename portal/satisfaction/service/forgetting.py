"""Single ratings end some time after the figures of their month were released (P1).

What rests on them is over by then: a month is corrected before, scores of companies and standings
of shops are frozen within months, assessments read the stored release. Ratings of voluntary service
and of adopted places stay: their figure counts all of them in whole batches, and a batch that lost
its oldest would move, and tell single answers. They lose the key by which a release counted them.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, false, func, or_, select, update
from sqlalchemy.orm import Session

from portal.kernel.db import changed_rows
from portal.satisfaction.models import (
    MonthRelease,
    Rating,
    RatingReason,
    RatingShown,
    RatingWords,
    SatisfactionRelease,
)
from portal.satisfaction.rules import SubjectKind
from portal.satisfaction.rules.personal import COUNTED_FOR_EVER
from portal.satisfaction.rules.release import ANSWERS_KEPT

BATCH: Final = 5000


def forget_answers(session: Session, *, now: datetime) -> int:
    """Delete a batch of ratings whose time is over; how many rows were deleted or changed."""
    over, bound = _conditions(session, now)
    # each by an index of its own: the two in one would read every rating there is
    return sum(_delete_some(session, one) for one in over) + _unbind_some(session, bound)


def count_over(session: Session, *, now: datetime) -> int:
    """How many ratings there are whose time is over."""
    over, bound = _conditions(session, now)
    counted = select(func.count()).select_from(Rating)
    return sum(session.scalar(counted.where(one)) or 0 for one in (*over, bound))


def _released(session: Session, now: datetime) -> dict[SubjectKind, set[str]]:
    """The months of each kind whose figures were told so long ago, by the first table too."""
    edge = now - ANSWERS_KEPT
    of = SatisfactionRelease
    found: dict[SubjectKind, set[str]] = {}
    for row in session.execute(select(of.subject_kind, of.month).where(of.released_at <= edge)):
        found.setdefault(row.subject_kind, set()).add(row.month)
    first_table = select(MonthRelease.month).where(MonthRelease.computed_at <= edge)
    found.setdefault(SubjectKind.CASE, set()).update(session.scalars(first_table))
    return found


def _conditions(
    session: Session, now: datetime
) -> tuple[tuple[ColumnElement[bool], ColumnElement[bool]], ColumnElement[bool]]:
    """What is deleted (of a month that was released so long ago; of none, when it ended so long
    ago), and what only loses its key. None is in two of them."""
    released = _released(session, now)
    ended = [kind for kind in SubjectKind if kind not in COUNTED_FOR_EVER]
    counted = _in_months(released, ended)
    # said by what it is not, so that the index of the moments serves and not that of the kinds
    never = and_(
        Rating.subject_kind.not_in(COUNTED_FOR_EVER), Rating.unit_key.is_(None),
        Rating.window_ends <= now - ANSWERS_KEPT,
    )  # fmt: skip
    bound = and_(_in_months(released, COUNTED_FOR_EVER), Rating.unit_key.is_not(None))
    return (and_(counted, Rating.unit_key.is_not(None)), never), bound


def _in_months(
    released: dict[SubjectKind, set[str]], kinds: Collection[SubjectKind]
) -> ColumnElement[bool]:
    return or_(
        false(),
        *(
            and_(Rating.subject_kind == kind, Rating.month.in_(sorted(released.get(kind, ()))))
            for kind in kinds
        ),
    )


def _delete_some(session: Session, over: ColumnElement[bool]) -> int:
    found = session.execute(select(Rating.district, Rating.id).where(over).limit(BATCH)).all()
    # both columns of the keys: by the id alone no key is found
    districts, ids = {row.district for row in found}, [row.id for row in found]
    for model in (RatingReason, RatingWords, RatingShown):
        session.execute(
            delete(model).where(model.district.in_(districts), model.rating_id.in_(ids))
        )
    return changed_rows(
        session, delete(Rating).where(Rating.district.in_(districts), Rating.id.in_(ids))
    )


def _unbind_some(session: Session, bound: ColumnElement[bool]) -> int:
    found = session.execute(select(Rating.district, Rating.id).where(bound).limit(BATCH)).all()
    mine = (
        Rating.district.in_({row.district for row in found}),
        Rating.id.in_([row.id for row in found]),
    )
    return changed_rows(session, update(Rating).where(*mine).values(unit_key=None))

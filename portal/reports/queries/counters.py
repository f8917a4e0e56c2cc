"""Figures that anybody may read: how much was reported and settled."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.orm import Session

from portal.reports.models import Case, Category
from portal.reports.queries.desk import inside
from portal.reports.rules.codes import Precision, State, Target
from portal.reports.rules.transitions import OPEN


@dataclass(frozen=True)
class PublicCounts:
    """Reported and settled since a moment, and open now."""

    reported: int
    settled: int
    open: int


def public_counts(session: Session, place_path: str | None, since: datetime) -> PublicCounts:
    """The figures of a place (None: of the city) in one query. Taken-out reports do not count."""
    reported = and_(Case.found_at >= since, Case.state.not_in((State.VOID, State.WITHDRAWN)))
    settled = and_(Case.closed_at >= since, Case.state == State.CLOSED)
    open_now = Case.state.in_(OPEN)
    statement = (
        select(*(func.count(case((which, 1))) for which in (reported, settled, open_now)))
        .select_from(Case)
        .where(or_(Case.found_at >= since, Case.closed_at >= since, open_now))
    )
    if place_path is not None:
        statement = statement.where(inside(place_path), _may_be_counted(place_path))
    found = session.execute(statement).one()
    return PublicCounts(reported=found[0], settled=found[1], open=found[2])


def _may_be_counted(place_path: str) -> ColumnElement[bool]:
    """In a grid or courtyard a figure of one would lead to a door: only what is public there."""
    if place_path.rstrip("/").rpartition("/")[2].isdecimal():
        return true()
    exact = select(Category.code).where(
        Category.target == Target.THING, Category.place_precision == Precision.EXACT
    )
    return Case.category_code.in_(exact)

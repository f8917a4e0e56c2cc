"""A grid's figures: everything that is listed or counted hangs on its place (R063)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, false, func, or_, select
from sqlalchemy.orm import Session

from portal.areas.models import Area
from portal.reports.models import Case
from portal.reports.queries.case_parts import a_whole
from portal.reports.queries.desk import area_names, inside, is_late_now
from portal.reports.rules.codes import State
from portal.reports.rules.transitions import OPEN


@dataclass(frozen=True)
class GridFigures:
    """One place's figures."""

    names: Mapping[str, str]
    code: str
    open: int
    late: int
    closed: int


def grid_figures(
    session: Session, scopes: Sequence[str] | None, since: datetime, now: datetime
) -> list[GridFigures]:
    """For each place in one's scope with cases: open, late, closed since a moment. One query."""
    open_now = Case.state.in_(OPEN)
    closed = and_(Case.state == State.CLOSED, Case.closed_at >= since)
    statement = (
        select(
            Area.name_zh_hans,
            Area.name_zh_hant,
            Area.name_en,
            Area.code,
            func.count(case((open_now, 1))).label("open"),
            func.count(case((is_late_now(now), 1))).label("late"),
            func.count(case((closed, 1))).label("closed"),
        )
        .join(Case, Case.area_id == Area.id)
        .where(or_(open_now, closed), a_whole())
        .group_by(Area.id, Area.name_zh_hans, Area.name_zh_hant, Area.name_en, Area.code)
        .order_by(Area.code)
    )
    if scopes is not None:
        statement = statement.where(or_(false(), *(inside(path) for path in scopes)))
    return [
        GridFigures(area_names(row), row.code, row.open, row.late, row.closed)
        for row in session.execute(statement)
    ]

"""What feeds tell besides the public list: the public point, and the last public step."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from portal.reports.models import Case, CaseEvent, CaseSearch
from portal.reports.queries.public import PublicRow


@dataclass(frozen=True)
class FeedRow:
    """One line of a feed. ``point`` is what the map shows: the spot, a square, or the place's."""

    case: PublicRow
    point: tuple[float, float] | None
    stepped_at: datetime


def feed_rows(session: Session, rows: Sequence[PublicRow]) -> list[FeedRow]:
    """The lines of a page of the list, in its order, in one query more."""
    if not rows:
        return []
    last = (
        select(func.max(CaseEvent.at))
        .where(CaseEvent.district == Case.district, CaseEvent.case_id == Case.id, CaseEvent.public)
        .scalar_subquery()
    )
    same = and_(CaseSearch.district == Case.district, CaseSearch.case_id == Case.id)
    found = session.execute(
        select(Case.number, CaseSearch.lon, CaseSearch.lat, last.label("at"))
        .join(CaseSearch, same, isouter=True)
        .where(Case.number.in_([row.number for row in rows]))
    )
    more = {one.number: one for one in found}
    return [_row(row, more.get(row.number)) for row in rows]


def _row(case: PublicRow, more: object) -> FeedRow:
    lon, lat = getattr(more, "lon", None), getattr(more, "lat", None)
    point = None if lon is None or lat is None else (lon, lat)
    return FeedRow(case, point, getattr(more, "at", None) or case.found_at)

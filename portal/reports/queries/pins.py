"""Pins for the map: public points only, the newest first; counted in squares when many.

How many lie in each square of the whole list is kept (``queries/cells.py``); of a list that is
filtered the newest are counted.
"""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, cast, func, select
from sqlalchemy.orm import Session

from portal.reports.models import Case, CasePhoto, CaseSearch
from portal.reports.queries.cells import counts_in
from portal.reports.queries.public import from_index
from portal.reports.rules.atlas import square
from portal.reports.rules.cells import drawn_counts, place_of, window
from portal.reports.rules.codes import PhotoKind, Review, State
from portal.reports.rules.listing import MOST_COUNTED, MOST_PICTURED, MOST_PINS, Filters
from portal.reports.rules.publicity import Box


@dataclass(frozen=True)
class Pin:
    """One case, or with ``count`` > 1 several at one point or in one square."""

    lon: float
    lat: float
    count: int
    state: State | None
    number: str | None
    kind: str | None = None


@dataclass(frozen=True)
class Pins:
    """What to draw, and where single reports stand. ``whole`` False: only the newest counted."""

    rows: list[Pin]
    total: int
    whole: bool
    points: dict[str, tuple[float, float]]


def pins(session: Session, filters: Filters, box: Box, *, everywhere: bool = False) -> Pins:
    """At most some hundred single pins; beyond that the newest 20,000 as counts in a coarse grid.

    ``everywhere``: the window holds whatever the filters find. It is not looked for then, because
    tiles that hold nearly everything are the slowest way to the newest.
    """
    kept = _kept(session, filters, box, whole=everywhere)
    if kept is not None:
        return kept
    inside = replace(filters, box=None if everywhere else box)
    statement, key = from_index(session, inside, None)
    found = session.execute(
        statement.with_only_columns(
            CaseSearch.lon, CaseSearch.lat, Case.state, Case.number, Case.category_code
        )
        .where(CaseSearch.lon.is_not(None))
        .order_by(key.desc())
        .limit(MOST_PINS + 1)
    ).all()
    if len(found) > MOST_PINS:
        return _counted(session, inside, box)
    by_point: dict[tuple[float, float], list[tuple[State, str, str]]] = {}
    for row in found:
        case = (row.state, row.number, row.category_code)
        by_point.setdefault((row.lon, row.lat), []).append(case)
    rows = [_pin(point, cases) for point, cases in by_point.items()]
    points = {row.number: (row.lon, row.lat) for row in found}
    return Pins(rows, len(found), whole=True, points=points)


def pictures(session: Session, shown: Pins) -> dict[str, str]:
    """The code of a checked photo for each single pin, where there are few enough to look at."""
    numbers = [pin.number for pin in shown.rows if pin.number is not None]
    if len(numbers) > MOST_PICTURED:
        return {}
    found = session.execute(
        select(Case.number, func.min(CasePhoto.code))
        .join(CasePhoto, and_(CasePhoto.district == Case.district, CasePhoto.case_id == Case.id))
        .where(
            Case.number.in_(numbers),
            CasePhoto.review == Review.APPROVED,
            CasePhoto.kind == PhotoKind.BEFORE,
        )
        .group_by(Case.number)
    )
    return {row[0]: row[1] for row in found}


def _pin(point: tuple[float, float], cases: list[tuple[State, str, str]]) -> Pin:
    (state, number, kind), *others = cases
    if others:
        return Pin(*point, len(cases), None, None)
    return Pin(*point, 1, state, number, kind)


def _kept(session: Session, filters: Filters, box: Box, *, whole: bool) -> Pins | None:
    """The counts that are kept, where nothing is filtered and there is too much for pins."""
    on = window(box, whole=whole)
    if on is None or replace(filters, box=None) != Filters():
        return None
    counts = drawn_counts(on, counts_in(session, on), box)
    total = sum(counts.values())
    if total <= MOST_PINS:
        return None
    rows = [Pin(*place_of(on, cell, box), count, None, None) for cell, count in counts.items()]
    return Pins(rows, total, whole=True, points={})


def _counted(session: Session, filters: Filters, box: Box) -> Pins:
    statement, key = from_index(session, filters, None)
    newest = (
        statement.with_only_columns(CaseSearch.lon, CaseSearch.lat)
        .where(CaseSearch.lon.is_not(None))
        .order_by(key.desc())
        .limit(MOST_COUNTED)
        .subquery()
    )
    width, height = square(box)
    column = _whole(session, (newest.c.lon - box.west) / width)
    row = _whole(session, (newest.c.lat - box.south) / height)
    squares = session.execute(select(column, row, func.count()).group_by(column, row))
    rows = [
        Pin(box.west + (x + 0.5) * width, box.south + (y + 0.5) * height, count, None, None)
        for x, y, count in squares
    ]
    total = sum(pin.count for pin in rows)
    return Pins(rows, total, whole=total < MOST_COUNTED, points={})


def _whole(session: Session, value: ColumnElement[Any]) -> ColumnElement[int]:
    """The integer part of what is never negative: SQLite cuts, PostgreSQL would round."""
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    return cast(value if on_sqlite else func.floor(value), Integer)

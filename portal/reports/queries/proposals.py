"""What proposals rest on: kinds with their limits, what units handled of late, what lies near.

Each is one bounded query. The index (district, kind, when found) finds the newest of a kind.
"""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.reports.models import Case, Category, CategoryLimit
from portal.reports.queries.case import CaseRow
from portal.reports.queries.case_parts import a_whole
from portal.reports.queries.categories import COLUMNS, category_row, in_use
from portal.reports.queries.desk import reach
from portal.reports.rules.categories import CategoryRow, LimitRow
from portal.reports.rules.proposals import NEAR_TIME, Handled, NearCase, Point, box_around
from portal.reports.rules.transitions import OPEN

# enough to see a habit, whatever the size of the city
MOST_HANDLED, MOST_NEAR = 400, 50


def kinds_on(session: Session, on: date) -> list[tuple[CategoryRow, LimitRow | None]]:
    """What can be reported on a day, in the order of the list, with the limits in force."""
    latest = (
        select(func.max(CategoryLimit.valid_from))
        .where(CategoryLimit.category_code == Category.code, CategoryLimit.valid_from <= on)
        .correlate(Category)
        .scalar_subquery()
    )
    limit = (
        CategoryLimit.minutes,
        CategoryLimit.round_the_clock,
        CategoryLimit.source,
        CategoryLimit.valid_from,
    )
    in_force = and_(
        CategoryLimit.category_code == Category.code, CategoryLimit.valid_from == latest
    )
    rows = session.execute(
        select(*COLUMNS, *limit)
        .join(CategoryLimit, in_force, isouter=True)
        .where(in_use(on))
        .order_by(Category.position, Category.code)
    )
    return [(category_row(row[: -len(limit)]), _limit(row[-len(limit) :])) for row in rows]


def _limit(cells: Any) -> LimitRow | None:
    """A limit, if there is one: its minutes are never missing."""
    return LimitRow(*cells) if cells[0] is not None else None


def handled_lately(
    session: Session, district: str, category_code: str, actor: Actor
) -> list[Handled]:
    """Of the district's newest handled matters of a kind those that somebody may read.

    Narrowed after the limit: whoever may read little must not make it read the whole district.
    """
    rows = session.execute(
        select(Case.unit_id, Case.place_path, reach(actor, Permission.REPORT_READ).label("seen"))
        .where(
            Case.district == district,
            Case.category_code == category_code,
            Case.handled_at.is_not(None),
            Case.unit_id.is_not(None),
        )
        .order_by(Case.found_at.desc())
        .limit(MOST_HANDLED)
    )
    return [Handled(row.unit_id, row.place_path) for row in rows if row.seen]


def open_nearby(
    session: Session, case: CaseRow, codes: Collection[str], actor: Actor
) -> list[NearCase]:
    """Open cases of some kinds around a case in place and time, as far as somebody may see them."""
    if case.lon is None or case.lat is None:
        return []
    box = box_around(case.lon, case.lat)
    rows = session.execute(
        select(Case.number, Case.state, Case.lon, Case.lat, Case.found_at)
        .where(
            Case.district == case.district,
            Case.category_code.in_(codes),
            Case.found_at.between(case.found_at - NEAR_TIME, case.found_at + NEAR_TIME),
            Case.lon.between(box.west, box.east),
            Case.lat.between(box.south, box.north),
            Case.state.in_(OPEN),
            Case.id != case.id,
            a_whole(),
            reach(actor, Permission.REPORT_READ),
        )
        .order_by(Case.found_at.desc())
        .limit(MOST_NEAR)
    )
    return [NearCase(row.number, row.state, Point(row.lon, row.lat, row.found_at)) for row in rows]

"""Hot spots and hard cases for the desk: a fixed number of queries, however much there is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Float,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.areas.models import Area
from portal.areas.queries import root_areas
from portal.areas.rules import tidy_names
from portal.reports.models import Case, Category
from portal.reports.queries.case_parts import a_whole
from portal.reports.queries.counters import TAKEN_OUT
from portal.reports.queries.desk import area_names
from portal.reports.queries.desk.reach import reach
from portal.reports.rules.codes import State
from portal.reports.rules.hotspots import (
    FEWEST,
    MOST_CASES,
    MOST_SHOWN,
    OFFSETS,
    REFUSALS,
    SINCE,
    TRIES,
    Cell,
    Grid,
    chosen,
    grid_at,
)
from portal.reports.rules.transitions import OPEN

Names = Mapping[str, str]


@dataclass(frozen=True)
class SpotCase:
    """One matter of a hot spot, or a hard case."""

    number: str
    state: State
    category: Names
    place: Names
    found_at: datetime
    returned: int
    sent_back: int


@dataclass(frozen=True)
class HotSpot:
    """The same kind of problem again and again in one spot; the newest matters of it."""

    category: Names
    place: Names
    count: int
    cases: Sequence[SpotCase]


@dataclass(frozen=True)
class Refusals:
    """A kind of problem that is refused again and again in one place."""

    category: Names
    place: Names
    count: int
    code: str
    category_code: str


def hot_spots(session: Session, actor: Actor, now: datetime) -> list[HotSpot]:
    """Three or more of a kind within 250 m in 90 days, the fullest first: three queries."""
    roots = root_areas(session)
    grid = grid_at(roots[0].lat if roots else None)
    mine = [reach(actor, Permission.REPORT_READ), *_lately(now)]
    cells = chosen(_cells(session, mine, grid), grid)
    rows = _members(session, mine, cells, grid)
    return [_spot(cell, members) for cell, members in zip(cells, rows, strict=True) if members]


def _lately(now: datetime) -> list[ColumnElement[bool]]:
    lately = [Case.found_at >= now - SINCE, Case.state.not_in(TAKEN_OUT)]
    return [*lately, Case.lon.is_not(None), a_whole()]


def _cells(session: Session, mine: Sequence[ColumnElement[bool]], grid: Grid) -> list[Cell]:
    """The squares with enough in them: one walk through the index of the last weeks."""
    offsets = (
        select(literal(at).label("at"), literal(dx).label("dx"), literal(dy).label("dy"))
        for at, (dx, dy) in enumerate(OFFSETS)
    )
    given = union_all(*offsets).subquery("given")
    # rounding to a whole number is the one way of it that both engines share
    x = func.round(Case.lon / grid.lon_step + given.c.dx)
    y = func.round(Case.lat / grid.lat_step + given.c.dy)
    counted = func.count()
    statement = (
        select(Case.category_code, given.c.at, x.label("x"), y.label("y"), counted.label("n"))
        .select_from(Case)
        .join(given, Case.lon.is_not(None))
        .where(*mine)
        .group_by(Case.category_code, given.c.at, x, y)
        .having(counted >= FEWEST)
        .order_by(counted.desc())
        # the four grids show each spot up to four times
        .limit(MOST_SHOWN * len(OFFSETS) * 2)
    )
    return [
        Cell(row.category_code, int(row.at), int(row.x), int(row.y), row.n)
        for row in session.execute(statement)
    ]


def _members(
    session: Session, mine: Sequence[ColumnElement[bool]], cells: Sequence[Cell], grid: Grid
) -> list[list[SpotCase]]:
    """The newest matters of each square, in one query."""
    if not cells:
        return []
    which = case(*((_inside(cell, grid), at) for at, cell in enumerate(cells)))
    newest = func.row_number().over(partition_by=which, order_by=Case.id.desc())
    ranked = (
        select(Case.district, Case.id, which.label("spot"), newest.label("nth"))
        .where(*mine, or_(*(_inside(cell, grid) for cell in cells)))
        .subquery()
    )
    statement = (
        _columns()
        .add_columns(ranked.c.spot)
        .join(ranked, and_(ranked.c.district == Case.district, ranked.c.id == Case.id))
    )
    statement = statement.where(ranked.c.nth <= MOST_CASES).order_by(Case.id.desc())
    found: list[list[SpotCase]] = [[] for _ in cells]
    for row in session.execute(statement):
        found[row.spot].append(_case(row))
    return found


def _inside(cell: Cell, grid: Grid) -> ColumnElement[bool]:
    west, south, east, north = cell.box(grid)
    return and_(
        Case.category_code == cell.category,
        Case.lon.between(cast(west, Float), cast(east, Float)),
        Case.lat.between(cast(south, Float), cast(north, Float)),
    )


def _spot(cell: Cell, members: list[SpotCase]) -> HotSpot:
    return HotSpot(members[0].category, members[0].place, cell.count, members)


def hard_cases(session: Session, actor: Actor) -> list[SpotCase]:
    """Open cases that were returned, sent back or opened again at least twice, the worst first."""
    tries = Case.times_returned + Case.times_sent_back
    statement = _columns().where(
        Case.state.in_(OPEN), tries >= TRIES, reach(actor, Permission.REPORT_READ)
    )
    statement = statement.order_by(tries.desc(), Case.id.desc()).limit(MOST_SHOWN)
    return [_case(row) for row in session.execute(statement)]


def refused_often(session: Session, actor: Actor, now: datetime) -> list[Refusals]:
    """Kinds of problems that were refused at least twice in one place in 90 days."""
    refused = (State.NOT_ACCEPTED, State.NOT_FILED)
    counted = func.count()
    names = (Area.name_zh_hans, Area.name_zh_hant, Area.name_en)
    kind = (Category.name_zh_Hans, Category.name_zh_Hant, Category.name_en)
    statement = (
        select(
            Case.category_code, Area.code, counted.label("n"), *names,
            *(each.label(f"kind_{at}") for at, each in enumerate(kind)),
        )
        .join(Area, Area.id == Case.area_id)
        .join(Category, Category.code == Case.category_code)
        .where(Case.found_at >= now - SINCE, Case.state.in_(refused))
        .where(reach(actor, Permission.REPORT_READ))
        .group_by(Case.category_code, Area.code, *names, *kind)
        .having(counted >= REFUSALS)
        .order_by(counted.desc(), Area.code, Case.category_code)
        .limit(MOST_SHOWN)
    )  # fmt: skip
    return [
        Refusals(_kind(row), area_names(row), row.n, row.code, row.category_code)
        for row in session.execute(statement)
    ]


def _columns() -> Any:
    return (
        select(
            Case.number, Case.state, Case.found_at, Case.times_returned, Case.times_sent_back,
            Category.name_zh_Hans.label("kind_0"), Category.name_zh_Hant.label("kind_1"),
            Category.name_en.label("kind_2"), Area.name_zh_hans, Area.name_zh_hant, Area.name_en,
        )
        .select_from(Case)
        .join(Category, Category.code == Case.category_code, isouter=True)
        .join(Area, Area.id == Case.area_id, isouter=True)
    )  # fmt: skip


def _kind(row: Any) -> Names:
    return tidy_names({"zh_Hans": row.kind_0, "zh_Hant": row.kind_1, "en": row.kind_2})


def _case(row: Any) -> SpotCase:
    return SpotCase(
        number=row.number,
        state=row.state,
        category=_kind(row),
        place=area_names(row),
        found_at=row.found_at,
        returned=row.times_returned,
        sent_back=row.times_sent_back,
    )

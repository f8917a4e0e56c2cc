"""Matters of the same kind near a spot, as far as the public knows where; and who joined a case.

The public point decides what is near, not the exact one: whoever moves her own pin about learns
nothing that the public page does not show.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import cos, pi
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from portal.areas.queries import AreaRow, areas_by_codes
from portal.areas.rules import national_part
from portal.kernel.geo import METRES_A_DEGREE, metres_between
from portal.reports.models import Case, CaseMerge, CaseReporter, CaseSearch, CaseStillThere
from portal.reports.queries.case import CaseReporterRow, CaseRow, case_by_id, columns
from portal.reports.queries.hung import hangs
from portal.reports.queries.public import (
    PAGE_COLUMNS,
    KindRow,
    PublicRow,
    decorated,
    from_index,
    kinds,
    public_row,
)
from portal.reports.rules.codes import Relation, State
from portal.reports.rules.intake import COMMUNITY_DIGITS, ReportAnswers
from portal.reports.rules.listing import Filters
from portal.reports.rules.neighbours import (
    MOST_LOOKED_AT,
    MOST_OFFERED,
    OFFERED,
    RADIUS_METRES,
    why_not_join,
)
from portal.reports.rules.publicity import Box

LONGEST_CHAIN = 20


@dataclass(frozen=True)
class Neighbour:
    """A matter that may be the same: as the public sees it, and about how far away."""

    case: PublicRow
    metres: int | None


@dataclass(frozen=True)
class MergeRow:
    """That a case is part of another one, and what it was before."""

    id: UUID
    into_id: UUID
    was_state: State
    was_listed: bool


def matters_near(session: Session, answers: ReportAnswers, now: datetime) -> list[Neighbour]:
    """What a draft may be about already: of its kind, near, open or closed not long ago."""
    kind = kinds(session).get(answers.category_code or "")
    filters = _filters(answers)
    # law P5: what is about a person or a shop is never offered to anybody
    if kind is None or kind.publicity.protected or filters is None:
        return []
    rows = session.execute(_candidates(session, filters)).all()
    found = (_neighbour(row, kind, answers, now) for row in rows)
    near = [one for one in found if one is not None]
    near.sort(key=lambda one: (one.metres or 0, -one.case.found_at.timestamp()))
    return near[:MOST_OFFERED]


def _filters(answers: ReportAnswers) -> Filters | None:
    """A window around the point; without one the community, when no less is known."""
    if answers.point is not None:
        return Filters(category=answers.category_code, box=_window(*answers.point))
    code = answers.area_code or ""
    fine = not code.isdecimal() or len(national_part(code)) >= COMMUNITY_DIGITS
    return Filters(category=answers.category_code, area=code) if code and fine else None


def _window(lon: float, lat: float) -> Box:
    high = RADIUS_METRES / METRES_A_DEGREE
    wide = high / max(cos(lat / 180.0 * pi), 0.01)
    return Box(lon - wide, lat - high, lon + wide, lat + high)


def _candidates(session: Session, filters: Filters) -> Any:
    statement, key = from_index(session, filters, None)
    page = (
        statement.with_only_columns(*PAGE_COLUMNS)
        .where(Case.state.in_(OFFERED))
        .order_by(key.desc())
        .limit(MOST_LOOKED_AT)
        .subquery("page")
    )
    shown = and_(CaseSearch.district == page.c.district, CaseSearch.case_id == page.c.id)
    joined = decorated(page).add_columns(CaseSearch.lon, CaseSearch.lat)
    return joined.join_from(page, CaseSearch, shown, isouter=True)


def _neighbour(row: Any, kind: KindRow, answers: ReportAnswers, now: datetime) -> Neighbour | None:
    protected = kind.publicity.protected
    if why_not_join(row.state, row.closed_at, now, protected=protected) is not None:
        return None
    if answers.point is None:
        return Neighbour(public_row(row, kind), None)
    if row.lon is None or row.lat is None:
        return None
    metres = metres_between(*answers.point, row.lon, row.lat)
    return Neighbour(public_row(row, kind), round(metres)) if metres <= RADIUS_METRES else None


def places_of(session: Session, codes: Iterable[str]) -> dict[str, AreaRow]:
    """The public places of some matters, by their codes."""
    return areas_by_codes(session, set(codes))


def joined_count(session: Session, case: CaseRow) -> int:
    """How many stand behind a case besides whoever reported it first; never who."""
    joined = or_(CaseReporter.relation == Relation.ME_TOO, CaseReporter.merged_from.is_not(None))
    statement = select(func.count()).select_from(CaseReporter)
    return session.scalar(statement.where(*_behind(case), joined)) or 0


def _behind(case: CaseRow) -> tuple[ColumnElement[bool], ...]:
    return CaseReporter.district == case.district, CaseReporter.case_id == case.id


def has_said(session: Session, case: CaseRow, reporter_id: UUID) -> bool:
    """Whether somebody has said of this closing that it is still there."""
    found = select(CaseStillThere.at).where(
        CaseStillThere.district == case.district,
        CaseStillThere.case_id == case.id,
        CaseStillThere.cycle == case.cycle,
        CaseStillThere.reporter_id == reporter_id,
    )
    return session.scalar(found) is not None


def merge_of(session: Session, case: CaseRow) -> MergeRow | None:
    """How a case became part of another one, as long as it is."""
    found = session.execute(
        select(*columns(CaseMerge, MergeRow)).where(
            CaseMerge.district == case.district,
            CaseMerge.case_id == case.id,
            CaseMerge.undone_at.is_(None),
        )
    ).first()
    return MergeRow(*found) if found else None


def leads_to(session: Session, case: CaseRow) -> CaseRow:
    """The case in which one goes on: itself, or the one at the end of its merges."""
    for _ in range(LONGEST_CHAIN):
        if case.state is not State.MERGED:
            break
        merge = merge_of(session, case)
        following = case_by_id(session, case.district, merge.into_id) if merge else None
        if following is None:
            break
        case = following
    return case


def parts_of(session: Session, case: CaseRow) -> list[CaseRow]:
    """The cases that were joined with one, the last first."""
    if not hangs(session, case.id, CaseMerge):
        return []
    found = session.execute(
        select(*columns(Case, CaseRow))
        .join(CaseMerge, and_(CaseMerge.district == Case.district, CaseMerge.case_id == Case.id))
        .where(
            CaseMerge.district == case.district,
            CaseMerge.into_id == case.id,
            CaseMerge.undone_at.is_(None),
        )
        .order_by(CaseMerge.id.desc())
    )
    return [CaseRow(*row) for row in found]


def reporters_under(session: Session, case: CaseRow) -> list[CaseReporterRow]:
    """Everybody who holds a receipt with this case's number, wherever it goes on now."""
    origin = func.coalesce(CaseReporter.merged_from, CaseReporter.case_id)
    found = session.execute(
        select(*columns(CaseReporter, CaseReporterRow))
        .where(
            CaseReporter.district == case.district,
            or_(CaseReporter.case_id == case.id, CaseReporter.merged_from == case.id),
            origin == case.id,
        )
        .order_by(CaseReporter.id)
    )
    return [CaseReporterRow(*row) for row in found]

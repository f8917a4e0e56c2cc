"""A person's own reports, by her account."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.areas.queries import AreaRow, areas_by_ids
from portal.kernel.ids import clean_number
from portal.reports.models import Case, CaseReporter
from portal.reports.queries.public import KindRow, kinds
from portal.reports.rules.codes import State
from portal.reports.rules.listing import PAGE


@dataclass(frozen=True)
class MyRow:
    """One line of my reports."""

    number: str
    state: State
    kind: KindRow | None
    area: AreaRow | None
    found_at: datetime
    promised_at: datetime | None


@dataclass(frozen=True)
class MyPage:
    """A page of my reports, and the number after which the next one begins."""

    rows: list[MyRow]
    next_before: str | None


_SAME_CASE = (Case.district == CaseReporter.district) & (Case.id == CaseReporter.case_id)


def my_page(session: Session, person_id: UUID | None, *, before: str = "") -> MyPage:
    """What a person reported, newest first: three queries."""
    statement = (
        select(
            Case.number,
            Case.state,
            Case.category_code,
            Case.area_id,
            Case.found_at,
            Case.promised_at,
        )
        .join(CaseReporter, _SAME_CASE)
        .where(CaseReporter.person_id == person_id, CaseReporter.erased_at.is_(None))
        .order_by(CaseReporter.id.desc())
        .limit(PAGE + 1)
    )
    known = clean_number(before) if before else None
    if known is not None:
        last = (
            select(CaseReporter.id)
            .join(Case, _SAME_CASE)
            .where(CaseReporter.person_id == person_id, Case.number == known)
            .scalar_subquery()
        )
        statement = statement.where(CaseReporter.id < last)
    found = session.execute(statement).all()
    names: Mapping[str, KindRow] = kinds(session)
    areas = areas_by_ids(session, {row.area_id for row in found})
    rows = [
        MyRow(
            number=row.number,
            state=row.state,
            kind=names.get(row.category_code),
            area=areas.get(row.area_id),
            found_at=row.found_at,
            promised_at=row.promised_at,
        )
        for row in found[:PAGE]
    ]
    return MyPage(rows, rows[-1].number if len(found) > PAGE else None)

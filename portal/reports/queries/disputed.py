"""Open cases that units dispute, for the command centre (R181)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.areas.models import Area
from portal.areas.rules import tidy_names
from portal.reports.models import Case, Category
from portal.reports.queries.case_parts import DisputeRow, meetings_waited_for
from portal.reports.queries.desk import area_names
from portal.reports.queries.desk.reach import reach
from portal.reports.rules.codes import State
from portal.reports.rules.disputes import DISPUTED_FROM
from portal.reports.rules.transitions import OPEN

PAGE = 25


@dataclass(frozen=True)
class DisputedRow:
    """One disputed case: how often it came back, who has it, and whether the meeting has it."""

    id: UUID
    number: str
    state: State
    category: Mapping[str, str]
    place: Mapping[str, str]
    found_at: datetime
    unit_id: UUID | None
    returned: int
    passed_on: int
    dispute: DisputeRow | None


@dataclass(frozen=True)
class DisputedPage:
    """A page of them, the longest waiting first, and the number after which the next begins."""

    rows: list[DisputedRow]
    next_after: str | None


def disputed_cases(
    session: Session, actor: Actor, *, after: str | None = None, size: int = PAGE
) -> DisputedPage:
    """Returned twice or passed on twice and still open, in two queries."""
    often = or_(Case.times_returned >= DISPUTED_FROM, Case.times_reassigned >= DISPUTED_FROM)
    statement = (
        select(
            Case.district, Case.id, Case.number, Case.state, Case.found_at, Case.unit_id,
            Case.times_returned, Case.times_reassigned,
            Category.name_zh_Hans, Category.name_zh_Hant, Category.name_en.label("kind_en"),
            Area.name_zh_hans, Area.name_zh_hant, Area.name_en,
        )
        .join(Category, Category.code == Case.category_code, isouter=True)
        .join(Area, Area.id == Case.area_id, isouter=True)
        .where(Case.state.in_(OPEN), often, reach(actor, Permission.DISPUTE_SETTLE))
        .order_by(Case.id)
        .limit(size + 1)
    )  # fmt: skip
    if after is not None:
        last = select(Case.id).where(Case.number == after).scalar_subquery()
        statement = statement.where(Case.id > last)
    found = session.execute(statement).all()
    rows = found[:size]
    disputes = meetings_waited_for(session, [(row.district, row.id) for row in rows])
    shown = [_row(row, disputes.get(row.id)) for row in rows]
    return DisputedPage(shown, shown[-1].number if len(found) > size else None)


def _row(row: Any, dispute: DisputeRow | None) -> DisputedRow:
    kind = {"zh_Hans": row.name_zh_Hans, "zh_Hant": row.name_zh_Hant, "en": row.kind_en}
    return DisputedRow(
        id=row.id,
        number=row.number,
        state=row.state,
        category=tidy_names(kind),
        place=area_names(row),
        found_at=row.found_at,
        unit_id=row.unit_id,
        returned=row.times_returned,
        passed_on=row.times_reassigned,
        dispute=dispute,
    )

"""The public pages of many cases at once: the same few queries, however many there are."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.areas.queries import areas_by_codes
from portal.areas.rules import codes_of
from portal.organisations.queries import organisations_by_ids
from portal.reports.models import CaseEvent, CasePhoto, CaseText
from portal.reports.queries.case import CaseRow, EventRow, PhotoRow, TextRow, columns
from portal.reports.queries.page import CasePage, Hung, page_of
from portal.reports.queries.public import kinds

Row = TypeVar("Row")


def case_pages(session: Session, cases: Sequence[CaseRow]) -> list[CasePage]:
    """What anybody may see of some cases, in their order."""
    if not cases:
        return []
    known = kinds(session)
    events = _hanging(session, cases, CaseEvent, EventRow, CaseEvent.public)
    texts = _hanging(session, cases, CaseText, TextRow)
    photos = _hanging(session, cases, CasePhoto, PhotoRow)
    areas = areas_by_codes(session, {code for case in cases for code in codes_of(case.place_path)})
    units = _units(session, cases, events.values())
    return [
        page_of(
            case,
            known.get(case.category_code),
            Hung(texts.get(case.id, []), photos.get(case.id, []), events.get(case.id, [])),
            areas,
            units,
            own=False,
        )
        for case in cases
    ]


def _hanging(
    session: Session, cases: Sequence[CaseRow], model: Any, row: type[Row], *conditions: Any
) -> dict[UUID, list[Row]]:
    """Rows of one table by their case, oldest first."""
    districts, ids = {case.district for case in cases}, [case.id for case in cases]
    found: dict[UUID, list[Row]] = {}
    statement = (
        select(model.case_id, *columns(model, row))
        .where(model.district.in_(districts), model.case_id.in_(ids), *conditions)
        .order_by(model.id)
    )
    for case_id, *values in session.execute(statement):
        found.setdefault(case_id, []).append(row(*values))
    return found


def _units(session: Session, cases: Sequence[CaseRow], events: Iterable[list[EventRow]]) -> Any:
    ids = {event.unit_id for some in events for event in some if event.unit_id}
    ids |= {case.unit_id for case in cases if case.unit_id}
    return {key: row.names for key, row in organisations_by_ids(session, ids).items()}

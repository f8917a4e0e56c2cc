"""The public pages of many cases at once: the same few queries, however many there are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, cast, literal, null, select, union_all
from sqlalchemy.orm import Session

from portal.areas.queries import areas_by_codes
from portal.areas.rules import codes_of
from portal.organisations.queries import organisations_by_ids
from portal.reports.models import CaseEvent, CasePhoto, CaseText
from portal.reports.queries.case import CaseRow, EventRow, PhotoRow, TextRow, columns
from portal.reports.queries.page import CasePage, Hung, page_of
from portal.reports.queries.public import KindRow, kinds


def case_pages(
    session: Session, cases: Sequence[CaseRow], known: Mapping[str, KindRow] | None = None
) -> list[CasePage]:
    """What anybody may see of some cases, in their order. ``known``: their kinds, if read."""
    if not cases:
        return []
    known = kinds(session) if known is None else known
    events, texts, photos = _hanging(session, cases)
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


_ROWS: tuple[tuple[Any, type[Any], tuple[ColumnElement[bool], ...]], ...] = (
    (CaseEvent, EventRow, (CaseEvent.public.expression,)),
    (CaseText, TextRow, ()),
    (CasePhoto, PhotoRow, ()),
)
Hanging = dict[UUID, list[Any]]


def _hanging(session: Session, cases: Sequence[CaseRow]) -> tuple[Hanging, ...]:
    """The steps, words and photos of some cases in one query: each table's rows by their case,
    oldest first. Every part of it has all columns of all three, those of the others empty.
    """
    districts, ids = {case.district for case in cases}, [case.id for case in cases]
    parts = []
    for at, (model, _, conditions) in enumerate(_ROWS):
        mine = model.district.in_(districts), model.case_id.in_(ids), *conditions
        parts.append(select(literal(at), model.case_id, *_wide(at)).where(*mine))
    found: tuple[Hanging, ...] = tuple({} for _ in _ROWS)
    for at, case_id, *values in session.execute(union_all(*parts)):
        begin = sum(len(fields(row)) for _, row, _ in _ROWS[:at])
        row = _ROWS[at][1]
        made = row(*values[begin : begin + len(fields(row))])
        found[at].setdefault(case_id, []).append(made)
    for by_case in found:
        for rows in by_case.values():
            rows.sort(key=lambda row: row.id)
    return found


def _wide(own: int) -> list[ColumnElement[Any]]:
    """The columns of all three tables; of the others only their types."""
    return [
        (column if at == own else cast(null(), column.type)).label(f"c{at}_{place}")
        for at, (model, row, _) in enumerate(_ROWS)
        for place, column in enumerate(columns(model, row))
    ]


def _units(session: Session, cases: Sequence[CaseRow], events: Iterable[list[EventRow]]) -> Any:
    ids = {event.unit_id for some in events for event in some if event.unit_id}
    ids |= {case.unit_id for case in cases if case.unit_id}
    return {key: row.names for key, row in organisations_by_ids(session, ids).items()}

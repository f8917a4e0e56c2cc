"""Cases as other systems want them, page by page; and finding a case by another system's number."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, tuple_
from sqlalchemy.orm import Session

from portal.reports.models import Case, CaseEvent, CaseText, ExternalOrder
from portal.reports.queries.case import CaseRow, columns
from portal.reports.queries.case_parts import a_whole
from portal.reports.rules.codes import Event, Source, State, TextKind
from portal.reports.rules.transitions import OPEN

PAGE = 500
# a matter that was never taken up is no work order
EXPORTED = (OPEN - {State.REPORTED}) | {State.CLOSED}
_ANSWERING = (Event.RESPOND, Event.HANDLE, Event.CLOSE)


@dataclass(frozen=True)
class External:
    """What is kept of an order of another system."""

    system: str
    number: str
    unit_name: str | None
    no_answer: bool
    late: bool | None


@dataclass(frozen=True)
class Outgoing:
    """A case with what a work order says of it. The words are as they were written."""

    case: CaseRow
    words: str
    address: str
    answer: str
    answered_at: datetime | None
    external: External | None
    # all its orders: callers who joined it may have others
    externals: Sequence[External] = ()


def outgoing(session: Session, since: datetime) -> Iterator[Outgoing]:
    """Every case found since a moment that became a work order, oldest first."""
    after: tuple[datetime, UUID] | None = None
    while True:
        statement = select(*columns(Case, CaseRow)).where(
            Case.found_at >= since, _exported(), a_whole()
        )
        if after is not None:
            statement = statement.where(tuple_(Case.found_at, Case.id) > tuple_(*after))
        statement = statement.order_by(Case.found_at, Case.id).limit(PAGE)
        cases = [CaseRow(*row) for row in session.execute(statement)]
        yield from _dressed(session, cases)
        if len(cases) < PAGE:
            return
        after = (cases[-1].found_at, cases[-1].id)


def _exported() -> ColumnElement[bool]:
    """Also what had been taken up before it became part of another case: its order was one."""
    merged = and_(Case.state == State.MERGED, Case.accepted_at.is_not(None))
    return or_(Case.state.in_(EXPORTED), merged)


def _dressed(session: Session, cases: list[CaseRow]) -> Iterator[Outgoing]:
    keys = [(case.district, case.id) for case in cases]
    texts, external = _texts(session, keys), external_of(session, keys)
    for case in cases:
        said, orders = texts.get(case.id, {}), external.get(case.id, [])
        answer, at = said.get("answer", ("", None))
        yield Outgoing(
            case=case,
            words=said.get(TextKind.DESCRIPTION.value, ("", None))[0],
            address=said.get(TextKind.PLACE.value, ("", None))[0],
            answer=answer,
            answered_at=at,
            external=next(iter(orders), None),
            externals=orders,
        )


def _texts(
    session: Session, keys: Collection[tuple[str, UUID]]
) -> dict[UUID, dict[str, tuple[str, Any]]]:
    """The matter, the place, and the last answer with its moment, of each case."""
    of_event = and_(CaseEvent.district == CaseText.district, CaseEvent.id == CaseText.event_id)
    kinds = (TextKind.DESCRIPTION, TextKind.PLACE, TextKind.ANSWER, TextKind.OUTSIDE_REPLY)
    rows = session.execute(
        select(CaseText.case_id, CaseText.kind, CaseText.text, CaseEvent.event, CaseEvent.at)
        .join(CaseEvent, of_event, isouter=True)
        .where(tuple_(CaseText.district, CaseText.case_id).in_(keys), CaseText.kind.in_(kinds))
        .order_by(CaseText.case_id, CaseText.id)
    )
    found: dict[UUID, dict[str, tuple[str, Any]]] = {}
    for row in rows:
        said = found.setdefault(row.case_id, {})
        if row.kind in {TextKind.DESCRIPTION, TextKind.PLACE}:
            said.setdefault(row.kind.value, (row.text, None))
        elif row.event in _ANSWERING:
            said["answer"] = (row.text, row.at)
    return found


def external_of(session: Session, keys: Collection[tuple[str, UUID]]) -> dict[UUID, list[External]]:
    """The orders of other systems behind some cases, the first of each first."""
    one = ExternalOrder
    rows = session.execute(
        select(one.case_id, one.system, one.number, one.unit_name, one.no_answer, one.late)
        .where(tuple_(one.district, one.case_id).in_(keys))
        .order_by(one.imported_at, one.system, one.number)
    )
    found: dict[UUID, list[External]] = {}
    for row in rows:
        found.setdefault(row.case_id, []).append(External(*row[1:]))
    return found


def external_orders(session: Session, case: CaseRow) -> tuple[External | None, list[External]]:
    """The order of another system that a case was made of, and those of callers who joined it."""
    found = external_of(session, [(case.district, case.id)]).get(case.id, [])
    own = next((one for one in found if one.number == case.external_number), None)
    return own, [one for one in found if one is not own]


def case_of_order(session: Session, system: str, source: Source, number: str) -> CaseRow | None:
    """The case of a hotline's number: in its numbering, or in a file that came from it."""
    rows = session.execute(
        select(*columns(Case, CaseRow))
        .join(ExternalOrder, _of_case())
        .where(
            ExternalOrder.number == number,
            or_(ExternalOrder.system == system, Case.source == source),
        )
        .limit(1)
    )
    return next((CaseRow(*row) for row in rows), None)


def _of_case() -> ColumnElement[bool]:
    return and_(ExternalOrder.district == Case.district, ExternalOrder.case_id == Case.id)


def cases_by_external(session: Session, number: str) -> list[CaseRow]:
    """The cases that other systems call so: a number is unique in its own system only."""
    wanted = " ".join(number.split())
    if not wanted or len(wanted) > 64:
        return []
    rows = session.execute(
        select(*columns(Case, CaseRow))
        .join(ExternalOrder, _of_case())
        .where(ExternalOrder.number == wanted)
        .order_by(ExternalOrder.system)
        .limit(10)
    )
    return [CaseRow(*row) for row in rows]

"""Why a case went where it went, and how often it was passed on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from sqlalchemy.orm import Session

from portal.reports.queries.case import CaseRow, EventRow, events_of
from portal.reports.queries.routing import RouteRow, responsibilities, routes_of
from portal.reports.rules.codes import Event, State
from portal.reports.rules.routing import Basis, Responsibility


@dataclass(frozen=True)
class Leg:
    """One dispatch of a case: to whom and why, and whether it came back. Older cases say no why."""

    at: datetime
    unit_id: UUID | None
    basis: Basis | None = None
    row: Responsibility | None = None
    returned_at: datetime | None = None
    reason_code: str | None = None


def legs_of(session: Session, case: CaseRow) -> list[Leg]:
    """The dispatches of a case that were not taken back, in two or three queries."""
    routes = routes_of(session, case)
    codes = {route.rule_code for route in routes.values() if route.rule_code}
    rows = {row.code: row for row in responsibilities(session, codes)} if codes else {}
    return legs(events_of(session, case), routes, rows)


def legs(
    events: Sequence[EventRow],
    routes: Mapping[UUID, RouteRow],
    rows: Mapping[str, Responsibility],
) -> list[Leg]:
    """The same from a history."""
    found: list[Leg] = []
    for event in events:
        if event.event is Event.DISPATCH:
            route = routes.get(event.id)
            row = rows.get(route.rule_code or "") if route else None
            found.append(Leg(event.at, event.unit_id, route.basis if route else None, row))
        elif found and event.event is Event.UNDO and event.from_state is State.DISPATCHED:
            found.pop()
        elif found and event.event is Event.RETURN:
            found[-1] = replace(found[-1], returned_at=event.at, reason_code=event.reason_code)
    return found


def times_passed_on(found: Sequence[Leg]) -> int:
    """How often the case went from one unit to another."""
    pairs = pairwise(found)
    return sum(1 for before, after in pairs if before.unit_id != after.unit_id)

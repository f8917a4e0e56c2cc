"""When the matters of a stretch of time were accepted and first given to a unit, in one query."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from portal.reports.models import Case, CaseEvent
from portal.reports.queries.case_parts import a_whole
from portal.reports.rules.codes import Event, State
from portal.reports.rules.figures import NOT_COUNTED

FETCHED = 5_000


@dataclass(frozen=True)
class Taken:
    """The moments of one matter. ``dispatched_at``: when a unit had it first."""

    place_path: str
    unit_id: UUID | None
    found_at: datetime
    accepted_at: datetime | None
    dispatched_at: datetime | None
    round_the_clock: bool
    calendar_code: str | None


def taken_between(session: Session, start: datetime, end: datetime) -> Iterator[Taken]:
    """Matters found in a stretch of time that were accepted, or wait for it; what was refused,
    withdrawn, void or merged waits for nobody."""
    first = (
        select(func.min(CaseEvent.at))
        .where(
            CaseEvent.district == Case.district,
            CaseEvent.case_id == Case.id,
            CaseEvent.event == Event.DISPATCH,
        )
        .scalar_subquery()
    )
    waits = and_(Case.accepted_at.is_(None), Case.state == State.REPORTED)
    statement = select(
        Case.place_path, Case.unit_id, Case.found_at, Case.accepted_at, first,
        Case.round_the_clock, Case.calendar_code,
    ).where(
        Case.found_at >= start, Case.found_at < end, Case.state.not_in(NOT_COUNTED), a_whole(),
        or_(Case.accepted_at.is_not(None), waits),
    )  # fmt: skip
    for row in session.execute(statement.execution_options(yield_per=FETCHED)):
        yield Taken(*row)

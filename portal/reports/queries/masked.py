"""Cases as supervisors and evaluators read them (R064): no reporter, no words, no photo, no place
finer than the community, no step that only a rating explains, and a day only where it is public."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, case, false, or_, select, true
from sqlalchemy.orm import Session

from portal.kernel.clock import city_day, month_bounds
from portal.reports.models import Case
from portal.reports.queries.case_parts import a_whole
from portal.reports.queries.public import KindRow, kinds
from portal.reports.rules.codes import PublicState, Source
from portal.reports.rules.pauses import is_late_at
from portal.reports.rules.publicity import STRICTEST, TimePrecision
from portal.reports.rules.transitions import public_state

PAGE: Final = 20


@dataclass(frozen=True)
class MaskedCase:
    """All that is read of a case. ``found`` is a day or, of a protected kind, a month."""

    number: str
    kind: KindRow | None
    community: str
    source: Source
    state: PublicState
    found: str
    closed: str | None
    unit_id: UUID | None
    late: bool
    listed: bool


_COLUMNS: Any = (
    Case.number, Case.category_code, Case.place_path, Case.source, Case.state, Case.found_at,
    Case.closed_at, Case.unit_id, Case.listed, Case.promised_at, Case.handled_at, Case.paused_at,
    Case.paused_until, Case.promise_if_over,
)  # fmt: skip


def masked_cases(
    session: Session, places: Collection[str] | None, *, zone: ZoneInfo, now: datetime,
    after: str = "", limit: int = PAGE + 1,
) -> list[MaskedCase]:  # fmt: skip
    """Some cases of the places that somebody supervises, the newest month first. Within a month
    they stand by their random numbers: an order of time would tell the days of protected kinds."""
    left = [_inside(places), a_whole(), *_after(session, places, after, zone)]
    newest = select(Case.found_at).where(*left).order_by(Case.found_at.desc()).limit(limit)
    days = [city_day(moment, zone) for moment in session.scalars(newest)]
    if not days:
        return []
    months = sorted({day.isoformat()[:7] for day in days}, reverse=True)
    starts = [month_bounds(month, zone)[0] for month in months]
    month = case(*((Case.found_at >= start, at) for at, start in enumerate(starts)))
    found = select(*_COLUMNS).where(*left, Case.found_at >= starts[-1])
    known = kinds(session)
    rows = session.execute(found.order_by(month, Case.number).limit(limit))
    return [_masked(row, known, zone, now) for row in rows]


def _after(
    session: Session, places: Collection[str] | None, number: str, zone: ZoneInfo
) -> list[ColumnElement[bool]]:
    """What follows one of her cases; a number of another place is the beginning."""
    mine = select(Case.found_at).where(_inside(places), a_whole(), Case.number == number)
    moment = session.scalar(mine) if number else None
    if moment is None:
        return []
    first, end = month_bounds(city_day(moment, zone).isoformat()[:7], zone)
    return [Case.found_at < end, or_(Case.found_at < first, Case.number > number)]


def masked_between(
    session: Session, places: Collection[str] | None, first: datetime, end: datetime, *,
    zone: ZoneInfo, now: datetime,
) -> Iterator[MaskedCase]:  # fmt: skip
    """Those that were reported from a moment until before another, in an order that tells
    nothing: that of their random numbers."""
    mine = (_inside(places), a_whole(), Case.found_at >= first, Case.found_at < end)
    known = kinds(session)
    for row in session.execute(select(*_COLUMNS).where(*mine).order_by(Case.number)):
        yield _masked(row, known, zone, now)


def _inside(places: Collection[str] | None) -> ColumnElement[bool]:
    if places is None:
        return true()
    paths = (Case.place_path.startswith(path, autoescape=True) for path in places)
    return or_(false(), *paths)


def _masked(row: Any, known: Any, zone: ZoneInfo, now: datetime) -> MaskedCase:
    kind = known.get(row.category_code)
    time = (kind.publicity if kind else STRICTEST).time
    national = [code for code in row.place_path.split("/") if code.isdecimal()]
    return MaskedCase(
        number=row.number, kind=kind, community=national[-1] if national else "",
        source=row.source, state=public_state(row.state), listed=row.listed,
        found=_when(city_day(row.found_at, zone), time),
        closed=_when(city_day(row.closed_at, zone), time) if row.closed_at else None,
        unit_id=row.unit_id, late=is_late_at(row, now),
    )  # fmt: skip


def _when(day: date, time: TimePrecision) -> str:
    return day.isoformat()[:7] if time is TimePrecision.MONTH else day.isoformat()

"""What is read to count: the cases found on a day, and who passed them on."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, not_, or_, select
from sqlalchemy.orm import Session

from portal.kernel.clock import city_day
from portal.reports.models import Case, CaseEvent, FigureMark, FigureStale
from portal.reports.queries.case import columns
from portal.reports.queries.case_parts import a_whole
from portal.reports.queries.desk.reach import is_late_now
from portal.reports.rules.codes import Event, Source, State

SLACK = timedelta(hours=1)
_SOME = 500


@dataclass(frozen=True)
class CountedCase:
    """A case, as far as the figures look at it."""

    district: str
    id: UUID
    place_path: str
    category_code: str
    unit_id: UUID | None
    source: Source
    state: State
    found_at: datetime
    responded_at: datetime | None
    dispatched_at: datetime | None
    handled_at: datetime | None
    closed_at: datetime | None
    promised_at: datetime | None
    paused_at: datetime | None
    paused_until: datetime | None
    promise_if_over: datetime | None
    times_returned: int
    times_sent_back: int
    times_reassigned: int
    times_extended: int
    times_suspended: int
    limit_minutes: int
    extended_minutes: int
    round_the_clock: bool
    calendar_code: str | None


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first moment of a day of the city and of the next."""
    after = day + timedelta(days=1)
    return (
        datetime(day.year, day.month, day.day, tzinfo=zone),
        datetime(after.year, after.month, after.day, tzinfo=zone),
    )


def found_on(session: Session, day: date, zone: ZoneInfo) -> list[CountedCase]:
    """The cases found on a day of the city."""
    start, end = day_bounds(day, zone)
    rows = session.execute(
        select(*columns(Case, CountedCase)).where(
            # parts are counted in their whole
            Case.found_at >= start,
            Case.found_at < end,
            a_whole(),
        )
    )
    return [CountedCase(*row) for row in rows]


def ways_of(
    session: Session, cases: Iterable[CountedCase]
) -> dict[UUID, list[tuple[Event, UUID | None]]]:
    """The dispatches and returns of the cases that were given back or passed on, in order."""
    moved = [case.id for case in cases if case.times_returned or case.times_reassigned]
    found: dict[UUID, list[tuple[Event, UUID | None]]] = {}
    for some in _portions(moved):
        rows = session.execute(
            select(CaseEvent.case_id, CaseEvent.event, CaseEvent.unit_id)
            .where(
                CaseEvent.case_id.in_(some),
                CaseEvent.district.in_({case.district for case in cases}),
                CaseEvent.event.in_((Event.DISPATCH, Event.RETURN)),
            )
            .order_by(CaseEvent.case_id, CaseEvent.id)
        )
        for case_id, event, unit_id in rows:
            found.setdefault(case_id, []).append((event, unit_id))
    return found


def _portions(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for at in range(0, len(ids), _SOME):
        yield ids[at : at + _SOME]


def counted_at(session: Session) -> datetime | None:
    """Until when the counts know everything; None: nothing was counted yet."""
    return session.scalar(select(FigureMark.counted_at))


def all_days(session: Session, zone: ZoneInfo) -> list[date]:
    """Every day from that of the first case to that of the last."""
    ends = session.execute(select(func.min(Case.found_at), func.max(Case.found_at))).one()
    if ends[0] is None:
        return []
    first, last = (city_day(end, zone) for end in ends)
    return [first + timedelta(days=at) for at in range((last - first).days + 1)]


def changed_days(session: Session, since: datetime, now: datetime, zone: ZoneInfo) -> set[date]:
    """The days with a case that changed since a moment, or whose promise the clock has broken."""
    changed = or_(
        Case.updated_at >= since - SLACK,
        and_(is_late_now(now), not_(func.coalesce(is_late_now(since), False))),
    )
    return {
        city_day(found, zone) for found in session.scalars(select(Case.found_at).where(changed))
    }


def stale_days(session: Session) -> tuple[list[UUID], set[date]]:
    """What others noted to be counted again: the notes' keys, and the days."""
    rows = session.execute(select(FigureStale.id, FigureStale.day)).all()
    return [row.id for row in rows], {row.day for row in rows}

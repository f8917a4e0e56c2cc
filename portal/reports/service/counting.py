"""Keeps the counts behind the figures of staff: day by day from the cases, month by month from the
days.

Counting a day again gives the same rows, so a run that is stopped, late or repeated does no harm.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, delete, func, insert, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.kernel.calendars import Calendars, calendars_of
from portal.kernel.clock import city_day
from portal.kernel.db import Database
from portal.kernel.instance import instance_of
from portal.kernel.worktime import Measure
from portal.reports.models import FigureCount, FigureMark, FigureStale
from portal.reports.queries.counting import (
    CountedCase,
    all_days,
    changed_days,
    counted_at,
    found_on,
    stale_days,
    ways_of,
)
from portal.reports.rules.figures import (
    COUNTS,
    NO_UNIT,
    Kept,
    Over,
    Span,
    Tally,
    finished_at,
    is_over,
    month_span,
    passes,
    tally,
)

Tick = Callable[[int], None]
_DIMENSIONS = ("place_path", "category_code", "unit_id", "source")
# what each kind of row of a month tells apart
_TELLS: dict[Kept, frozenset[str]] = {
    Kept.MONTH: frozenset(_DIMENSIONS),
    Kept.PLACE: frozenset({"place_path"}),
    Kept.CATEGORY: frozenset({"place_path", "category_code"}),
    Kept.UNIT: frozenset({"place_path", "unit_id"}),
    Kept.SOURCE: frozenset({"place_path", "source"}),
}


def note_stale(session: Session, moments: Iterable[datetime]) -> None:
    """Have the days of some moments counted again: for whoever changes what counts without moving
    a case now (an import, whose moment is that of its beginning).
    """
    zone = instance_of(session).city.zone
    session.add_all([FigureStale(day=day) for day in {city_day(at, zone) for at in moments}])


def refresh_counts(
    database: Database, now: datetime, *, everything: bool = False, tick: Tick | None = None
) -> int:
    """Count what changed since the last run, each day in a transaction of its own; how many days.

    ``everything``: also what did not change, and forget days without cases.
    """
    with database.read() as session:
        since = None if everything else counted_at(session)
        zone = instance_of(session).city.zone
        notes, days = stale_days(session)
        days |= (
            set(all_days(session, zone))
            if since is None
            else changed_days(session, since, now, zone)
        )
    if since is None:
        with database.write() as session:
            session.execute(delete(FigureCount))
    for at, day in enumerate(sorted(days), start=1):
        with database.write() as session:
            count_day(session, day, now)
        if tick is not None:
            tick(at)
    for month in sorted({day.replace(day=1) for day in days}):
        with database.write() as session:
            sum_month(session, month)
    with database.write() as session:
        _note_counted(session, now, notes)
    return len(days)


def count_everything(session: Session, now: datetime) -> None:
    """The same within one transaction: for a demo, whose cases are few."""
    days = all_days(session, instance_of(session).city.zone)
    for day in days:
        count_day(session, day, now)
    for month in sorted({day.replace(day=1) for day in days}):
        sum_month(session, month)
    _note_counted(session, now, stale_days(session)[0])


def _note_counted(session: Session, now: datetime, notes: Collection[UUID]) -> None:
    _hold(session, counted_at=now)
    session.execute(delete(FigureStale).where(FigureStale.id.in_(notes)))


def _hold(session: Session, **values: Any) -> None:
    """Be the only one who counts until the transaction ends: the first statement of each."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    made = dialect.insert(FigureMark).values(id=1, **values)
    held = made.on_conflict_do_update(index_elements=[FigureMark.id], set_=values or {"id": 1})
    session.execute(held)


@dataclass(frozen=True)
class _Key:
    place_path: str
    category_code: str
    unit_id: UUID
    source: str


def count_day(session: Session, day: date, now: datetime) -> None:
    """Make the rows of a day from its cases."""
    _hold(session)
    zone = instance_of(session).city.zone
    found = _counts(session, found_on(session, day, zone), now)
    same = (FigureCount.kept == Kept.DAY, FigureCount.day == day)
    session.execute(delete(FigureCount).where(*same))
    rows = [_row(key, day, counts) for key, counts in found.items() if counts]
    if rows:
        session.execute(insert(FigureCount), rows)


def _row(key: _Key, day: date, counts: Tally) -> dict[str, Any]:
    return {
        "kept": Kept.DAY,
        "day": day,
        **{name: getattr(key, name) for name in _DIMENSIONS},
        **{name: counts[name] for name in COUNTS},
    }


def _counts(session: Session, cases: list[CountedCase], now: datetime) -> dict[_Key, Tally]:
    ways, calendars = ways_of(session, cases), calendars_of(session)
    found: dict[_Key, Tally] = {}
    for case in cases:
        over = _over(session, case, calendars) if is_over(case) else None
        counted = tally(case, now, over=over)
        if not counted:
            continue
        found.setdefault(_key(case, case.unit_id), Counter()).update(counted)
        for unit_id, passed in passes(ways.get(case.id, ())).items():
            found.setdefault(_key(case, unit_id), Counter()).update(passed)
    return found


def _key(case: CountedCase, unit_id: UUID | None) -> _Key:
    return _Key(case.place_path, case.category_code, unit_id or NO_UNIT, case.source.value)


def _over(session: Session, case: CountedCase, calendars: Calendars) -> Over | None:
    """By how much finished work was late, in its own time; None: a year of it is not known."""
    measure = Measure(
        case.round_the_clock,
        calendars.get(case.calendar_code),
        instance_of(session).city.zone,
    )
    end = finished_at(case)
    if end is None or case.promised_at is None:
        return None
    minutes = measure.between(case.promised_at, end)
    allowed = case.limit_minutes + case.extended_minutes
    return None if minutes is None or allowed <= 0 else Over(round(minutes), allowed)


def sum_month(session: Session, month: date) -> None:
    """Make the rows of a month from those of its days."""
    _hold(session)
    span = month_span(month)
    coarse = FigureCount.kept.in_(list(_TELLS))
    session.execute(delete(FigureCount).where(coarse, FigureCount.day == span.first))
    for kept, told in _TELLS.items():
        session.execute(_summed(kept, told, span))


def _summed(kept: Kept, told: frozenset[str], span: Span) -> Any:
    table: Table = FigureCount.__table__  # type: ignore[assignment]  # a mapped class has one
    columns = table.c
    blank = {"unit_id": NO_UNIT}
    kept_columns = [
        columns[name] if name in told
        else literal(blank.get(name, ""), columns[name].type).label(name)
        for name in _DIMENSIONS
    ]  # fmt: skip
    source = (
        select(
            literal(kept, columns.kept.type),
            literal(span.first, columns.day.type),
            *kept_columns,
            *(func.sum(columns[name]) for name in COUNTS),
        )
        .where(columns.kept == Kept.DAY, columns.day >= span.first, columns.day <= span.last)
        .group_by(*(columns[name] for name in _DIMENSIONS if name in told))
    )
    return insert(table).from_select(["kept", "day", *_DIMENSIONS, *COUNTS], source)

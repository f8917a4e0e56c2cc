"""A month's figures: counted when the month is over, stored once, never made again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.areas.rules import codes_of
from portal.kernel.city import City
from portal.kernel.clock import city_day, city_month, month_bounds
from portal.kernel.errors import Conflict, Refused
from portal.kernel.instance import instance_of
from portal.satisfaction.models import MonthFigure, MonthRelease
from portal.satisfaction.queries import (
    all_places,
    first_window_end,
    last_released,
    settings_of,
    tallies,
)
from portal.satisfaction.rules import (
    NOT_PLACED,
    Counts,
    FigureRefusal,
    Published,
    Settings,
    count_up,
    counted_places,
    is_month,
    is_rest,
    months_between,
    next_month,
    parent_of,
    publish,
    with_rests,
)

# the method of this portal's first part; the anonymised releases that follow leave its months alone
RELEASED_BY = "1/8"


def months_to_close(session: Session, now: datetime) -> list[str]:
    """Months that are over and not yet released, from the first with a rating on."""
    zone = instance_of(session).city.zone
    last = last_released(session)
    if last is not None:
        return months_between(next_month(last), city_month(now, zone))
    first = first_window_end(session)
    return months_between(city_month(first, zone), city_month(now, zone)) if first else []


def publish_month(
    session: Session, month: str, closed_counts: Mapping[str, int], *, now: datetime
) -> None:
    """Count a month, withhold what is small, and store what everybody may read, for good.

    ``closed_counts`` says for each place how many matters' time for rating ended in the month.
    """
    instance = instance_of(session)
    if not is_month(month):
        raise Refused(FigureRefusal.BAD_MONTH)
    start, end = month_bounds(month, instance.city.zone)
    if now < end:
        raise Refused(FigureRefusal.MONTH_OPEN)
    settings = settings_of(session)
    _claim(session, month, settings, now)
    known, levels = _rows_of(session, instance.city, settings, start, end)
    found = tallies(session, start, end, settings)
    for path, closed in closed_counts.items():
        found[path] = found.get(path, Counts()) + Counts(closed=closed)
    rows = publish(count_up(known, found), settings.smallest_cell)
    if rows:
        session.execute(insert(MonthFigure), [_values(month, row, levels) for row in rows])


def _claim(session: Session, month: str, settings: Settings, now: datetime) -> None:
    """The month is spent from here on: a second run finds the row and does nothing."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = (
        dialect.insert(MonthRelease)
        .values(
            month=month,
            released_by=RELEASED_BY,
            computed_at=now,
            window_days=settings.window_days,
            satisfied_levels=settings.satisfied_levels,
            smallest_cell=settings.smallest_cell,
        )
        .on_conflict_do_nothing()
        .returning(MonthRelease.month)
    )
    if session.scalar(statement) is None:
        raise Conflict(FigureRefusal.MONTH_STORED)


def _rows_of(
    session: Session, city: City, settings: Settings, start: datetime, end: datetime
) -> tuple[frozenset[str], dict[str, str]]:
    """The rows that a month's table always has, whatever happened; and each place's level."""
    places = all_places(session)
    first_day, day_after = city_day(start, city.zone), city_day(end, city.zone)
    shown = counted_places(places, _levels(city, settings), first_day, day_after)
    return with_rests(shown), {path: level for path, level, _, _ in places}


def _levels(city: City, settings: Settings) -> frozenset[str]:
    """Levels from the root down to the finest one with figures of its own."""
    finest = next(
        (level.rank for level in city.levels if level.code == settings.figures_level),
        len(city.levels),
    )
    return frozenset(level.code for level in city.levels if level.rank <= finest)


def _values(month: str, row: Published, levels: Mapping[str, str]) -> dict[str, Any]:
    above = parent_of(row.path)
    rest = is_rest(row.path)
    return {
        "month": month,
        "path": row.path,
        "parent_path": above,
        "area_code": codes_of(above if rest and above else row.path)[-1],
        "level": NOT_PLACED if rest else levels[row.path],
        "closed": row.closed,
        "answered": row.answered,
        "solved": row.solved,
        "satisfied": row.satisfied,
    }

"""How promptly the desks of the streets and the matters of each unit were served (R263)."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from portal.kernel.calendars import Calendars, calendars_of
from portal.kernel.city import City
from portal.kernel.config import BadSetting
from portal.kernel.instance import instance_of
from portal.kernel.worktime import Measure
from portal.reports.queries.dispatching import Taken, taken_between
from portal.reports.rules.dispatching import Limits, Promptness, Waited, limits_from, promptness
from portal.reports.rules.supervision import street_path


@dataclass(frozen=True)
class Prompt:
    """By the path of a street, and by the unit that has the matter."""

    limits: Limits
    streets: Mapping[str, Promptness]
    units: Mapping[UUID, Promptness]


def check_dispatch_limits(city: City) -> None:
    """Stop the start when the city file sets a limit that is none."""
    try:
        limits_from(city.thresholds)
    except ValueError as error:
        raise BadSetting("GONGZHI_CITY", str(error)) from error


def promptness_between(session: Session, start: datetime, end: datetime) -> Prompt:
    """Of the matters found in a stretch of time; two queries, however many there are."""
    limits = limits_from(instance_of(session).city.thresholds)
    calendars = calendars_of(session)
    streets: dict[str, list[Waited]] = defaultdict(list)
    units: dict[UUID, list[Waited]] = defaultdict(list)
    for row in taken_between(session, start, end):
        waited = _waited(session, row, calendars)
        if (street := street_path(row.place_path)) is not None:
            streets[street].append(waited)
        if row.unit_id is not None:
            units[row.unit_id].append(waited)
    return Prompt(
        limits,
        {path: promptness(rows, limits) for path, rows in streets.items()},
        {unit: promptness(rows, limits) for unit, rows in units.items()},
    )


def _waited(session: Session, row: Taken, calendars: Calendars) -> Waited:
    calendar = calendars.get(row.calendar_code)
    time = Measure(row.round_the_clock, calendar, instance_of(session).city.zone)
    if row.accepted_at is None:
        return Waited(None, None)
    accept = time.between(row.found_at, row.accepted_at)
    if row.dispatched_at is None:
        return Waited(accept, None)
    return Waited(accept, time.between(row.accepted_at, row.dispatched_at))

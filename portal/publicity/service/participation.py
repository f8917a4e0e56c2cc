"""A month's participation is counted once, some days after its end, and kept for good."""

from datetime import datetime
from typing import Final

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.areas.queries import descendants_at_level, root_areas
from portal.kernel.clock import city_day
from portal.kernel.db import Database, changed_rows
from portal.kernel.instance import instance_of
from portal.publicity.models import Participation, ParticipationMonth
from portal.publicity.queries.disclosure import populations
from portal.publicity.queries.participation import last_counted, people_in
from portal.publicity.rules.participation import LEVELS, closing_month, count_people

# how far back a first run looks: what is older was before this portal
MOST_MONTHS: Final = 12


def count_due_months(database: Database, now: datetime) -> int:
    """Count the months that are over and not counted yet; how many."""
    with database.read() as session:
        zone = instance_of(session).city.zone
        newest, last = closing_month(city_day(now, zone)), last_counted(session)
    return sum(count_month(database, month, now) for month in _between(last, newest))


def _between(last: str | None, newest: str) -> list[str]:
    """The months after one until another; without one only that other."""
    months = [newest]
    while last is not None and (before := _before(months[0])) > last and len(months) < MOST_MONTHS:
        months.insert(0, before)
    return [] if last is not None and newest <= last else months


def _before(month: str) -> str:
    year, number = (int(part) for part in month.split("-"))
    return f"{year - (number == 1):04d}-{number - 1 or 12:02d}"


def count_month(database: Database, month: str, now: datetime) -> bool:
    """Count a month, unless another has. It is read before anybody who writes waits for it."""
    with database.read() as session:
        paths, zone = _paths(session), instance_of(session).city.zone
        known = populations(session, int(month[:4]))
        parts = people_in(session, month, zone)
    # nothing is held open while it is computed
    counted = count_people(parts, paths)
    with database.write() as session:
        dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
        row = dialect.insert(ParticipationMonth).values(month=month, counted_at=now)
        if not changed_rows(session, row.on_conflict_do_nothing()):
            return False
        session.add_all(
            Participation(
                month=month, area_code=one.code, took_part=one.took_part, people=one.people,
                population=known.get(one.code),
            )
            for one in counted
        )  # fmt: skip
    return True


def _paths(session: Session) -> list[str]:
    """The city, its streets and its communities, the widest first."""
    paths = []
    for root in root_areas(session):
        paths.append(root.path)
        for level in LEVELS:
            paths += [one.path for one in descendants_at_level(session, root.path, level)]
    return paths

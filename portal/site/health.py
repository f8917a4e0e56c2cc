"""Whether this installation can serve: one short line for each thing that is wrong."""

from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from credit.service.halting import why_stopped
from portal.kernel import jobs
from portal.kernel.calendars import missing_years
from portal.kernel.db import Database
from portal.site import schema


def problems(database: Database, now: datetime) -> list[str]:
    """What keeps us from being ready; nothing when all is well. Says nothing of where or why."""
    try:
        database.ping()
        if schema.revision(database) != schema.head():
            return ["the database is not at the newest migration"]
        with database.read() as session:
            if not jobs.alive(session, now=now):
                return ["the jobs are not running"]
    except SQLAlchemyError:
        return ["the database cannot be reached"]
    return []


def warnings(database: Database, now: datetime) -> list[str]:
    """What needs somebody's care soon, though we can serve: nothing here takes a city offline."""
    with database.read() as session:
        stop = why_stopped(session)
        ledger = [f"ledger: nothing is posted or sealed, {stop.value}"] if stop else []
        return ledger + [
            f"working time: calendar {one.calendar} does not know {one.year}, "
            + ("no dates are promised" if one.now else "add it before the year begins")
            for one in missing_years(session, now)
        ]

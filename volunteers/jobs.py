"""Recurring work of voluntary service."""

from datetime import datetime

from portal.kernel import jobs
from portal.kernel.db import Database
from volunteers.queries.plans import series_to_make
from volunteers.service.absences import tell_absent
from volunteers.service.hours import tell_ledger
from volunteers.service.series import make_series


def make_shifts(database: Database, now: datetime) -> int:
    """Make the shifts of the weeks ahead, each series in a transaction of its own."""
    with database.read() as session:
        numbers = [row.number for row in series_to_make(session)]
    made = 0
    for number in numbers:
        with database.write() as session:
            made += make_series(session, number, now=now)
    return made


jobs.register("volunteers.tell_absent", 300, tell_absent)
jobs.register("volunteers.tell_ledger", 600, tell_ledger)
jobs.register("volunteers.make_shifts", 3600, make_shifts)

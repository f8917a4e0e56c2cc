"""What recurs in voluntary service and adoption."""

from datetime import datetime

from portal.kernel import jobs
from portal.kernel.db import Database
from volunteers.queries.plans import series_to_make
from volunteers.service.absences import tell_absent
from volunteers.service.adoption.clocks import run_clocks
from volunteers.service.adoption.dry import remind_dry
from volunteers.service.crediting import take_back_late, tell_ledger
from volunteers.service.qualifications import remind_of_ends
from volunteers.service.reminders import remind_of_shifts
from volunteers.service.series import make_series
from volunteers.service.waiting import settle_waiting


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
jobs.register("volunteers.take_back_points", 600, take_back_late)
jobs.register("volunteers.make_shifts", 3600, make_shifts)
jobs.register("volunteers.settle_waiting", 60, settle_waiting)
jobs.register("volunteers.remind_of_shifts", 300, remind_of_shifts)
jobs.register("volunteers.remind_of_qualifications", 3600, remind_of_ends)
jobs.register("adoption.clocks", 3600, run_clocks)
jobs.register("adoption.dry", 600, remind_dry)

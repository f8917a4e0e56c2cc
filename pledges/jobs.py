"""What recurs in pledges."""

from datetime import datetime

from pledges.service.deadlines import note_passed_days
from pledges.service.letters import ask_renewals
from portal.kernel import jobs
from portal.kernel.db import Database


def ask_to_renew(database: Database, now: datetime) -> int:
    """Ask whoever signed an older text to sign the new one, batch by batch; how many were asked."""
    asked = 0
    while True:
        with database.write() as session:
            some = ask_renewals(session, now)
        if not some:
            return asked
        asked += some


jobs.register("pledges.passed_days", 3600, note_passed_days)
jobs.register("pledges.ask_to_renew", 3600, ask_to_renew)

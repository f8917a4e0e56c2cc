"""What recurs in pledges: days that pass, standings of a quarter that is over, rows that end."""

from datetime import datetime

from pledges.service.deadlines import note_passed_days
from pledges.service.elections import count_due
from pledges.service.letters import ask_renewals
from pledges.service.lists import expire_listings
from pledges.service.standing import compute_standings
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
jobs.register("pledges.count_elections", 60, count_due)
jobs.register("pledges.compute_standings", 3600, compute_standings, lease_seconds=3600)
jobs.register("pledges.expire_listings", 3600, expire_listings)
jobs.register("pledges.ask_to_renew", 3600, ask_to_renew)

"""What recurs: pictures of items that expired, or were never shown, are deleted (that expired ones
are hidden needs no job), and the participation of a month is counted. Pages that somebody took back
are written down beside the erasures."""

from datetime import datetime

from portal.accounts.service import register_ended
from portal.kernel import jobs
from portal.kernel.db import Database
from portal.publicity.service.exposures import forget_expired
from portal.publicity.service.participation import count_due_months
from portal.publicity.service.taken_back import ended_by_people


def forget_pictures(database: Database, now: datetime) -> int:
    """Batch by batch; how many items lost their picture."""
    gone = 0
    while True:
        with database.write() as session:
            some = forget_expired(session, now)
        if not some:
            return gone
        gone += some


jobs.register("publicity.forget_pictures", 3600, forget_pictures)
# what is not told is computed: minutes for a large city
jobs.register("publicity.count_participation", 3600, count_due_months, lease_seconds=7200)
# the job of accounts that keeps the list of erasures asks for these too
register_ended(ended_by_people)

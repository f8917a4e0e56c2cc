"""What recurs: pictures of items that expired, or were never shown, are deleted (that expired ones
are hidden needs no job), and the participation of a month is counted."""

from datetime import datetime

from portal.kernel import jobs
from portal.kernel.db import Database
from portal.publicity.service.exposures import forget_expired
from portal.publicity.service.participation import count_due_months


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
jobs.register("publicity.count_participation", 3600, count_due_months)

"""Recurring work of accounts: forgetting in time, and keeping the list of erasures outside."""

from datetime import datetime
from typing import Final

from portal.accounts.service import forget_in_time, write_erasure_list
from portal.kernel import jobs
from portal.kernel.db import Database

HOUR: Final = 3600


def forget_personal_data(database: Database, now: datetime) -> int:
    """The retention job: delete what is past its time everywhere; how many rows."""
    return forget_in_time(database, now=now)


def list_erasures(database: Database, _now: datetime) -> int:
    """Write new erasures down outside the database; how many."""
    with database.read() as session:
        return write_erasure_list(session)


jobs.register("accounts.forget_in_time", HOUR, forget_personal_data)
jobs.register("accounts.list_erasures", 60, list_erasures)

"""What a restored backup would revive is stopped, before anybody looks. Can be done twice."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from credit.service.guardian import close_requests
from credit.service.honours.closing import close_links
from credit.service.process.reopening import open_windows_again
from credit.service.withdrawals import end_again


def stop_what_revived(session: Session, known: Collection[str], *, now: datetime) -> int:
    """What people had ended is ended; announced deductions get a whole window again; links to
    answer by are dead; how many. ``known``: the list of erasures."""
    # what rested on a yes that was taken back falls: nobody is told of a new window for it
    return sum(
        (
            end_again(session, known, now=now),
            open_windows_again(session, now=now),
            close_links(session),
            close_requests(session, now=now),
        )
    )

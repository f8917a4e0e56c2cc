"""Recurring work of reports: a month's figures once it is over, and forgetting in time."""

from datetime import datetime, timedelta
from typing import Final

from portal.kernel import jobs
from portal.kernel.clock import month_bounds
from portal.kernel.db import Database
from portal.kernel.errors import Conflict
from portal.kernel.instance import instance_of
from portal.reports.queries.rating import closings_between
from portal.reports.rules.rating import WORDS_DAYS
from portal.reports.service.batches import forget_batches
from portal.reports.service.drafts import expire_drafts
from portal.reports.service.links import forget_links
from portal.satisfaction.queries import settings_of
from portal.satisfaction.service import forget_words, months_to_close, publish_month

KEEP_WORDS: Final = timedelta(days=WORDS_DAYS)


def close_months(database: Database, now: datetime) -> list[str]:
    """Make the figures of every month that is over and has none; those made by this run.

    May run anywhere, twice or late: the month's own row decides who makes it.
    """
    with database.read() as session:
        months = months_to_close(session, now)
    return [month for month in months if _close(database, month, now)]


def _close(database: Database, month: str, now: datetime) -> bool:
    closed = closed_by_place(database, month)
    try:
        with database.write() as session:
            publish_month(session, month, closed, now=now)
    except Conflict:
        return False
    return True


def closed_by_place(database: Database, month: str) -> dict[str, int]:
    """How many closings each place had whose time for rating ended in the month."""
    with database.read() as session:
        window = timedelta(days=settings_of(session).window_days)
        start, end = month_bounds(month, instance_of(session).city.zone)
        return closings_between(session, start - window, end - window)


def forget_old(database: Database, now: datetime) -> None:
    """Drop drafts nobody came back to, links that ran out, old batches and words of ratings."""
    with database.write() as session:
        expire_drafts(session, now)
        forget_links(session, now=now)
        forget_batches(session, now=now)
        forget_words(session, before=now - KEEP_WORDS)


jobs.register("reports.close_months", 3600, close_months, lease_seconds=1800)
jobs.register("reports.forget_old", 3600, forget_old)

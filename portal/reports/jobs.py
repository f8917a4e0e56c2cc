"""Recurring work of reports: a month's figures once it is over, and forgetting in time."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.orm import Session

from portal.kernel import jobs
from portal.kernel.clock import month_bounds
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Refused
from portal.kernel.instance import instance_of
from portal.reports.queries.case import case_by_number
from portal.reports.queries.categories import all_categories
from portal.reports.queries.clock import paused_over, undated_cases
from portal.reports.queries.rating import closings_between
from portal.reports.rules.rating import WORDS_DAYS
from portal.reports.service.batches import forget_batches
from portal.reports.service.cells import fold_changes
from portal.reports.service.clockwork import date_promise, keep_date, resume_by_itself
from portal.reports.service.company_scores import freeze_scores, quarter_due
from portal.reports.service.counting import refresh_counts
from portal.reports.service.daily import look_back, missing_days
from portal.reports.service.drafts import expire_drafts
from portal.reports.service.following.digests import send_digests, tell_at_once
from portal.reports.service.following.keeping import forget_follows
from portal.reports.service.following.notices import tell_notices
from portal.reports.service.import_runs import forget_runs, run_imports
from portal.reports.service.links import forget_links
from portal.reports.service.open311 import forget_filings
from portal.reports.service.pass_desk import forget_passes
from portal.reports.service.spikes import keep_look, look_at
from portal.reports.service.useful import tell_useful_reports
from portal.reports.service.webhooks import forget_deliveries
from portal.satisfaction.queries import settings_of
from portal.satisfaction.queries.releases import first_counted_month
from portal.satisfaction.rules import SubjectKind, is_month
from portal.satisfaction.rules.release import ReleaseRefusal
from portal.satisfaction.service import forget_words
from portal.satisfaction.service.adopting import adopt
from portal.satisfaction.service.release import (
    FromAbove,
    check_nothing_is_lost,
    draw_up,
    kinds_due,
    publish_release,
)
from portal.satisfaction.service.storing import missing_releases, put_back

# after every month there can be
MONTHS_END = "9999-13"
log = structlog.get_logger("gongzhi.satisfaction")
# what keeps one release from being put back, and no other
_OF_ONE: Final = frozenset({ReleaseRefusal.COPY_DAMAGED, ReleaseRefusal.BUDGET_SPENT})
COUNT_EVERY: Final = 900
KEEP_WORDS: Final = timedelta(days=WORDS_DAYS)


def close_months(database: Database, now: datetime) -> list[str]:
    """Release every month that is over and was not, of every kind that people rate; what this run
    released.

    May run anywhere, twice or late: a release's own row decides who makes it.
    """
    put_back_releases(database, now=now)
    with database.read() as session:
        due = _drawable(session, now)
    made = (_if_it_may(database, kind, month, now) for month, kind in due)
    return [slug for slug in made if slug is not None]


def _drawable(session: Session, now: datetime) -> list[tuple[str, SubjectKind]]:
    """What is due; nothing while none may be drawn, or each would be counted hour by hour to be
    refused."""
    due = kinds_due(session, now)
    if not due:
        return []
    try:
        check_nothing_is_lost(session)
    except Refused as refused:
        log.warning("months not released", many=len(due), why=refused.code.value)
        return []
    return due


def _if_it_may(database: Database, kind: SubjectKind, month: str, now: datetime) -> str | None:
    """One month that is refused (its budget is spent, the ledger stands still) keeps no other."""
    try:
        return release_month(database, kind, month, now=now)
    except Refused as refused:
        log.warning("month not released", month=month, kind=kind.value, why=refused.code.value)
        return None


def put_back_releases(database: Database, *, now: datetime) -> list[str]:
    """Put back what was released here and is missing since a backup was restored. A damaged copy
    or a spent budget keeps one release; the ledger, when it stands still, all of them."""
    with database.read() as session:
        missing = missing_releases(session)
    found = []
    for slug in missing:
        try:
            with database.write() as session:
                put_back(session, slug, now=now)
        except Conflict:
            continue
        except Refused as refused:
            log.warning(
                "release not put back", release=slug, why=refused.code.value, **refused.facts
            )
            if refused.code not in _OF_ONE:
                break
            continue
        found.append(slug)
    return found


def release_month(
    database: Database, kind: SubjectKind, month: str, *, now: datetime, reason: str | None = None
) -> str | None:
    """Release a month of a kind; None when it is released already. ``reason``: correct it."""
    put_back_releases(database, now=now)
    with database.read() as session:
        if is_month(month) and month < (first_counted_month(session) or MONTHS_END):
            # an empty month would be paid for from its year's budget
            raise Refused(ReleaseRefusal.NOTHING_COUNTED)
        draft = draw_up(session, kind, month, _from_above(session, kind, month), now=now)
    try:
        with database.write() as session:
            return publish_release(session, draft, now=now, reason=reason)
    except Conflict:
        return None


def adopt_release(
    database: Database, files: Mapping[str, str], *, now: datetime, reason: str | None = None
) -> str | None:
    """Take in the published files of a release; None when it is here already."""
    with database.write() as session:
        names = [(row.code, row.names) for row in all_categories(session)]
        try:
            return adopt(session, files, FromAbove(categories=names), now=now, reason=reason)
        except Conflict:
            return None


def _from_above(session: Session, kind: SubjectKind, month: str) -> FromAbove:
    """How many closings had their time for rating end in the month, by place and kind."""
    if kind is not SubjectKind.CASE or not is_month(month):
        return FromAbove()
    window = timedelta(days=settings_of(session).window_days)
    start, end = month_bounds(month, instance_of(session).city.zone)
    closed = closings_between(session, start - window, end - window)
    return FromAbove(closed, [(row.code, row.names) for row in all_categories(session)])


def forget_old(database: Database, now: datetime) -> None:
    """Drop drafts nobody came back to, links that ran out, old batches and words of ratings."""
    with database.write() as session:
        expire_drafts(session, now)
        forget_links(session, now=now)
        forget_batches(session, now=now)
        forget_filings(session, now=now)
        forget_passes(session, now=now)
        forget_deliveries(session, now=now)
        forget_words(session, before=now - KEEP_WORDS)
        forget_follows(session, now=now)


def resume_paused(database: Database, now: datetime) -> None:
    """Write down which pauses have run out, and tell the reporters. Readers know without it."""
    with database.read() as session:
        over = paused_over(session, now)
    for number in over:
        # somebody may be quicker: then there is nothing left to note
        with suppress(Refused), database.write() as session:
            case = case_by_number(session, number)
            if case is not None:
                resume_by_itself(session, case, now=now)


def date_promises(database: Database, now: datetime) -> None:
    """Once a missing year is known, promise a date where only days could be promised."""
    with database.read() as session:
        undated = undated_cases(session)
        found = [(case, date_promise(session, case)) for case in undated]
    for before, after in found:
        if after != before:
            with database.write() as session:
                keep_date(session, before, after)


jobs.register("reports.resume_paused", 600, resume_paused)
jobs.register("reports.date_promises", 1800, date_promises)


def look_back_at_days(database: Database, now: datetime) -> int:
    """List what is overdue and write each street's digest, once the hour of a day has come."""
    with database.read() as session:
        days = missing_days(session, now)
    done = 0
    for day in days:
        with database.write() as session:
            done += look_back(session, day, now)
    return done


jobs.register("reports.look_back_at_days", 60, look_back_at_days)
jobs.register("reports.count_figures", COUNT_EVERY, refresh_counts, lease_seconds=7200)
jobs.register("reports.run_imports", 2, run_imports, lease_seconds=14400)
jobs.register("reports.forget_imports", 3600, forget_runs)
jobs.register("reports.send_digests", 60, send_digests)
jobs.register("reports.tell_at_once", 60, tell_at_once)
jobs.register("reports.tell_notices", 20, tell_notices)
jobs.register("reports.close_months", 3600, close_months, lease_seconds=1800)
jobs.register("reports.forget_old", 3600, forget_old)
# a month is due once; the beat says nothing of anybody's report
jobs.register("reports.tell_useful", 7 * 86_400, tell_useful_reports, lease_seconds=7200)


def fold_map(database: Database, _now: datetime) -> None:
    """Move what changed on the map into its kept counts. Readers are exact without it."""
    folded = True
    while folded:
        with database.write() as session:
            folded = fold_changes(session) > 0


def make_company_scores(database: Database, now: datetime) -> int:
    """Make the scores of service companies for the last quarter that is over (R249)."""
    with database.read() as session:
        quarter = quarter_due(session, now)
    with database.write() as session:
        return freeze_scores(session, quarter, now=now)


jobs.register("reports.company_scores", 3600, make_company_scores)
jobs.register("reports.fold_map", 60, fold_map)


def look_for_spikes(database: Database, now: datetime) -> int:
    """Look for reports and published satisfaction out of the usual (R238); how many began."""
    with database.read() as session:
        look = look_at(session, now)
    if not (look.new or look.still or look.over):
        return 0
    with database.write() as session:
        return keep_look(session, look, now)


jobs.register("reports.look_for_spikes", 3600, look_for_spikes, lease_seconds=1800)

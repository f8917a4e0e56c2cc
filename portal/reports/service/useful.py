"""Confirmed reports are told to the ledger: by the month, late, coarse, for many at once.

Neither the moment nor the amount of an entry, nor its details, lead to a report: everybody's entry
of a month bears the same moment and the same words, in an order that a key makes.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from credit.queries.accounts import consenting
from credit.queries.rulebook import rules_for_fact
from credit.service import Holder, record_fact
from portal.kernel.db import Database, changed_rows
from portal.kernel.instance import instance_of
from portal.reports.models import UsefulCase, UsefulMonth
from portal.reports.queries.useful import MonthRow, last_month, useful_reports
from portal.reports.rules.useful import (
    FACT,
    LOOK_BACK,
    MOST_PEOPLE_AT_ONCE,
    USUAL_DAYS,
    USUAL_PEOPLE,
    first_counting,
    month_due,
    source_of,
    times_for,
)


def tell_useful_reports(database: Database, now: datetime) -> int:
    """Tell what is due in every district of the city; for how many people.

    May run anywhere, twice or late: the month's own row, and one for each report, decide.
    """
    with database.read() as session:
        districts = instance_of(session).city.roots
    return sum(_tell(database, district, now) for district in districts)


def _tell(database: Database, district: str, now: datetime) -> int:
    with database.write() as session:
        month = _begin(session, district, now)
    if month is None:
        return 0
    with database.read() as session:
        people = _in_order(session, month, _people(session, month))
    told = 0
    for at in range(0, len(people), MOST_PEOPLE_AT_ONCE):
        with database.write() as session:
            told += _tell_some(session, month, people[at : at + MOST_PEOPLE_AT_ONCE])
    with database.write() as session:
        _done(session, month, now)
    return told


def _begin(session: Session, district: str, now: datetime) -> MonthRow | None:
    """The month that is to be told now: one that a run left half done, or the one that is due.

    None while it is too early, no rule counts, or too few people would be told of together.
    """
    city = instance_of(session).city
    last = last_month(session, district)
    if last is not None and last.done_at is None:
        return last
    days = max(int(city.thresholds.get("useful_report_days", USUAL_DAYS)), 1)
    name, ended = month_due(now, city.zone, days)
    since = ended - LOOK_BACK if last is None else max(last.ended_before, ended - LOOK_BACK)
    rules = rules_for_fact(session, district, FACT)
    begin = first_counting((rule.counts_from() for rule in rules), since)
    if begin is None or begin >= ended:
        return None
    month = MonthRow(district, name, begin, ended, now.replace(microsecond=0), None)
    least = max(int(city.thresholds.get("useful_report_people", USUAL_PEOPLE)), 1)
    if len(_people(session, month)) < least:
        return None
    return month if _claim(session, month) else None


def _claim(session: Session, month: MonthRow) -> bool:
    """Whether this run is the one that begins it; another one waits here, and then is not."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    row = dialect.insert(UsefulMonth).values(**vars(month)).on_conflict_do_nothing()
    return changed_rows(session, row) == 1


def _people(session: Session, month: MonthRow) -> list[UUID]:
    """Who earns by it: first reporters who agreed to points being written down."""
    found = useful_reports(session, month.district, month.ended_from, month.ended_before)
    return sorted(consenting(session, month.district, found))


def _in_order(session: Session, month: MonthRow, people: Sequence[UUID]) -> list[UUID]:
    """An order that follows from no report and no account, the same for every run."""
    vault = instance_of(session).vault
    return sorted(
        people, key=lambda person: vault.keyed_hash("reports/useful", f"{month.month} {person}")
    )


def _tell_some(session: Session, month: MonthRow, people: Sequence[UUID]) -> int:
    """Tell of some people; whoever else tells of them meanwhile finds nothing left."""
    found = useful_reports(session, month.district, month.ended_from, month.ended_before)
    told = 0
    for person in people:
        counted = sum(_mark(session, month, case) for case in found.get(person, ()))
        if not counted:
            continue
        told += 1
        record_fact(
            session,
            district=month.district,
            fact=FACT,
            source=source_of(month.month),
            holder=Holder.person(person),
            happened_at=month.ended_from,
            now=month.told_at,
            times=times_for(counted),
        )
    return told


def _mark(session: Session, month: MonthRow, case_id: UUID) -> bool:
    """Say that a report counts now; False when it did already."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    row = dialect.insert(UsefulCase).values(
        district=month.district, case_id=case_id, month=month.month
    )
    return changed_rows(session, row.on_conflict_do_nothing()) == 1


def _done(session: Session, month: MonthRow, now: datetime) -> None:
    session.execute(
        update(UsefulMonth)
        .where(UsefulMonth.district == month.district, UsefulMonth.month == month.month)
        .values(done_at=now)
    )

"""Service companies of the demo: who works by contract, one warned, checks, and their scores."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from portal.accounts.queries import actor_for
from portal.accounts.rules import Actor, Grant, Permission
from portal.areas.queries import AreaRow
from portal.kernel.clock import city_day
from portal.kernel.ids import new_id
from portal.kernel.instance import instance_of
from portal.organisations.queries import organisations_by_codes
from portal.organisations.rules import CompanyStanding
from portal.reports.queries.companies import CompanyRow, StepRow, company, hearing
from portal.reports.queries.contracts import contracts
from portal.reports.queries.routing import groups_of_kinds
from portal.reports.rules.companies import Matter, Outcome
from portal.reports.rules.company_scores import bounds_of, days_of, quarter_of
from portal.reports.rules.contracts import contract_for
from portal.reports.service.companies import decide_step, propose_step, say
from portal.reports.service.company_checks import Seen, checkable, record_check
from portal.reports.service.company_scores import freeze_scores
from portal.site.demo.life import Cast, Worker

ROWS: Final = Path(__file__).resolve().parents[1] / "data" / "demo-companies.tsv"
Row = Mapping[str, str]


def with_companies(session: Session, cast: Cast, city: AreaRow, now: datetime) -> Cast:
    """The cast in which a company handles what it does for the whole city by contract."""
    known, groups = contracts(session), groups_of_kinds(session)
    on = city_day(now, instance_of(session).city.zone)
    units = organisations_by_codes(session, {one.contractor for one in known})
    workers = dict(cast.workers)
    for kind, worker in cast.workers.items():
        found = contract_for(known, city.path, kind, groups.get(kind, ""), on)
        if found is not None and found.contractor in units:
            workers[kind] = Worker(worker.person_id, units[found.contractor].id)
    return replace(cast, workers=workers)


def plant_companies(
    session: Session, people: Mapping[str, Sequence[UUID]], city: AreaRow, now: datetime
) -> None:
    """Through the services; then the scores of the last quarter, which the counts know by now."""
    zone = instance_of(session).city.zone
    first, _after = days_of(quarter_of(city_day(now, zone)))
    quarter = quarter_of(first - timedelta(days=1))
    end = bounds_of(quarter, zone)[1]
    with ROWS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader((line for line in file if line[0] != "#"), delimiter="\t"))
    for line in rows:
        # the line before may have changed how it stands
        session.flush()
        row = company(session, line["unit"])
        if row is None:
            # another city has other units
            continue
        if line["what"] == "step":
            _step(session, people, city, row, line, now)
        else:
            since = now if line["days"].startswith("+") else end
            at = since - timedelta(days=int(line["days"]), hours=2)
            _check(session, people, row, line, at)
    session.flush()
    freeze_scores(session, quarter, now=now)


def _colleague(city: AreaRow) -> Actor:
    """Who proposed it: somebody without an account by now."""
    return Actor(new_id(), "", frozenset({Grant(Permission.REPORT_SUPERVISE, city.path)}))


def _step(
    session: Session,
    people: Mapping[str, Sequence[UUID]],
    city: AreaRow,
    row: CompanyRow,
    line: Row,
    now: datetime,
) -> None:
    at = now - timedelta(days=int(line["days"]))
    number = propose_step(
        session, row, CompanyStanding(line["code"]), reason=line["words"], basis=line["basis"],
        actor=_colleague(city), now=at,
    )  # fmt: skip
    if line["said"]:
        speaker = Grant(Permission.REPORT_HANDLE, None, row.unit.id)
        by = Actor(new_id(), "", frozenset({speaker}))
        say(session, Matter.STEP, row.unit, _read(session, number), words=line["said"], actor=by,
            now=at + timedelta(days=2))  # fmt: skip
    decider = actor_for(session, people["city_centre"][0], now, second_factor=True)
    decide_step(
        session, row.unit, _read(session, number), Outcome.STANDS, words=line["answer"],
        actor=decider, now=at + timedelta(days=6),
    )  # fmt: skip


def _read(session: Session, number: str) -> StepRow:
    # what a statement changed is read anew
    session.expire_all()
    found = hearing(session, number)
    if found is None or not isinstance(found[1], StepRow):
        raise LookupError(number)
    return found[1]


def _check(
    session: Session,
    people: Mapping[str, Sequence[UUID]],
    row: CompanyRow,
    line: Row,
    at: datetime,
) -> None:
    inspector = actor_for(session, people["verifier"][0], at, second_factor=True)
    inspector = replace(inspector, grants=frozenset({Grant(Permission.REPORT_VERIFY)}))
    day = city_day(at, instance_of(session).city.zone)
    known = checkable(inspector, row, day)
    if not known:
        return
    marks = (mark.split("=") for mark in line["code"].split())
    seen = Seen(known[0].code, line["words"], day, {axis: int(m) for axis, m in marks}, None)
    record_check(session, row, seen, actor=inspector, now=at)

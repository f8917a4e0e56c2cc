"""A town in which somebody looks at every page, and its twin that differs by one answer."""

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import NAMESPACE_OID, uuid5

from flask import Flask
from sqlalchemy import select
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from portal.accounts.access import Access
from portal.areas.models import Area
from portal.kernel import jobs
from portal.kernel.db import Database
from portal.kernel.instance import Instance, open_for
from portal.reports.queries.case import reporters_of
from portal.reports.rules.codes import State
from portal.reports.service.rating import Verdict, rate_outcome
from portal.satisfaction.rules import SubjectKind
from portal.satisfaction.rules.release import Bound, BoundBy
from portal.satisfaction.service.demo import PlannedRating, plant_ratings
from portal.satisfaction.service.ratings import Subject
from portal.site.app import create_app
from tests.make import reports
from tests.make.ratings import ratings_on
from tests.make.releases import MONTH, no_noise, rate_many, release
from tests.make.routes import with_permission
from tests.make.rows import case_row
from tests.security.town import COMMUNITY, EAST, Town, build_town

TOLD = ("reports.", "places.", "satisfaction.")
NOON = datetime(2026, 11, 12, 4, tzinfo=UTC)
TOKENS = re.compile(
    rb'(name="(?:csrf_token|idempotency_key|draft_key)"[^>]* value="|nonce=")[^"]*'
    rb"|(?m:^gongzhi_request.*\n)"
)

Stop = tuple[str, str]


def busy_town(app: Flask, database: Database) -> Town:
    """A town in which more than enough have answered, so that exact figures would be shown."""
    made = build_town(app, database)
    with database.write() as session:
        city = session.scalars(select(Area).where(Area.code == "370283")).one()
        ratings_on(session, city)
        _many_answers(session, made)
        rate_many(session, f"/370283/{EAST}/{COMMUNITY}/", 2000)
    release(database, noise=no_noise, now=NOON)
    return made


def _many_answers(session: Session, town: Town) -> None:
    """Twelve other matters of the same unit, each rated."""
    community = session.scalars(select(Area).where(Area.code == COMMUNITY)).one()
    unit, plans = town.units["east"], []
    for at in range(12):
        begun = NOON - timedelta(days=4, hours=at)
        case = reports.case(
            session, community, reporter=town.people["neighbour"], unit=unit, state=State.CLOSED,
            at=begun, listed=True,
        )  # fmt: skip
        ends = begun + timedelta(days=14)
        about = Subject(SubjectKind.CASE, case.id, case.district, case.cycle, case.place_path,
                        case.category_code, ends)  # fmt: skip
        bound = Bound(BoundBy.ACCOUNT, str(at))
        key = uuid5(NAMESPACE_OID, str(at))
        plans.append(PlannedRating(about, key, at % 3 > 0, 1 + at % 5, 2, begun, bound))
    plant_ratings(session, plans)


def twin_of(town: Town, instance: Instance, folder: Path) -> Town:
    """The same town once more, with a portal and an instance folder of its own."""
    here = make_url(instance.config.database_url).database
    assert here is not None
    shutil.copytree(instance.config.instance, folder, dirs_exist_ok=True)
    path = folder / "twin.db"
    with closing(sqlite3.connect(here)) as source, closing(sqlite3.connect(path)) as copy:
        source.backup(copy)
    config = replace(instance.config, instance=folder, database_url=f"sqlite:///{path}")
    there = replace(instance, config=config)
    database = open_for(there)
    app = create_app(there, database)
    app.config["TESTING"] = True
    cookie = app.config["SESSION_COOKIE_NAME"]
    clients = {name: app.test_client() for name in town.clients}
    # the very sessions of the first town, so that no page differs by its reader's
    for name, client in town.clients.items():
        if (kept := client.get_cookie(cookie)) is not None:
            clients[name].set_cookie(cookie, kept.value)
    return replace(town, app=app, database=database, clients=clients)


def run_jobs(town: Town) -> None:
    with town.app.app_context():
        for job in jobs.registered():
            job.act(town.database, NOON)


def doors(town: Town, under: str = "/") -> Iterator[Stop]:
    """Who opens which address: every role that may; and of what needs no permission a passer-by, a
    neighbour or the unit that is rated. Never the rater. Of addresses with values in them those
    that lead to matters, places, units and released months."""
    for rule in town.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint == "static":
            continue
        if not rule.arguments <= {"number", "code", "month", "slug"} or len(rule.arguments) > 1:
            continue
        # a packed table has the time in it; its rows are those of the page and of the CSV
        if rule.rule.endswith(".xlsx") or (rule.arguments and not rule.endpoint.startswith(TOLD)):
            continue
        if not rule.rule.startswith(under):
            continue
        access: Access = vars(town.app.view_functions[rule.endpoint])["access"]
        held = with_permission(access.permission) if access.permission else ()
        who = held or (("nobody", "handling_unit") if access.public else ("neighbour",))
        of_matter = rule.endpoint.startswith("reports.")
        values = {"slug": MONTH, **({"number": town.cases["closed"]} if of_matter else {})}
        yield from ((name, town.address(rule, **values)) for name in who if name in town.clients)


def look(town: Town, who: str, address: str) -> bytes | None:
    """What somebody gets there, but for what is drawn or counted anew for each answer; None:
    nothing."""
    answer = town.clients[who].get(address, buffered=True)
    if answer.status_code != 200:
        return None
    return TOKENS.sub(lambda found: found[1] or b"", answer.data)


def look_around(town: Town, stops: Iterator[Stop]) -> dict[Stop, bytes]:
    """What is there at some doors."""
    return {stop: seen for stop in stops if (seen := look(town, *stop)) is not None}


def first_visit(town: Town) -> None:
    """The first page of a visit offers the elder mode."""
    for client in town.clients.values():
        client.get("/")


def rate(town: Town, verdict: Verdict) -> None:
    """The reporter of the matter that is closed says how it went."""
    with town.database.write() as session:
        case = case_row(session, town.cases["closed"])
        [reporter] = reporters_of(session, case)
        rate_outcome(session, case, reporter, verdict, now=NOON)

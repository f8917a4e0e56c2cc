"""Canary: what one resident says of a matter moves no page of anybody but her own (P4, issue 9).

Every address that answers a GET is opened by whoever may, before and after one rating, with all
recurring jobs run in between: byte for byte the same.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_OID, uuid5

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.access import Access
from portal.areas.models import Area
from portal.kernel import jobs
from portal.kernel.db import Database
from portal.reports.queries.case import reporters_of
from portal.reports.rules.codes import State
from portal.reports.service.rating import Verdict, rate_outcome
from portal.satisfaction.rules import Answers, Level, SubjectKind
from portal.satisfaction.rules.release import Bound, BoundBy
from portal.satisfaction.service.demo import PlannedRating, plant_ratings
from portal.satisfaction.service.ratings import Subject
from tests.make import reports
from tests.make.ratings import ratings_on
from tests.make.releases import MONTH, no_noise, rate_many, release
from tests.make.routes import with_permission
from tests.make.rows import case_row
from tests.security.town import COMMUNITY, EAST, Town, build_town

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
TOLD = ("reports.", "places.", "satisfaction.")
LOW = Answers(True, Level.SATISFIED, Level.VERY_DISSATISFIED)
NOON = datetime(2026, 11, 12, 4, tzinfo=UTC)
TOKENS = re.compile(
    rb'(name="(?:csrf_token|idempotency_key|draft_key)"[^>]* value="|nonce=")[^"]*'
    rb"|(?m:^gongzhi_request.*\n)"
)


@pytest.fixture
def town(app: Flask, database: Database) -> Iterator[Town]:
    """A town in which more than enough have answered, so that exact figures would be shown."""
    with time_machine.travel(NOON, tick=False):
        made = build_town(app, database)
        with database.write() as session:
            city = session.scalars(select(Area).where(Area.code == "370283")).one()
            ratings_on(session, city)
            _many_answers(session, made)
            rate_many(session, f"/370283/{EAST}/{COMMUNITY}/", 2000)
        release(database, noise=no_noise, now=NOON)
        yield made


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


def run_jobs(town: Town) -> None:
    with town.app.app_context():
        for job in jobs.registered():
            job.act(town.database, NOON)


def doors(town: Town) -> Iterator[tuple[str, str]]:
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


def rate(town: Town) -> None:
    """Solved, but badly served: nothing is sent back, and a unit would like to know who said it."""
    with town.database.write() as session:
        case = case_row(session, town.cases["closed"])
        [reporter] = reporters_of(session, case)
        rate_outcome(session, case, reporter, Verdict(LOW), now=NOON)


def test_P4_one_rating_moves_no_page_of_anybody_else(town: Town) -> None:
    for client in town.clients.values():
        # the first page of a visit offers the elder mode
        client.get("/")
    run_jobs(town)
    before = {stop: seen for stop in doors(town) if (seen := look(town, *stop)) is not None}
    # of two with the same role one
    assert {name for name, _ in before} == {*town.clients} - {"owner", "other_unit", "west_desk"}
    own = ("owner", f"/reports/{town.cases['closed']}/rate")
    asked = look(town, *own)
    rate(town)
    run_jobs(town)
    assert [stop for stop, seen in before.items() if look(town, *stop) != seen] == []
    # she herself reads what she said
    assert look(town, *own) != asked

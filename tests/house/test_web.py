"""The web's rules: declared access, addresses that stay, and no write on GET."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from portal.accounts.access import public
from portal.accounts.models import Person
from portal.accounts.service import Place, grant_role
from portal.areas.models import Area
from portal.areas.rules import NoticeLevel
from portal.kernel import clock
from portal.kernel.db import Database
from portal.kernel.web import database as web_database
from portal.kernel.web import write_on_get
from portal.reports.rules.codes import State
from tests.house import manners, routes
from tests.house.crawl import Crawler, Listener, listening
from tests.house.tree import ROOT, plant
from tests.make import notices
from tests.make.accounts import person, sign_in_as, staff
from tests.make.areas import small_tree
from tests.make.organisations import unit
from tests.make.reports import NOW, case

# the only places where a GET may write, and what they write
WRITES_ON_GET = {
    "credit/views/asking_desk.py": "who asked sees who looked at her request (L15)",
    "credit/views/deductions.py": "the person concerned sees who looked at a deduction (L15)",
    "portal/accounts/views/people.py": "staff look at a person: the look is noted for her",
    "portal/publicity/views/articles.py": "sums of views, of nobody, once a minute (R107)",
}
STAFF = ("community_committee", "grid_lead", "street_desk", "verifier", "city_centre")
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return routes.bare_app(tmp_path_factory.mktemp("bare"))


def test_every_route_declares_its_access(bare: Flask) -> None:
    """A route that forgets would be open to all; this way it cannot."""
    assert routes.undeclared(bare) == []


def test_no_address_is_taken_away_unnoticed(bare: Flask) -> None:
    """What is printed on a poster is a promise: give a redirect, or write a decision."""
    assert routes.changes(routes.listed(), bare) == []


def test_planted_routes_are_seen(tmp_path: Path) -> None:
    planted = routes.bare_app(tmp_path)
    before = routes.routes(planted)
    planted.add_url_rule("/planted", "planted", lambda: "")
    assert routes.undeclared(planted) == ["/planted (planted)"]
    assert routes.changes(before | {"GET /poster"}, planted) == [
        "gone: GET /poster",
        f"new: GET /planted ({routes.HOW})",
    ]


def test_only_named_places_write_on_get(tmp_path: Path) -> None:
    """Counters and the audit of looks, each with its reason here."""
    assert set(manners.get_writers(ROOT)) == set(WRITES_ON_GET)
    plant(tmp_path, {"portal/areas/views.py": "def f():\n    write_on_get(count)\n"})
    assert manners.get_writers(tmp_path) == {"portal/areas/views.py": 1}


@dataclass
class Town:
    """Enough life that every kind of page has something to show."""

    places: dict[str, Area]
    people: dict[str, Person]
    numbers: list[str]


@pytest.fixture
def town(database: Database) -> Town:
    with database.write() as session:
        places = small_tree(session)
        city = places["370283"]
        team = unit(session, area=places["370283001"])
        people = {role: staff(session, role, area=city) for role in ("auditor", "administrator")}
        people["staff"] = staff(session, "handling_unit", organisation=team)
        for role in STAFF:
            grant_role(session, None, people["staff"].id, role, Place(area_id=city.id), now=NOW)
        people["resident"] = person(session)
        numbers = [
            case(
                session, places["370283001001"], state=state, unit=team,
                reporter=people["resident"], listed=True,
            ).number
            for state in State
        ]  # fmt: skip
        notices.put_up(session, "370283", NoticeLevel.PLAIN, tell=False, now=clock.now())
    return Town(places, people, numbers)


UUIDS = ("clause", "edit", "group", "opinion", "proposal", "member", "entry")


@on_sqlite
def test_no_get_writes(app: Flask, database: Database, town: Town) -> None:
    """People reload, robots follow links, mail programs look ahead: none of that may act."""
    samples = {
        "number": town.numbers[:4],
        **{name: ["01a22b98-6cd2-7c1d-8865-a72abfdcfe77"] for name in UUIDS},
        "code": ["370283001001"],
        "month": ["2026-10"],
        "form": ["json", "xml"],
        "log": ["1"],
        "step": ["confirm"],
        "stop": ["1"],
        "at": ["1"],
        "slug": ["2026-10"],
        "name": ["data.csv", "result.csv"],
        "version": ["1"],
        "script": ["khb"],
    }
    reached: set[str] = set()
    failed: dict[str, int] = {}
    with listening(database.writer) as listener:
        for role in (None, *town.people):
            client = app.test_client()
            if role is not None:
                sign_in_as(client, town.people[role])
            crawler = Crawler(app, client, samples)
            crawler.crawl()
            reached |= set(crawler.reached)
            failed |= {
                url: status
                for url, status in crawler.answers.items()
                if status >= 500 and url != "/readyz"
            }
    assert listener.forbidden == []
    assert failed == {}
    assert reached >= {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in rule.methods}


@on_sqlite
def test_a_planted_write_on_get_is_heard(app: Flask, database: Database) -> None:
    @public
    def planted() -> str:
        with web_database().write() as session:
            session.execute(text("DELETE FROM spent_key"))
        return ""

    @public
    def counted() -> str:
        write_on_get(lambda session: session.execute(text("DELETE FROM spent_key")))
        return ""

    app.add_url_rule("/planted", "planted", planted)
    app.add_url_rule("/counted", "counted", counted)
    with listening(database.writer) as heard:
        _get(app, "/planted")
        _get(app, "/counted")
    assert _verbs(heard) == ["GET /planted: DELETE FROM spent_key"]
    assert heard.through_the_door == {"counted"}


def _get(app: Flask, url: str) -> None:
    assert app.test_client().get(url).status_code == 200


def _verbs(heard: Listener) -> list[str]:
    return [line for line in heard.forbidden if "BEGIN" not in line]

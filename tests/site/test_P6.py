"""Law P6: a telephone, a way through another person and paper beside every service."""

import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urljoin

import pytest
from flask import Flask
from flask_babel import gettext

from portal.kernel.clock import now
from portal.kernel.config import CHECKOUT
from portal.kernel.db import Database
from portal.kernel.i18n import LANGUAGES, in_language
from portal.reports.rules.codes import State
from tests.make import accounts, reports
from tests.make.intake import COMMUNITY, ready, to_check, visitor
from tests.make.ratings import ratings_on
from tests.pages import Browser, Page

HOTLINE = "12345"
PERSON = (
    "Someone can do it for you: ask your residents’ committee, your grid worker or someone you"
    " trust."
)
PUBLIC = (
    "/", "/reports/", "/reports/map", "/reports/categories", "/reports/new", "/reports/new/place",
    "/reports/new/place/list", "/reports/new/place/map", "/reports/new/place/point",
    "/reports/new/what", "/reports/new/details", "/reports/new/contact", "/reports/new/check",
    "/reports/new/paper", "/track", "/track/link", "/sign-in", "/sign-in/password",
    "/sign-in/card", "/sign-in/link", "/places/", f"/places/{COMMUNITY}", "/places/live", "/data/",
    "/privacy", "/accessibility", "/erased", "/r/nothing-behind-this-link",
)  # fmt: skip
OWN = (
    "/me", "/me/reports", "/me/data", "/me/details", "/me/phone", "/me/password", "/me/sessions",
    "/me/looks", "/me/erase", "/me/second-step",
)  # fmt: skip
# the staff's work, what is printed, and pages that are themselves one of the other ways
NO_SERVICE = re.compile(
    r"/desk/|/admin/|/site/(admin|help|paper)\.html|/errors/|/public/print\.html"
    r"|/accounts/(audit|cards?|new_card|new_person|people|person)\.html"
)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Nothing here differs between the engines."""
    return sqlite_url


def _pages(app: Flask, database: Database, language: str) -> Iterator[Page]:
    """Every page that a resident comes to on her way through the services."""
    tree = ready(database)
    at = now() - timedelta(hours=8)
    with database.write() as session:
        ratings_on(session, tree["370283"])
        somebody = accounts.person(session)
        place = tree[COMMUNITY]
        open_case = reports.case(session, place, reporter=somebody, at=at).number
        closed = reports.case(session, place, state=State.CLOSED, reporter=somebody, at=at).number
    passer_by = visitor(app)
    to_check(passer_by)
    for address in PUBLIC:
        yield passer_by.get(_in(address, language))
    owner = Browser(app)
    accounts.sign_in_as(owner, somebody)
    steps = [f"/reports/{open_case}/{step}" for step in ("urge", "photo", "withdraw", "rate")]
    cases = [f"/reports/{open_case}", f"/reports/{closed}", f"/reports/{closed}/rate", *steps]
    for address in (*OWN, *cases):
        yield owner.get(_in(address, language))


def _in(address: str, language: str) -> str:
    return f"{address}?lang={language}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_P6_every_service_can_be_had_by_telephone_through_a_person_and_on_paper(
    app: Flask, database: Database, language: str
) -> None:
    with app.app_context(), in_language(language):
        person = gettext(PERSON)
    assert (person == PERSON) is (language == "en")
    paper = set()
    for page in _pages(app, database, language):
        ways = page.soup.select("main .ways")
        assert len(ways) == 1, f"{page.path}: {len(ways)} boxes of other ways"
        assert ways[0].select_one(f'a[href="tel:{HOTLINE}"]'), page.path
        assert person in ways[0].get_text(), page.path
        forms = [str(a["href"]) for a in ways[0].select("a[href]:not([href^=tel])")]
        assert len(forms) == 1, (page.path, forms)
        paper.add(urljoin(page.url, forms[0]))
    for address in paper:
        page = Browser(app).get(_in(address, language), status=200)
        assert page.soup.select(".paper"), address


def test_P6_no_template_of_a_service_forgets_the_other_ways() -> None:
    templates = [
        path
        for path in (CHECKOUT / "portal").rglob("templates/**/*.html")
        if '{% extends "base.html" %}' in path.read_text("utf-8")
    ]
    forgetful = [
        str(path.relative_to(CHECKOUT))
        for path in templates
        if not NO_SERVICE.search(path.as_posix())
        and "{{ other_ways(" not in path.read_text("utf-8")
    ]
    assert forgetful == []
    assert len(templates) > 60


def test_P6_the_paper_form_and_the_help_page_name_the_telephone(app: Flask) -> None:
    browser = Browser(app)
    for address in ("/help", "/help/paper", "/reports/new/paper"):
        assert HOTLINE in browser.get(address, status=200).text

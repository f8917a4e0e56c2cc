"""Law P6: a telephone, a way through another person and paper beside every service."""

import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urljoin

import pytest
import zxingcpp
from flask import Flask
from flask_babel import gettext

from portal.kernel.clock import now
from portal.kernel.config import CHECKOUT
from portal.kernel.db import Database
from portal.kernel.i18n import LANGUAGES, in_language
from portal.reports.rules.codes import State
from portal.site.services import SERVICES, Service
from tests.make import accounts, reports
from tests.make.intake import COMMUNITY, ready, to_check, visitor
from tests.make.pictures import picture_of_svg
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
    "/reports/new/paper", "/reports/offline", "/help/paper", "/track", "/track/link",
    "/sign-in", "/sign-in/password",
    "/sign-in/card", "/sign-in/link", "/places/", f"/places/{COMMUNITY}", "/places/live", "/data/",
    "/privacy", "/accessibility", "/erased", "/r/nothing-behind-this-link",
)  # fmt: skip
OWN = (
    "/me", "/me/reports", "/me/data", "/me/details", "/me/phone", "/me/password", "/me/sessions",
    "/me/looks", "/me/erase", "/me/second-step",
)  # fmt: skip
# the staff's work, what is printed, and pages that are themselves one of the other ways
NO_SERVICE = re.compile(
    r"/desk/|/admin/|/site/(admin|help)\.html|/site/parts/|/errors/|/public/print\.html"
    r"|/accounts/(api_keys?|audit|cards?|desk_age|new_api_key|new_card|new_person|people|person)\.html"
    r"|/reports/audit/|/reports/routing/(end|new|new_allowance)\.html|/calendars/|/supervision/"
    r"|/conventions/handling/(list|new)\.html"
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
        assert page.soup.select(".sheet .sheet-rule"), address


def _scanned(page: Page) -> str:
    """What a telephone reads from the QR code that stands on a form."""
    drawing = page.soup.select_one(".sheet .code svg")
    assert drawing is not None, page.path
    (found,) = zxingcpp.read_barcodes(picture_of_svg(str(drawing)))
    return str(found.text)


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.code)
def test_P6_each_service_s_form_leads_back_to_its_page(
    app: Flask, database: Database, service: Service
) -> None:
    ready(database)
    browser = Browser(app)
    origin = app.extensions["gongzhi_instance"].config.origin
    page = browser.get(f"/help/paper/{service.code}?lang=en", status=200)
    assert _scanned(page) == f"{origin}{service.url}"
    assert page.soup.select(".sheet .sheet-box"), "boxes to tick"
    assert page.soup.select_one(f'.sheet a[href="tel:{HOTLINE}"]')
    assert "Filled in by the desk" in page.text
    assert browser.get(service.url).status == 200
    browser.client.set_cookie("plain", "1")
    plain = browser.get(f"/help/paper/{service.code}?lang=en", status=200)
    letters = plain.html.replace("<wbr>", "")
    assert f"{origin}{service.url}".partition("://")[2] in letters


def test_P6_the_form_of_one_matter_leads_back_to_it_and_knows_its_number(
    app: Flask, database: Database
) -> None:
    tree = ready(database)
    with database.write() as session:
        number = reports.case(session, tree[COMMUNITY]).number
    browser = Browser(app).in_language("en")
    origin = app.extensions["gongzhi_instance"].config.origin
    page = browser.get(f"/help/paper/follow?page=/reports/{number}", status=200)
    assert _scanned(page) == f"{origin}/reports/{number}"
    assert number in page.soup.select(".sheet-body")[0].get_text()
    for other in ("https://evil.example/", "//evil.example", "/r/secret", "/sign-in", "x" * 999):
        page = browser.get("/help/paper/follow", query_string={"page": other}, status=200)
        assert _scanned(page) == f"{origin}/track", other
    assert browser.get("/help/paper/nothing").status == 404


def test_P6_every_page_of_a_service_offers_that_service_s_form(
    app: Flask, database: Database
) -> None:
    ready(database)
    browser = Browser(app)
    for service in SERVICES:
        (form,) = browser.get(service.url, status=200).soup.select(".ways a:not(.tel)")
        # the page for looking up is also where a rating begins
        wanted = "follow" if service.code == "rate" else service.code
        expected = "/reports/new/paper" if wanted == "report" else f"/help/paper/{wanted}"
        assert form["href"] == expected, service.url


def test_P6_the_help_page_names_each_service_with_its_ways(app: Flask) -> None:
    page = Browser(app).get("/help?lang=en", status=200)
    for service in SERVICES:
        (card,) = page.soup.select(f"#{service.code}")
        assert card.select_one(f'a[href="{service.url}"]')
        assert card.select_one(f'a[href="/help/paper/{service.code}"]')
        assert card.select_one(f'a[href="tel:{HOTLINE}"]')
        assert str(service.helper) in card.get_text()


def test_P6_no_template_of_a_service_forgets_the_other_ways() -> None:
    bases = ('{% extends "base.html" %}', '{% extends "site/paper_sheet.html" %}')
    templates = [
        path
        for path in (CHECKOUT / "portal").rglob("templates/**/*.html")
        if any(base in path.read_text("utf-8") for base in bases)
    ]
    # a sheet leaves their place open to the pages that are made of it
    named = ("{{ other_ways(", "{% block ways %}{% endblock %}")
    forgetful = [
        str(path.relative_to(CHECKOUT))
        for path in templates
        if not NO_SERVICE.search(path.as_posix())
        and not any(words in path.read_text("utf-8") for words in named)
    ]
    assert forgetful == []
    assert len(templates) > 60


def test_P6_the_paper_form_and_the_help_page_name_the_telephone(app: Flask) -> None:
    browser = Browser(app)
    for address in ("/help", "/help/paper", "/reports/new/paper"):
        assert HOTLINE in browser.get(address, status=200).text

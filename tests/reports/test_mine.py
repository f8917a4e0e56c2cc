"""My reports: urge, withdraw, add a photo; by account and only one's own."""

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.models import Person
from portal.areas.models import Area
from portal.kernel.db import Database
from portal.reports.models import Case, CasePhoto
from portal.reports.rules.codes import Review, State
from tests.make import accounts
from tests.make import reports as make
from tests.make.areas import small_tree
from tests.make.photos import jpeg
from tests.pages import Browser


@pytest.fixture
def scene(database: Database, app: Flask) -> tuple[Browser, Person, str]:
    """A signed-in resident with one report."""
    with database.write() as session:
        tree = small_tree(session)
        person = accounts.person(session)
        number = make.case(session, tree["370283001001"], reporter=person).number
    browser = Browser(app).in_language("en")
    accounts.sign_in_as(browser, person)
    return browser, person, number


def test_my_reports_lists_mine_and_leads_to_them(
    database: Database, scene: tuple[Browser, Person, str]
) -> None:
    browser, _, number = scene
    with database.write() as session:
        place = session.get_one(Area, session.scalars(select(Case.area_id)).one())
        other = make.reported(session, place).number
    page = browser.get("/me/reports", status=200)
    assert number in page.text
    assert other not in page.text
    assert page.click("Exposed litter").path == f"/reports/{number}"


def test_strangers_are_asked_to_sign_in(app: Flask) -> None:
    assert Browser(app).get("/me/reports").path == "/sign-in"


def test_urging_once_a_day_is_seen_by_everybody(
    database: Database, scene: tuple[Browser, Person, str]
) -> None:
    browser, _, number = scene
    page = browser.get(f"/reports/{number}").click("Chase").form(button="Chase now").send()
    assert "The reporter chased it" in page.text
    again = browser.get(f"/reports/{number}/urge").form(button="Chase now").send(status=422)
    assert "tomorrow" in again.errors[0]
    with database.read() as session:
        assert session.scalar(select(Case.times_urged)) == 1


def test_a_photo_can_be_added_later_and_waits_for_its_check(
    database: Database, scene: tuple[Browser, Person, str]
) -> None:
    browser, _, number = scene
    form = browser.get(f"/reports/{number}").click("Add a photo").form()
    assert "at least one photo" in form.send(status=422).errors[0]
    page = form.attach("photos", jpeg()).send()
    assert page.path == f"/reports/{number}"
    assert "only you see it" in page.text
    with database.read() as session:
        assert session.scalars(select(CasePhoto.review)).all() == [Review.PENDING]
    photo = browser.client.get(str(page.soup.select_one(".photo-pair img")["src"]))
    assert photo.status_code == 200


def test_withdrawing_asks_first_and_is_final(
    database: Database, scene: tuple[Browser, Person, str]
) -> None:
    browser, _, number = scene
    browser.get(f"/reports/{number}").click("Withdraw")
    with database.read() as session:
        assert session.scalar(select(Case.state)) is State.REPORTED
    form = browser.get(f"/reports/{number}/withdraw").form(button="Withdraw it")
    stale = browser.get(f"/reports/{number}/withdraw").form(button="Withdraw it")
    assert form.send().path == f"/reports/{number}"
    assert stale.send().status == 409

"""The clock on pages: the desk stops and lengthens it, the reporter answers, all read why."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask

from portal.accounts.models import Person
from portal.kernel import clock
from portal.kernel.db import Database
from portal.reports.queries.case import reporters_of
from portal.reports.rules.codes import Event, LinkPurpose, Pause, State
from portal.reports.service.links import mint_link
from tests.make import accounts, reports
from tests.make.calendars import know_next_year
from tests.make.desk import City, small_city
from tests.make.photos import jpeg
from tests.pages import Browser, Page

QUESTION = "几号楼附近？"


@pytest.fixture
def city(app: Flask, database: Database) -> City:
    found = small_city(app, database)
    with database.write() as session:
        for year in {clock.now().year, clock.now().year + 1}:
            know_next_year(session, year)
    return found


@pytest.fixture
def resident(city: City) -> Person:
    with city.database.write() as session:
        return accounts.person(session)


def _step(city: City, number: str, name: str) -> Page:
    """A step's page, reached by its link on the page of the case."""
    page = city.browser(city.desk).get(f"/desk/cases/{number}", status=200)
    return page.click(name, status=200)


def _asked(city: City, resident: Person) -> str:
    number = city.case(state=State.DISPATCHED, listed=True, reporter=resident)
    page = _step(city, number, "Ask the reporter").form().fill(words="").send(status=422)
    page = page.form().fill(words=QUESTION).send("Ask the reporter", status=200)
    assert "Asked. The reporter is told" in page.notices[0]
    return number


def test_the_desk_asks_and_the_reporter_answers_with_words_and_a_photo(
    city: City, resident: Person
) -> None:
    number = _asked(city, resident)
    desk = city.browser(city.desk)
    assert "Waits for the reporter until" in desk.get("/desk/?task=open").text
    assert "Ask the reporter" not in desk.get(f"/desk/cases/{number}").text.split("History")[0]
    mine = city.browser(resident).get(f"/reports/{number}", status=200)
    assert QUESTION in mine.text
    reply = mine.click("We have a question: answer it", status=200)
    assert QUESTION in reply.text
    nothing = reply.form(button="Send").send(status=422)
    assert "Write an answer, or add a photo" in nothing.errors[0]
    form = nothing.form(button="Send").fill(words="3 号楼北门").attach("photos", jpeg())
    thanks = form.send(status=200)
    assert "The work goes on" in thanks.notices[0]
    row = city.row(number)
    assert (row.pause, row.question_open) == (None, False)
    seen = desk.get(f"/desk/cases/{number}", status=200).text
    assert "3 号楼北门" in seen
    assert city.events(number)[-2:] == [Event.ASK, Event.REPLY]
    # the public reads that there was a question, and neither the question nor the answer
    public = Browser(city.app).in_language("en").get(f"/reports/{number}", status=200).text
    assert "The reporter was asked something" in public
    assert QUESTION not in public
    assert "3 号楼北门" not in public


def test_only_the_reporter_answers_by_account_or_by_the_link_in_her_message(
    city: City, resident: Person
) -> None:
    number = _asked(city, resident)
    stranger = Browser(city.app).in_language("en")
    assert stranger.get(f"/reports/{number}/reply").status == 404
    with city.database.write() as session:
        other = accounts.person(session)
        reporter = reporters_of(session, city.row(number))[0]
        link = mint_link(session, reporter, LinkPurpose.FOLLOW, now=clock.now())
    assert city.browser(other).get(f"/reports/{number}/reply").status == 404
    by_link = Browser(city.app).in_language("en")
    by_link.get(urlsplit(link).path, status=200)
    page = by_link.get(f"/reports/{number}/reply", status=200)
    page.form(button="Send").fill(words="在南门").send(status=200)
    assert city.row(number).pause is None


def test_everybody_reads_why_a_matter_waits_and_until_when(city: City) -> None:
    number = city.case(state=State.DISPATCHED, listed=True)
    until = (clock.now() + timedelta(days=20)).date()
    form = _step(city, number, "Suspend the case").form()
    wrong = form.fill(until="soon", reason="season", words="开春再种").send(status=422)
    assert "Give the last day" in wrong.errors[0]
    assert wrong.form().values["words"].strip() == "开春再种"
    wrong.form().fill(until=until.isoformat()).send("Suspend the case", status=200)
    assert city.row(number).pause is Pause.SUSPENDED
    public = Browser(city.app).in_language("en").get(f"/reports/{number}", status=200).text
    assert "It cannot be settled for now" in public
    assert "only in another season" in public
    assert "开春再种" in public
    assert "Work goes on after" in public
    desk = city.browser(city.desk).get(f"/desk/cases/{number}", status=200)
    assert "Suspended until" in desk.text
    desk.click("Go on with the case", status=200).form().send("Go on with the case", status=200)
    assert city.row(number).pause is None


def test_more_time_is_given_on_a_page_and_shown_beside_the_counts(city: City) -> None:
    number = city.case(state=State.DISPATCHED, at=clock.now() - timedelta(hours=5))
    before = city.row(number).promised_at
    form = _step(city, number, "Give more time").form()
    wrong = form.fill(days="many", reason="material").send(status=422)
    assert "from 1 to 15" in wrong.errors[0]
    page = wrong.form().fill(days="2").send("Give more time", status=200)
    row = city.row(number)
    assert before is not None
    assert row.promised_at is not None
    assert row.promised_at > before
    assert "Time given on top" in page.text
    assert "More time given" in page.text
    assert "Give more time" not in page.text.split("History")[0].replace("More time given", "")


def test_the_unit_cannot_give_itself_time_but_may_ask(city: City) -> None:
    number = city.case(state=State.DISPATCHED)
    worker = city.browser(city.worker)
    page = worker.get(f"/desk/cases/{number}", status=200)
    assert "Give more time" not in page.text
    assert worker.get(f"/desk/cases/{number}/extend").status == 403
    page.click("Ask the reporter", status=200).form().fill(words=QUESTION).send(status=200)
    assert city.row(number).pause is Pause.ASKED


def test_p5_of_a_matter_about_a_shop_the_public_reads_no_words_of_the_clock(city: City) -> None:
    with city.database.write() as session:
        reports.category(session, "shop", name="店外经营")
        shop = session.get_one(type(reports.category(session, "shop")), "shop")
        shop.target = reports.Target.PERSON_OR_SHOP
    number = city.case(state=State.DISPATCHED, category_code="shop", listed=True)
    until = (clock.now() + timedelta(days=9)).date().isoformat()
    form = _step(city, number, "Suspend the case").form()
    form.fill(until=until, reason="works", words="老王家门口").send(status=200)
    public = Browser(city.app).in_language("en").get(f"/reports/{number}", status=200).text
    assert "It cannot be settled for now" in public
    assert "老王家门口" not in public
    # nor the day, from which somebody could be recognised
    assert "Work goes on after" not in public

"""The pages of questions: asked once by two clicks, looked at, answered, appealed, as a feed."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.accounts.models import Person
from portal.accounts.rules import Actor
from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.publicity.models import Question
from portal.publicity.rules.questions import HiddenWhy
from tests.make.accounts import sign_in_as
from tests.make.questions import TITLE, WORDS, Forum, forum
from tests.pages import Browser
from tests.reports.test_queries_per_page import counted

# nothing here differs between the engines
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def there(app: Flask, database: Database) -> Forum:
    return forum(database)


def _as(app: Flask, there: Forum, who: Actor) -> Browser:
    with there.database.read() as session:
        person = session.get_one(Person, who.person_id)
    browser = Browser(app).in_language("en")
    sign_in_as(browser, person)
    return browser


def test_r190_a_question_is_asked_once_by_two_clicks_published_answered_and_judged(
    app: Flask, there: Forum, browser: Browser
) -> None:
    asker = _as(app, there, there.asker)
    page = asker.get("/questions/ask?unit=ASKED-DEPT", status=200)
    assert page.soup.select('main a[href="/reports/new"]'), "no second road for reports"
    form = page.form(button="Send it")
    form.fill(title=TITLE, words=WORDS)
    mine = form.send_twice()[1]
    assert mine.path == "/me/questions/"
    with there.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Question)) == 1
        number = session.scalars(select(Question.number)).one()
    assert browser.get(f"/questions/{number}").status == 404
    centre = _as(app, there, there.first)
    look = centre.get(f"/desk/forum/{number}", status=200).form(button="Save")
    look.fill(decision="show").send()
    unit = _as(app, there, there.department)
    assert TITLE in unit.get("/desk/answers/", status=200).text
    reply = unit.get(f"/desk/answers/{number}", status=200).form(button="Publish the answer")
    reply.fill(words="本月底完工通车。").send()
    said = asker.get(f"/me/questions/{number}/verdict", status=200).form(button="Send it")
    said.fill(answered="no").send()
    read = browser.in_language("en").get(f"/questions/{number}", status=200)
    assert "本月底完工通车。" in read.text
    assert "this does not answer the question" in read.text
    assert TITLE in browser.get("/questions/?q=通车&state=answered&unit=ASKED-DEPT").text
    assert TITLE not in browser.get("/questions/?state=late").text
    feed = app.test_client().get("/feeds/questions.atom?q=通车")
    assert f"/questions/{number}</id>" in feed.text
    assert feed.mimetype == "application/atom+xml"


def test_whoever_asked_reads_why_it_is_not_published_and_appeals(app: Flask, there: Forum) -> None:
    number = there.ask(now())
    there.decide(number, now(), HiddenWhy.REPORT)
    asker = _as(app, there, there.asker)
    mine = asker.get("/me/questions/", status=200)
    assert "It is a problem in a place" in mine.text
    assert mine.soup.select('main a[href="/reports/new"]')
    form = asker.get(f"/me/questions/{number}/appeal", status=200).form(button="Send it")
    form.fill(words="我问的是工期。").send()
    assert "Your appeal is open" in asker.get("/me/questions/").text
    same = _as(app, there, there.first).get(f"/desk/forum/{number}", status=200)
    refused = same.form(button="Save").fill(show="yes", words="可以公开").send()
    assert "has not decided before" in refused.text
    other = _as(app, there, there.second).get(f"/desk/forum/{number}", status=200)
    other.form(button="Save").fill(show="yes", words="可以公开").send()
    assert "可以公开" in asker.get("/me/questions/").text


def test_lists_send_as_many_queries_for_many_questions_as_for_one(
    app: Flask, there: Forum, browser: Browser
) -> None:
    def few(who: Browser, url: str) -> int:
        with counted(there.database) as sent:
            who.get(url, status=200)
        return len(sent)

    addresses = {
        "/questions/": browser, "/desk/answers/": _as(app, there, there.department),
        "/desk/forum/": _as(app, there, there.first),
        "/me/questions/": _as(app, there, there.asker),
    }  # fmt: skip
    there.shown(now())
    there.ask(now())
    for url, who in addresses.items():
        few(who, url)
    before = [few(who, url) for url, who in addresses.items()]
    there.shown(now())
    there.ask(now())
    assert [few(who, url) for url, who in addresses.items()] == before

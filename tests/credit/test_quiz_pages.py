"""The pages of things to learn: open to all, and the desk's, where they are written."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event as sql_event

from credit.service import give_consent, publish_rule
from credit.service.sealing import seal
from portal.kernel import clock
from portal.kernel.db import Database
from tests.credit.rulebook import shift_rule
from tests.make.accounts import sign_in_as, staff
from tests.make.areas import small_tree
from tests.make.credit import DISTRICT, adult
from tests.make.quizzes import ENGLISH, SHEET, published
from tests.pages import Browser


@pytest.fixture
def number(app: Flask, database: Database) -> str:
    with database.write() as session:
        return published(session, now=clock.now())


def test_anybody_reads_answers_and_is_told_why_without_an_account(app: Flask, number: str) -> None:
    passer = Browser(app).in_language("en")
    page = passer.get("/credit/learn", status=200).click("Sorting waste", status=200)
    assert "Household waste has four kinds." in page.text
    assert "National standard" in page.text
    missing = page.form().fill(q1="1").send(status=422)
    assert missing.errors == ["Please choose an answer."]
    # the first answer is still there
    assert missing.soup.select_one("[name=q1][value='1'][checked]")
    result = missing.form().fill(q1="0", q2=["0", "2"]).send(status=200)
    assert result.path == f"/credit/learn/{number}/result"
    assert "1 of 2 right" in result.text
    assert "Left-over food is kitchen waste." in result.text
    again = result.click("Try again", status=200).form().fill(q1="1", q2=["0", "2"])
    result = again.send(status=200)
    assert "2 of 2 right: passed" in result.text
    assert "No points are written down" in result.text
    assert "生活垃圾分四类" in Browser(app).get(f"/credit/learn/{number}", status=200).text


def test_who_wants_points_earns_them_once(app: Flask, database: Database, number: str) -> None:
    moment = clock.now()
    with database.write() as session:
        rule = shift_rule(moment, code="quiz", fact="quiz_passed", points=1)
        publish_rule(session, DISTRICT, rule, actor_id=None, now=moment)
        who = adult(session)
        give_consent(session, DISTRICT, who.id, now=moment)
    seal(database, moment)
    browser = Browser(app)
    sign_in_as(browser, who)
    browser.in_language("en")
    for _ in range(2):
        page = browser.get(f"/credit/learn/{number}", status=200)
        result = page.form().fill(q1="1", q2=["0", "2"]).send(status=200)
        assert "You have earned 1 point" in result.text
    assert "You have earned 1 point" in browser.get(f"/credit/learn/{number}").text


@pytest.mark.parametrize("tail", ["", "?v=1", "?v=1&a=9.9", "?v=1&a=1", "?a=1.02&v=1&x=2"])
def test_a_result_without_answers_leads_back_to_the_questions(
    app: Flask, number: str, tail: str
) -> None:
    passer = Browser(app).in_language("en")
    page = passer.get(f"/credit/learn/{number}/result{tail}")
    if "v=" not in tail:
        assert page.status == 404
    else:
        assert page.status == 200
        assert page.path.endswith("/result") == ("1.02" in tail)
    for url in (
        f"/credit/learn/{number}/result?v=2&a=1.02",
        f"/credit/learn/{number}/result?v=x",
        "/credit/learn/00000-00000",
        "/credit/learn/00000-00000/result?v=1",
    ):
        passer.get(url, status=404)


def desk_of(app: Flask, database: Database, role: str = "street_desk") -> Browser:
    with database.write() as session:
        who = staff(session, role, area=small_tree(session)["370283001"])
    browser = Browser(app)
    sign_in_as(browser, who)
    return browser.in_language("en")


def test_the_desk_writes_publishes_and_writes_the_next_version(
    app: Flask, database: Database
) -> None:
    desk = desk_of(app, database)
    page = desk.get("/desk/quizzes", status=200).click("New text with questions", status=200)
    bad = page.form().fill(sheet_zh_hans=SHEET.replace("* 厨余", "- 厨余")).send(status=422)
    assert bad.errors == ["Question 1 has no right answer, a line that begins with *."]
    assert "剩饭剩菜" in bad.html
    saved = bad.form().fill(sheet_zh_hans=SHEET, sheet_en=ENGLISH).send(status=200)
    passer = Browser(app).in_language("en")
    assert "Sorting waste" not in passer.get("/credit/learn").text
    published_page = saved.form(action="/publish").send(status=200)
    assert "stays as it is" in published_page.text
    reading = passer.get("/credit/learn").click("Sorting waste", status=200)
    renamed = ENGLISH.replace("# Sorting waste", "# Sorting it")
    other = desk.get(published_page.path, status=200)
    draft = published_page.form(button="Save the draft").fill(sheet_en=renamed).send(status=200)
    assert "Version 2" in draft.text
    stale = other.form(button="Save the draft").fill(sheet_en=renamed).send()
    assert stale.status == 409
    draft.form(action="/publish").send(status=200)
    # who had read the first version is told, and loses nothing
    late = reading.form().fill(q1="1", q2=["0", "2"]).send()
    assert late.status == 409
    assert any("changed meanwhile" in error for error in late.errors)
    end = desk.get("/desk/quizzes", status=200).click("Sorting it", status=200)
    end.form(action="/end").send(status=200)
    assert "nothing to learn here" in passer.get("/credit/learn").text
    assert "Ended" in desk.get("/desk/quizzes", status=200).text


def test_only_who_may_writes(app: Flask, database: Database) -> None:
    other = desk_of(app, database, "verifier")
    assert other.get("/desk/quizzes").status == 403


def test_the_list_costs_one_query(app: Flask, database: Database, number: str) -> None:
    found: list[str] = []

    def note(_c: Any, _k: Any, statement: str, *_rest: Any) -> None:
        found.append(statement)

    with database.write() as session:
        published(session, now=clock.now())
    sql_event.listen(database.reader, "before_cursor_execute", note)
    page = Browser(app).in_language("en").get("/credit/learn", status=200)
    sql_event.remove(database.reader, "before_cursor_execute", note)
    assert len(page.soup.select(".card")) == 2
    assert len([statement for statement in found if "credit_quiz" in statement]) == 1

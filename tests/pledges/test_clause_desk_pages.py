"""The pages of clause sets at the desk."""

from collections.abc import Mapping

from flask import Flask
from sqlalchemy import select

from pledges.models import Clause, ClauseSet
from pledges.rules.clause_drafts import COLUMNS
from pledges.service.days import today_of
from portal.accounts.models import Person
from portal.areas.models import Area
from portal.kernel import clock
from portal.kernel.db import Database
from tests.make import pledges as make
from tests.make.accounts import sign_in_as
from tests.make.clauses import LINE, draft, drafted, said, table, write
from tests.pages import Browser
from tests.reports.test_queries_per_page import counted

HEAD = "/desk/pledges/clauses"


def at_desk(app: Flask, who: Person) -> Browser:
    browser = Browser(app).in_language("en")
    sign_in_as(browser, who)
    return browser


def test_the_pages_lead_from_a_model_to_a_published_text(
    app: Flask, database: Database, tree: Mapping[str, Area], centre: Person
) -> None:
    browser = at_desk(app, centre)
    form = browser.get(f"{HEAD}/new?model=five_light_facilities", status=200)
    page = form.form(button="Write the draft").fill(code="Five!", place="370283").send()
    assert "Use small Latin letters" in page.text
    page = page.form(button="Write the draft").fill(code="five_here").send()
    assert page.path == f"{HEAD}/five_here"
    browser.get("/pledges/clauses/five_here", status=404)
    page = browser.get(f"{HEAD}/five_here/draft/clause/swept", status=200).form(button="Save")
    page = page.fill(text_khb="ᦎᦱ", position="3").send()
    assert page.soup.find(lang="khb").text == "ᦎᦱ"
    with database.read() as session:
        positions = session.execute(select(Clause.position, Clause.code).order_by(Clause.position))
        assert [tuple(one) for one in positions][2] == (3, "swept")
        # the city's: from 16:00 UTC on that of the clock here is yesterday
        today = today_of(session, clock.now())
    page = browser.get(f"{HEAD}/five_here/publish", status=200).form(button="Publish it")
    refused = page.fill(begins="2020-01-01").send()
    assert "nothing reaches back" in refused.text
    page = refused.form(button="Publish it").fill(begins=today.isoformat()).send()
    assert page.path == f"{HEAD}/five_here"
    shown = browser.get("/pledges/clauses/five_here", status=200)
    assert shown.soup.find(lang="khb") is not None
    sheet = browser.client.get(f"{HEAD}/five_here/clauses.csv?version=1").data.decode("utf-8-sig")
    assert sheet.splitlines()[0] == ",".join(COLUMNS)
    assert "ᦎᦱ" in sheet
    browser.get(f"{HEAD}/five_here/clauses.csv?version=7", status=404)


def test_whoever_was_overtaken_sees_both_texts_on_the_page(
    app: Flask, database: Database, three: str, centre: Person
) -> None:
    draft(database, centre)
    write(database, centre, said(), drafted(database)[0])
    browser = at_desk(app, centre)
    page = browser.get(f"{HEAD}/three/draft/clause/swept", status=200)
    form = page.form(button="Save").fill(text_en="Mine")
    write(database, centre, said(text_en="Hers"), said())
    page = form.send()
    assert page.status == 409
    assert "Hers" in page.text
    assert "Mine" in str(page.soup.find(id="text_en"))
    page = page.form(button="Save").send()
    assert page.path == f"{HEAD}/three"
    assert drafted(database)[0].texts["en"] == "Mine"


def test_a_table_is_sent_and_its_bad_lines_are_shown(
    app: Flask, database: Database, three: str, centre: Person
) -> None:
    draft(database, centre)
    browser = at_desk(app, centre)
    page = browser.get(f"{HEAD}/three/draft/table", status=200).form(button="Take it over")
    page = page.attach("file", table(LINE, LINE), "set.csv", "text/csv").send()
    assert "stood on an earlier line" in page.text
    form = page.form(button="Take it over").attach("file", table(LINE), "set.csv", "text/csv")
    assert form.send().path == f"{HEAD}/three"
    assert drafted(database) == [said()]


def test_a_long_list_of_texts_takes_no_more_queries(
    app: Flask, database: Database, tree: Mapping[str, Area], centre: Person
) -> None:
    browser, found = at_desk(app, centre), list[int]()
    browser.get(f"{HEAD}/", status=200)
    for codes in (range(2), range(2, 20)):
        with database.write() as session:
            for at in codes:
                make.clauses(session, tree["370283"], f"set_{at}")
        with counted(database) as statements:
            browser.get(f"{HEAD}/", status=200)
        found.append(len(statements))
    assert found[0] == found[1]
    with database.read() as session:
        assert len(session.scalars(select(ClauseSet)).all()) == 20

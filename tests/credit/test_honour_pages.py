"""The pages of honours: nominating, one's own, the desk's, what stands in public."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event as sql_event
from sqlalchemy import select
from sqlalchemy.orm import Session

from credit.models import Honour
from credit.queries.honours import honour_by_number
from credit.rules.honours import HonourState, Wish
from credit.service.honours.answering import Answer, answer_honour
from portal.accounts.models import Person
from portal.kernel import clock
from portal.kernel.db import Database
from portal.kernel.outbox import OutboxMessage
from portal.kernel.ratelimit import release
from tests.make.accounts import sign_in_as
from tests.make.honours import CITATION, COMMUNITY, Street, asked, granted, nominated, street
from tests.make.organisations import unit
from tests.pages import Browser


@pytest.fixture
def city(app: Flask, database: Database) -> Street:
    return street(database)


@pytest.fixture
def statements(database: Database, city: Street) -> Iterator[list[str]]:
    found: list[str] = []

    def note(_c: Any, _k: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("SELECT") and "login_session" not in statement:
            found.append(statement)

    sql_event.listen(database.reader, "before_cursor_execute", note)
    yield found
    sql_event.remove(database.reader, "before_cursor_execute", note)


def browser_of(app: Flask, database: Database, person_id: Any) -> Browser:
    browser = Browser(app)
    with database.read() as session:
        person = session.get_one(Person, person_id)
    sign_in_as(browser, person)
    return browser.in_language("en")


def test_from_a_nomination_to_a_name_in_public_and_away_again(
    app: Flask, database: Database, city: Street
) -> None:
    passer = Browser(app).in_language("en")
    page = passer.get("/credit/role-models", status=200)
    assert "Nobody is shown here" in page.text
    assert page.click("Nominate somebody").path == "/sign-in"
    neighbour = browser_of(app, database, city.nominator.person_id)
    page = neighbour.get("/credit/role-models/nominate", status=200)
    refused = page.form().fill(place="没有这里", whom="三单元王大姐", words="清扫楼道")
    refused = refused.fill(kind="civil_citizen").send(status=422)
    assert any("no such place" in error for error in refused.errors)
    # what was typed is still there
    assert "三单元王大姐" in refused.html
    sent = refused.form().fill(place=COMMUNITY).send(status=200)
    assert any("asked first" in notice for notice in sent.notices)

    _is_checked(browser_of(app, database, city.committee.person_id), city)
    nominee = browser_of(app, database, city.nominee.id)
    page = nominee.get("/me", status=200).click("My commendations", status=200)
    page = page.click("Civil citizen", status=200)
    none = page.form().fill(wish="shown", name="").send(status=422)
    assert any("Write the name" in error for error in none.errors)
    none.form().fill(wish="shown", name="王大姐").send(status=200)
    assert "王大姐" not in passer.get("/credit/role-models").text
    desk = browser_of(app, database, city.desk.person_id)
    page = desk.get("/desk/honours", status=200)
    assert "waits for the decision" in page.text
    page.click("Civil citizen").form(action="/grant").send(status=200)
    _is_shown_and_away_again(passer, nominee)


def _is_checked(committee: Browser, city: Street) -> None:
    page = committee.get("/desk/honours", status=200).click("Civil citizen", status=200)
    assert "三单元王大姐" in page.text
    wrong = page.form(action="/check").fill(nominee="12345-67890", citation=CITATION)
    wrong = wrong.send(status=422)
    assert any("Nobody has this number" in error for error in wrong.errors)
    asked_page = wrong.form(action="/check").fill(nominee=city.nominee.number).send(status=200)
    assert CITATION in asked_page.text
    unsigned = asked_page.form(action="/answer").fill(wish="hidden").send(status=422)
    assert any("signed form" in error for error in unsigned.errors)
    unsigned.form(action="/answer").fill(paper=True).send(status=200)
    assert not asked_page.soup.select("form[action$='/grant']")


def _is_shown_and_away_again(passer: Browser, nominee: Browser) -> None:
    public = passer.get("/credit/role-models?place=东阁街道&year=" + str(clock.now().year))
    assert "王大姐" in public.text
    assert CITATION in public.text
    assert public.response.headers["Cache-Control"] in {"private, no-cache", "no-store"}

    page = nominee.get("/credit/honours", status=200).click("Civil citizen", status=200)
    page.form().fill(wish="hidden").send(status=200)
    assert "王大姐" not in passer.get("/credit/role-models").html
    page = nominee.get("/credit/honours", status=200).click("Civil citizen", status=200)
    page.form().fill(wish="decline").send(status=200)
    assert "There is nothing yet" in nominee.get("/credit/honours").text


def link_in(session: Session) -> str:
    vault = session.info["instance"].vault
    row = session.scalars(
        select(OutboxMessage).where(OutboxMessage.template == "credit.honour_asked")
    ).one()
    facts = json.loads(vault.unseal(row.sealed_facts))
    return "/credit/" + facts["link"].partition("/credit/")[2]


def test_by_the_link_of_the_message_she_answers_once_and_nobody_is_named(
    app: Flask, database: Database, city: Street, lines: Any
) -> None:
    with database.write() as session:
        row = asked(session, city, now=clock.now())
    with database.read() as session:
        link = link_in(session)
    passer = Browser(app).in_language("en")
    page = passer.get(link, status=200)
    assert page.response.headers["Cache-Control"] == "no-store"
    assert city.nominee.display_name not in page.text
    done = page.form().fill(wish="shown", name="王大姐").send(status=200)
    assert "Thank you for your answer" in done.h1
    passer.get(link, status=404)
    with database.read() as session:
        found = honour_by_number(session, row.number)
        assert found is not None
        assert (found.wish, found.name) == (Wish.SHOWN, "王大姐")
    # the secret stands in no log
    assert link.rpartition("/")[2] not in lines.getvalue()


def test_L6_page_data_and_search_know_nothing_of_who_is_not_shown(
    app: Flask, database: Database, city: Street
) -> None:
    with database.write() as session:
        row = granted(session, city, Wish.HIDDEN, now=clock.now())
    passer = Browser(app).in_language("en")
    for url in ("/credit/role-models", f"/credit/role-models?before={row.number}", "/"):
        html = passer.get(url, status=200).html
        for secret in (CITATION, city.nominee.display_name, city.nominee.number):
            assert secret not in html
    neighbour = browser_of(app, database, city.nominator.person_id)
    for path in (f"/credit/honours/{row.number}", f"/desk/honours/{row.number}"):
        assert neighbour.get(path).status in {403, 404}
    passer.get("/credit/honours/answer/nothing", status=404)


def test_the_pages_cost_the_same_however_long_they_are(
    app: Flask, database: Database, city: Street, statements: list[str]
) -> None:
    passer = Browser(app).in_language("en")
    desk = browser_of(app, database, city.desk.person_id)
    nominee = browser_of(app, database, city.nominee.id)
    costs: list[list[int]] = []
    for kinds in (("civil_shop", "civil_citizen"), ("civil_unit", "good_neighbour")):
        with database.write() as session:
            code = f"S-{kinds[0]}"
            unit(session, code, f"店{kinds[0]}", area=city.tree[COMMUNITY])
            release(session, bucket="nominate", key=str(city.nominator.person_id))
            granted(session, city, kind=kinds[0], nominee=code, now=clock.now())
            granted(session, city, kind=kinds[1], now=clock.now())
            nominated(session, city, now=clock.now(), kind="volunteer_star")
        cost = []
        for browser, url in (
            (passer, "/credit/role-models"),
            (desk, "/desk/honours"),
            (nominee, "/credit/honours"),
        ):
            statements.clear()
            browser.get(url, status=200)
            cost.append(len(statements))
        costs.append(cost)
    assert costs[0] == costs[1]
    assert costs[0][0] <= 5, statements
    assert costs[0][1] <= 3
    assert costs[0][2] <= 3


def test_one_nomination_costs_a_fixed_number_of_queries(
    app: Flask, database: Database, city: Street, statements: list[str]
) -> None:
    with database.write() as session:
        row = asked(session, city, now=clock.now())
    desk = browser_of(app, database, city.desk.person_id)
    statements.clear()
    desk.get(f"/desk/honours/{row.number}", status=200)
    assert len(statements) <= 6, "\n".join(statements)


def test_a_shop_is_nominated_by_its_code_and_rejected_without_a_mark(
    app: Flask, database: Database, city: Street
) -> None:
    with database.write() as session:
        unit(session, "S-9", "张记面馆", area=city.tree[COMMUNITY])
    committee = browser_of(app, database, city.committee.person_id)
    page = committee.get("/desk/honours/new", status=200)
    page = page.form().fill(
        kind="civil_shop", place=COMMUNITY, nominee="S-9", whom="张记面馆", words="门前干净"
    )
    page = page.send(status=200)
    assert "张记面馆" in page.text
    page = page.click("Civil shop", status=200)
    page = page.form(action="/check").fill(citation="门前三包做得好").send(status=200)
    page.form(action="/reject").send(status=200)
    with database.read() as session:
        assert session.scalars(select(Honour)).all() == []


def test_whoever_comes_second_is_told(app: Flask, database: Database, city: Street) -> None:
    with database.write() as session:
        row = asked(session, city, now=clock.now())
        answer_honour(session, row, Answer(Wish.HIDDEN), now=clock.now())
    desk = browser_of(app, database, city.desk.person_id)
    page = desk.get(f"/desk/honours/{row.number}", status=200)
    nominee = browser_of(app, database, city.nominee.id)
    mine = nominee.get(f"/credit/honours/{row.number}", status=200)
    mine.form().fill(wish="decline").send(status=200)
    late = page.form(action="/grant").send()
    assert late.status == 409
    assert any("meanwhile" in error for error in late.errors)
    with database.read() as session:
        assert session.scalars(select(Honour.state)).all() == [HonourState.DECLINED]

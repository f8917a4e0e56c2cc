"""The pages of adoption: from the list to the care log; names only with consent; few queries."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event as sql_event
from sqlalchemy import select

from portal.accounts.models import Person
from portal.accounts.rules import Actor
from portal.accounts.service.privacy import erase_person, export_person
from portal.kernel import clock
from portal.kernel.db import Database
from portal.kernel.instance import instance_of
from tests.make.accounts import sign_in_as
from tests.make.adoption import PUBLIC_NAME, Park, active, park, plot, row_of
from tests.pages import Browser
from volunteers.models.adoption import (
    Adoption,
    AdoptionAgreement,
    AdoptionCare,
    AdoptionMember,
    AdoptionPlaque,
    AdoptionPlot,
)
from volunteers.queries.adoption.adoptions import members_of
from volunteers.rules.adoption.life import AdoptionState, Party, Step
from volunteers.service.adoption.care import Done, write_care
from volunteers.service.adoption.looking_after import take_step
from volunteers.service.adoption.members import answer_joining, ask_to_join


@pytest.fixture
def made(app: Flask, database: Database) -> Park:
    return park(database)


@pytest.fixture
def statements(database: Database, made: Park) -> Iterator[list[str]]:
    found: list[str] = []

    def note(_c: Any, _k: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("SELECT") and "login_session" not in statement:
            found.append(statement)

    sql_event.listen(database.reader, "before_cursor_execute", note)
    yield found
    sql_event.remove(database.reader, "before_cursor_execute", note)


def browser_of(app: Flask, database: Database, who: Actor) -> Browser:
    browser = Browser(app)
    with database.read() as session:
        found = session.get_one(Person, who.person_id)
    sign_in_as(browser, found)
    return browser.in_language("en")


def test_from_the_list_to_an_agreement_in_force(app: Flask, database: Database, made: Park) -> None:
    with database.write() as session:
        where = plot(session, made)
    passer = Browser(app).in_language("en")
    page = passer.get("/adoption/", status=200).click("街角绿地", status=200)
    assert page.click("Adopt this").path == "/sign-in"
    adopter = browser_of(app, database, made.lead)
    form = adopter.get(f"/adoption/{where.number}/apply", status=200).form()
    refused = form.fill(form="donate", party="person", plot_name="我的林", people=2).send(
        status=422
    )
    assert any("more than 50 per cent" in error for error in refused.errors)
    assert "我的林" in refused.html
    mine = refused.form().fill(form="tend", plot_name="").send(status=200)
    assert "waits for the look" in mine.text

    desk = browser_of(app, database, made.desk)
    one = desk.get("/desk/adoption/", status=200).click("街角绿地", status=200)
    check = one.click("Write down the look at the place", status=200)
    without = check.form().fill(fits="yes", reason="").send(status=422)
    one = without.form().fill(reason="土壤合适").send(status=200)
    signing = adopter.get(mine.path).click("Read and sign the agreement", status=200)
    unread = signing.form().fill(name="孙梅").send(status=422)
    assert any("read the agreement" in error for error in unread.errors)
    unread.form().fill(read=True, name="孙梅", public_name=PUBLIC_NAME).send(status=200)
    page = passer.get(f"/adoption/{where.number}", status=200)
    assert PUBLIC_NAME not in page.html
    one = desk.get(one.path).click("Sign for the city", status=200)
    one.form().fill(name="徐").send(status=200)
    page = passer.get(f"/adoption/{where.number}", status=200)
    assert PUBLIC_NAME in page.text
    assert "孙梅" not in page.html
    assert made.lead.number not in page.html


def test_P1_no_page_and_no_data_shows_an_adopter_without_consent(
    app: Flask, database: Database, made: Park
) -> None:
    with database.write() as session:
        where = plot(session, made)
        group = {"party": Party.GROUP, "group": "金丝雀小组"}
        number = active(session, made, where, now=clock.now(), **group)
        ask_to_join(session, made.friend, where.number, now=clock.now())
        session.flush()
        row = row_of(session, number)
        asked = members_of(session, [row.id])[row.id][-1]
        answer_joining(session, made.lead, number, asked.number, yes=True)
        done = Done("watering", row.starts_on or clock.now().date(), 5, "金丝雀的话")
        write_care(session, made.lead, number, done, now=clock.now())
        code = session.scalars(select(AdoptionPlaque.code)).one()
    canaries = ("孙梅", "周涛", "孙梅签", "金丝雀", made.lead.number, made.friend.number)
    addresses = (
        "/adoption/", f"/adoption/{where.number}", "/adoption/points.geojson", "/adoption/rules",
        f"/adoption/plaques/{code}", "/", "/feeds/reports.atom",
    )  # fmt: skip
    stranger = browser_of(app, database, made.neighbour)
    for browser in (Browser(app), stranger):
        for address in addresses:
            shown = browser.client.get(address, follow_redirects=True).get_data(as_text=True)
            assert not [word for word in canaries if word in shown], address
    # what is somebody else's does not exist
    for page in ("", "/care", "/name", "/agreement", "/sign"):
        stranger.get(f"/me/adoptions/{number}{page}", status=404)
    # nor does a printed plaque name anybody
    desk = browser_of(app, database, made.desk)
    sheet = desk.get(f"/desk/adoption/{number}/plaque", status=200)
    assert not [word for word in canaries if word in sheet.html]


def test_an_old_plaque_tells_what_became_of_it(app: Flask, database: Database, made: Park) -> None:
    with database.write() as session:
        where = plot(session, made)
        number = active(session, made, where, now=clock.now())
        code = session.scalars(select(AdoptionPlaque.code)).one()
    passer = Browser(app).in_language("en")
    assert passer.get(f"/adoption/plaques/{code}").path == f"/adoption/{where.number}"
    with database.write() as session:
        now = clock.now()
        take_step(session, made.desk, number, Step.LOSE, reason="台风", now=now)
        take_step(session, made.desk, number, Step.SETTLE, reason="不补种", now=now)
    page = passer.get(f"/adoption/plaques/{code.lower()}", status=200)
    assert "old one" in page.h1
    assert "no longer there" in page.text
    passer.get("/adoption/plaques/AAAAA-AAAAA", status=404)


def test_a_table_is_taken_over_whole_or_every_bad_line_is_told(
    app: Flask, database: Database, made: Park
) -> None:
    desk = browser_of(app, database, made.desk)
    head = "登记编号,类别,名称,经度,纬度,面积,权属单位,可认养,古树名木\n"
    good = "A-1,绿地,一号绿地,119.9,36.7,800,园林中心,是,否\n"
    bad = (
        "A-2,绿地,外地绿地,121.0,36.7,800,园林中心,是,否\n"
        "A-3,飞船,三号,119.9,36.7,,园林中心,是,否\n"
        "A-1,树木,重号,119.9,36.7,,园林中心,是,否\n"
        "A-5,树木,古槐,119.9,36.7,,园林中心,是,是\n"
    )

    def send(text: str, status: int) -> Any:
        form = desk.get("/desk/adoption/register/import", status=200).form()
        content = text.encode("utf-8-sig")
        return form.attach("file", content, "register.csv", "text/csv").send(status=status)

    told = send(head + good + bad, 422)
    for words in ("outside the city", "no such kind", "line 2 already", "cannot be offered"):
        assert words in told.text
    with database.read() as session:
        assert session.scalars(select(AdoptionPlot)).all() == []
    assert "1 new, 0 changed" in send(head + good, 200).html
    assert "0 new, 1 changed" in send(head + good, 200).html
    assert "missing" in send("名称,类别\nx,绿地\n", 422).text


def test_the_list_sends_as_many_queries_for_thirty_things_as_for_three(
    app: Flask, database: Database, made: Park, statements: list[str]
) -> None:
    passer = Browser(app).in_language("en")

    def asked() -> int:
        passer.get("/adoption/", status=200)
        statements.clear()
        passer.get("/adoption/", status=200)
        return len(statements)

    with database.write() as session:
        for nth in range(3):
            plot(session, made, register_number=f"A{nth}")
    few = asked()
    with database.write() as session:
        for nth in range(30):
            plot(session, made, register_number=f"B{nth:02}")
    assert asked() == few


def test_an_agreement_whose_line_was_not_kept_is_nobody_elses(
    app: Flask, database: Database, made: Park
) -> None:
    with database.write() as session:
        number = active(session, made, plot(session, made), now=clock.now())
        agreed = session.scalars(select(AdoptionAgreement)).one()
        # what migration 0057 found: a salt alone, which proves nothing
        agreed.sealed_text = instance_of(session).vault.seal("00112233445566778899aabbccddeeff")
    page = browser_of(app, database, made.lead).get(f"/me/adoptions/{number}/agreement", status=200)
    assert agreed.digest in page.text
    assert "The line that proves it is kept no more." in page.text
    assert "Another lead signed this one" not in page.text


def test_P2_what_is_kept_is_handed_out_and_forgotten_and_another_leads(
    app: Flask, database: Database, made: Park
) -> None:
    with database.write() as session:
        where = plot(session, made)
        number = active(session, made, where, public=PUBLIC_NAME, now=clock.now())
        row = row_of(session, number)
        ask_to_join(session, made.friend, where.number, now=clock.now())
        session.flush()
        asked = members_of(session, [row.id])[row.id][-1]
        answer_joining(session, made.lead, number, asked.number, yes=True)
        day = row.starts_on
        assert day is not None
        write_care(session, made.lead, number, Done("watering", day, 5, "我的话"), now=clock.now())
    with database.write() as session:
        text = str(export_person(session, made.lead.person_id, now=clock.now()))
        for words in (PUBLIC_NAME, "每天浇水", "我的话", "孙梅签"):
            assert words in text
        erase_person(session, None, made.lead.person_id, now=clock.now())
        session.flush()
        found = session.scalars(select(Adoption)).one()
        assert (found.state, found.applicant_id) == (AdoptionState.ACTIVE, made.friend.person_id)
        assert found.sealed_words is None
        agreed = session.scalars(select(AdoptionAgreement)).one()
        assert (agreed.signer_id, agreed.sealed_text) == (None, None)
        members = session.scalars(select(AdoptionMember.person_id)).all()
        assert members == [made.friend.person_id]
        care = session.scalars(select(AdoptionCare)).one()
        assert (care.person_id, care.sealed_words, care.deed) == (None, None, "watering")
    with database.write() as session:
        erase_person(session, None, made.friend.person_id, now=clock.now())
        session.flush()
        session.expire_all()
        found = session.scalars(select(Adoption)).one()
        assert (found.state, found.applicant_id) == (AdoptionState.ENDED, None)

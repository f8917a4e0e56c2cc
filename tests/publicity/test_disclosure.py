"""Disclosure: figures with sources, replaced and never lost; key tasks with every change."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.rules import Actor
from portal.areas.models import Area
from portal.areas.rules import Keeper
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import new_id
from portal.organisations.service import end_organisation
from portal.publicity.models import DisclosedInput
from portal.publicity.queries.disclosure import (
    INPUTS_PAGE,
    changes_of,
    inputs_disclosed,
    populations,
    task_by_number,
)
from portal.publicity.rules.disclosure import DisclosureRefusal, InputKind, TaskState, is_link
from portal.publicity.rules.rights import rights
from portal.publicity.service.disclosure import change_task, end_input, enter_input, start_task
from tests.make.accounts import sign_in_as, staff
from tests.make.areas import small_tree
from tests.make.disclosure import DUE, discloser, input_wish, task_wish
from tests.make.organisations import unit
from tests.make.together import at_once
from tests.pages import Browser

NOW = datetime(2026, 11, 30, 2, tzinfo=UTC)


@pytest.fixture
def city(app: Flask, database: Database) -> Area:
    with database.write() as session:
        unit(session, "LEAD", "城市管理局")
        return small_tree(session)["370283"]


def test_r201_a_figure_is_replaced_or_ended_with_a_reason_and_never_lost(
    database: Database, city: Area
) -> None:
    def enter(amount: int) -> str:
        try:
            with database.write() as session:
                wish = input_wish(city, amount=amount)
                enter_input(session, discloser(), wish, replaced="换新", now=NOW)
        except Conflict:
            return "late"
        return "entered"

    assert enter(1) == "entered"
    assert "entered" in at_once(lambda: enter(2), lambda: enter(3))
    with database.read() as session:
        [row] = inputs_disclosed(session)
        kept = session.scalars(select(DisclosedInput.amount)).all()
    assert row.amount in {2, 3}
    assert len(kept) >= 2, "what was replaced is kept"
    with database.write() as session:
        with pytest.raises(Missing):
            end_input(session, Actor(), row.number, "误录", now=NOW)
        end_input(session, discloser(), row.number, "误录", now=NOW)
        assert inputs_disclosed(session) == []
        wish = input_wish(city, link="javascript:alert(1)")
        with pytest.raises(Refused) as bad:
            enter_input(session, discloser(), wish, replaced="", now=NOW)
        wish = input_wish(city, amount=0, kind=InputKind.POPULATION)
        with pytest.raises(Refused) as nobody:
            enter_input(session, discloser(), wish, replaced="", now=NOW)
    assert bad.value.code is DisclosureRefusal.BAD_LINK
    assert (nobody.value.code, nobody.value.field) == (DisclosureRefusal.NOBODY, "amount")
    assert not is_link("https://user@x.example/")


def test_the_newest_population_up_to_a_year_is_what_shares_are_of(
    database: Database, city: Area
) -> None:
    with database.write() as session:
        for year, amount in ((2020, 100), (2026, 200), (2027, 300)):
            wish = input_wish(city, kind=InputKind.POPULATION, year=year, amount=amount)
            enter_input(session, discloser(), wish, replaced="", now=NOW)
        assert populations(session, 2026) == {city.code: 200}
        assert populations(session, 2019) == {}


def test_of_two_populations_of_a_year_the_one_entered_last_counts(
    database: Database, city: Area
) -> None:
    """Also where both were entered in one moment, and the database finds them the other way."""
    first, last = new_id(), new_id()
    with database.write() as session:
        for key, title, amount in ((last, "常住人口", 500), (first, "户籍人口", 400)):
            row = DisclosedInput(
                id=key, kind=InputKind.POPULATION, area_id=city.id, area_code=city.code, year=2026,
                amount=amount, title=title, source="统计公报", entered_at=NOW,
            )  # fmt: skip
            session.add(row)
            session.flush()
        assert populations(session, 2026) == {city.code: 500}


def test_every_figure_that_stands_is_reached_by_pages(
    database: Database, city: Area, browser: Browser
) -> None:
    with database.write() as session:
        for at in range(INPUTS_PAGE + 1):
            wish = input_wish(city, title=f"经费 {at:03}")
            enter_input(session, discloser(), wish, replaced="", now=NOW)
    page, titles = browser.in_language("en").get("/disclosure/", status=200), set()
    for turn in range(2):
        titles |= {one.text for one in page.soup.select("h3") if "经费" in one.text}
        more = page.soup.select("nav.pager a[rel=next]")
        assert len(more) == 1 - turn
        if more:
            page = browser.get(str(more[0]["href"]), status=200)
    assert len(titles) == INPUTS_PAGE + 1
    for nonsense in ("0", "-1", "x", "99999999999"):
        assert "经费 000" in browser.get(f"/disclosure/?page={nonsense}", status=200).text


def test_r237_a_key_task_tells_every_change_and_two_at_once_change_it_once(
    database: Database, city: Area, browser: Browser
) -> None:
    with database.write() as session:
        number = start_task(session, discloser(), task_wish(city, "LEAD"), "录入", now=NOW)

    def change(state: TaskState) -> str:
        try:
            with database.write() as session:
                change_task(
                    session, discloser(), number, state, DUE, "已验收", seen=1, now=NOW
                )  # fmt: skip
        except Conflict:
            return "late"
        return "changed"

    states = (TaskState.DONE, TaskState.GIVEN_UP)
    found = at_once(*(lambda state=state: change(state) for state in states))
    assert sorted(found) == ["changed", "late"]
    with database.read() as session:
        row = task_by_number(session, number)
        assert row is not None
        changes = changes_of(session, row.id)
    assert [one.role for one in changes] == ["city_centre", "city_centre"]
    assert [one.state for one in changes] == [row.state, TaskState.UNDER_WAY]
    assert not row.late(date(2100, 1, 1))
    page = browser.get(f"/disclosure/tasks/{number}", status=200)
    assert "已验收" in page.text
    assert "背街小巷整治" in browser.get("/disclosure/", status=200).text


def test_r237_a_key_task_is_given_to_a_unit_by_its_name(
    app: Flask, database: Database, city: Area, browser: Browser
) -> None:
    with database.write() as session:
        unit(session, "OTHER", "住房和城乡建设局")
        person = staff(session, "city_centre", area=session.merge(city))
    sign_in_as(browser, person)
    page = browser.in_language("en").get("/desk/disclosure/tasks/new", status=200)
    offered = {one["value"]: one.text for one in page.soup.select("select[name=unit] option")}
    assert "城市管理局" in offered["LEAD"]
    words = {"title": "背街小巷整治", "goal": "整治二十条。", "place": city.code, "source": "要点"}
    form = page.form(button="Save").fill(**words, due_on=DUE.isoformat())
    refused = form.send(status=422)
    assert any("fill this in" in error for error in refused.errors)
    refused.form(button="Save").fill(unit="LEAD").send(status=200)
    assert "背街小巷整治" in browser.get("/desk/disclosure/", status=200).text


def test_r237_a_unit_that_has_ended_leads_no_new_task(database: Database, city: Area) -> None:
    with database.write() as session:
        end_organisation(
            session, Keeper(None, None), "LEAD", on=NOW.date(), successor_code=None, now=NOW
        )
        with pytest.raises(Refused) as refused:
            start_task(session, discloser(), task_wish(city, "LEAD"), "录入", now=NOW)
    assert (refused.value.code, refused.value.field) == (DisclosureRefusal.NO_UNIT, "unit")


def test_r159_each_right_leads_to_pages_that_answer(city: Area, browser: Browser) -> None:
    names = [words["zh_Hans"][:3] for words, _doors in rights()]
    assert names == ["知情权", "参与权", "表达权", "监督权"]
    links = browser.get("/rights", status=200).soup.select("main .list a")
    assert len(links) == sum(len(doors) for _words, doors in rights())
    for link in links:
        browser.get(str(link["href"]), status=200)

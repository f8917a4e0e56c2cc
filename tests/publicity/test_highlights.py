"""Highlights of a pilot: said by a unit, approved by another person, naming nobody."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.models import Person
from portal.areas.models import Area
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Missing, Refused
from portal.publicity.models import PilotHighlight
from portal.publicity.queries.highlights import PAGE, highlights_shown
from portal.publicity.rules.highlights import HighlightRefusal, HighlightWish
from portal.publicity.service.highlights import approve_highlight, end_highlight, write_highlight
from tests.make.accounts import sign_in_as, staff
from tests.make.areas import small_tree
from tests.make.highlights import MONTH, WORDS, editor
from tests.make.organisations import unit
from tests.make.together import at_once
from tests.pages import Browser

NOW = datetime(2026, 11, 30, 2, tzinfo=UTC)
STREET, OTHER = "370283001", "370283002"


class City:
    """Two streets; two people of the first one's desk, and one of the other's."""

    def __init__(self, app: Flask, database: Database) -> None:
        self.app, self.database = app, database
        with database.write() as session:
            self.tree: dict[str, Area] = small_tree(session)
            unit(session, "OFFICE", "东阁街道办事处", area=self.tree[STREET])
            unit(session, "ABOVE", "市公安局", area=self.tree["370283"])
            unit(session, "ELSEWHERE", "李园街道办事处", area=self.tree[OTHER])
            self.people: list[Person] = [
                staff(session, "street_desk", area=self.tree[code])
                for code in (STREET, STREET, OTHER)
            ]

    def browser(self, at: int) -> Browser:
        browser = Browser(self.app)
        sign_in_as(browser, self.people[at])
        return browser.in_language("en")

    def write(self, **changes: Any) -> str:
        given = {"place": STREET, "month": MONTH, "unit": "OFFICE", "words": WORDS} | changes
        with self.database.write() as session:
            return write_highlight(session, editor(), HighlightWish(**given), now=NOW)


@pytest.fixture
def city(app: Flask, database: Database) -> City:
    return City(app, database)


def test_r003_a_highlight_is_approved_by_another_and_stands_in_the_report(city: City) -> None:
    report = f"/pilot/?area={STREET}&first={MONTH}&last={MONTH}"
    writer = city.browser(0)
    form = writer.get("/desk/highlights/new", status=200).form(button="Save")
    refused = form.fill(
        place=STREET, month=MONTH, unit="OFFICE", words=f"{WORDS}联系人13800138000"
    ).send(status=422)
    assert any("13800138000" in error for error in refused.errors)
    kept = refused.form(button="Save")
    assert (kept.values["place"], kept.values["unit"]) == (STREET, "OFFICE"), "nothing is lost"
    blank = kept.fill(words=" \n ").send(status=422)
    assert any("fill this in" in error for error in blank.errors), "spaces say nothing"
    blank.form(button="Save").fill(words=WORDS).send(status=200)
    assert WORDS not in Browser(city.app).get(report, status=200).text
    own = writer.get("/desk/highlights/", status=200).click("Approve", status=200)
    assert own.form(button="Approve").send(status=422).errors
    assert "Approve" not in city.browser(2).get("/desk/highlights/", status=200).text
    second = city.browser(1).get("/desk/highlights/", status=200).click("Approve", status=200)
    second.form(button="Approve").send(status=200)
    page = Browser(city.app).in_language("en").get(report, status=200)
    [card] = [one for one in page.soup.select("main li.card") if WORDS in one.text]
    assert "东阁街道办事处" in card.text
    assert "2026" in card.text
    # of the city's report too, of another street's or month's not
    for place, month, shown in (("370283", MONTH, 1), (OTHER, MONTH, 0), (STREET, "2026-09", 0)):
        with city.database.read() as session:
            found = highlights_shown(session, city.tree[place].path, month, month)
        assert len(found) == shown
    end = city.browser(1).get("/desk/highlights/", status=200).click("Take it off", status=200)
    end.form(button="Take it off").fill(why="数字有误").send(status=200)
    assert WORDS not in Browser(city.app).get(report, status=200).text
    with city.database.read() as session:
        assert session.scalars(select(PilotHighlight.words)).one() == WORDS


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"place": "NOWHERE"}, HighlightRefusal.NO_PLACE, "place"),
        ({"unit": "ELSEWHERE"}, HighlightRefusal.NO_UNIT, "unit"),
        # an office above serves the street too, and says what it says itself
        ({"unit": "ABOVE"}, HighlightRefusal.NO_UNIT, "unit"),
        ({"month": "2026-12"}, HighlightRefusal.NO_MONTH, "month"),
        ({"month": "October"}, HighlightRefusal.NO_MONTH, "month"),
        ({"words": "王老师带头清扫，电话13800138000"}, HighlightRefusal.LEADS_TO_SOMEBODY, "words"),
    ],
)
def test_r003_what_cannot_stand_is_told_beside_its_field(
    city: City, changes: dict[str, str], code: HighlightRefusal, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        city.write(**changes)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_r003_of_two_at_once_one_approves_and_what_was_taken_off_is_never_shown(
    city: City,
) -> None:
    def act(what: Any, *given: Any) -> str:
        try:
            with city.database.write() as session:
                what(session, editor(), *given, now=NOW)
        except (Conflict, Missing):
            return "late"
        return "done"

    number = city.write()
    found = at_once(*[lambda: act(approve_highlight, number)] * 2)
    assert sorted(found) == ["done", "late"]
    other = city.write()
    at_once(lambda: act(approve_highlight, other), lambda: act(end_highlight, other, "误写"))
    with city.database.read() as session:
        shown = highlights_shown(session, city.tree[STREET].path, MONTH, MONTH)
    assert [one.number for one in shown] == [number]


def test_none_is_lost_behind_the_fiftieth(city: City) -> None:
    for at in range(PAGE + 2):
        city.write(words=f"第{at}次清扫")
    desk = city.browser(0)
    first = desk.get("/desk/highlights/", status=200)
    assert len(first.soup.select("main li.card")) == PAGE
    last = first.click("Show more", status=200)
    assert len(last.soup.select("main li.card")) == 2
    assert "第0次清扫" in last.text
    assert desk.get("/desk/highlights/?page=０", status=200)

"""Pages of off-peak parking: written, signed, checked, found by time; as a table; whom it names."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event as sql_event
from sqlalchemy.orm import Session

from pledges.rules.parking import ParkingStep
from pledges.service.parking import change_offer, take_step
from portal.accounts.models import Person
from portal.kernel.db import Database
from tests.make import pledges as make
from tests.make.accounts import person, sign_in_as
from tests.make.alliance_pages import parking_things
from tests.make.parking import STREET, Unit, unit, wish
from tests.make.pledges import PHONE
from tests.make.signing import SEND, SIGN, newest_code, ticked
from tests.pages import Browser

PAGES = ("/pledges/parking/", "/me/parking/", "/desk/pledges/parking/")


@pytest.fixture
def made(app: Flask, database: Database) -> Unit:
    return unit(database)


def browser_of(app: Flask, who: Person | None) -> Browser:
    browser = Browser(app)
    if who is not None:
        sign_in_as(browser, who)
    return browser.in_language("en")


def sunday() -> str:
    """A Sunday to come, on which the unit is open all day."""
    today = datetime.now(UTC).date()
    return (today + timedelta(days=6 - today.weekday() + 7)).isoformat()


def test_a_unit_writes_and_signs_and_the_street_shows_it(app: Flask, made: Unit) -> None:
    unit_side = browser_of(app, made.owner)
    form = unit_side.get("/me/parking/", status=200).click("东阁办事中心", status=200).form()
    typed = {
        "spaces": "30", "open_to": "residents", "fee": "free", "day_0": "18:00-08:00",
        "day_6": "whenever", "phone": "0691-2120000",
    }  # fmt: skip
    wrong = form.fill(**typed).send("Save", status=422)
    assert "Write times like 18:00-08:00" in wrong.text
    page = wrong.form().fill(day_6="00:00-24:00").send("Save", status=200)
    assert "written, not signed yet" in page.text
    letter = page.click("Sign the letter", status=200).form()
    told = letter.fill(name="王秀英").send(SEND, status=422)
    assert "each is agreed to by itself" in told.text
    sent = ticked(told).send(SEND, status=200)
    # without the code that went to the phone of the register nothing is signed
    wrong = sent.form().fill(code="000000").send(SIGN, status=422)
    last = wrong.form().fill(code=newest_code(made.database))
    assert "the street checks it" in last.send(SIGN, status=200).text
    # a second click has the answer of the first
    assert "the street checks it" in last.send(SIGN, status=200).text
    desk = browser_of(app, made.desk).get("/desk/pledges/parking/", status=200)
    shown = desk.click("东阁办事中心", status=200).click("It is right: show it", status=200)
    assert "offered" in shown.form().send("It is right: show it", status=200).text
    public = browser_of(app, None).get("/pledges/parking/", status=200)
    assert "0691" in public.click("东阁办事中心", status=200).text


def test_an_offer_that_changed_meanwhile_is_read_again_before_it_is_signed_or_shown(
    app: Flask, made: Unit
) -> None:
    number = made.written()
    page = browser_of(app, made.owner).get(f"/me/parking/{number}/sign", status=200)
    sent = ticked(page).send(SEND, status=200)
    code = newest_code(made.database)
    seen = made.version(number)
    made.do(change_offer, made.owner, number, wish(spaces=45), seen=seen)
    told = sent.form().fill(code=code).send(SIGN, status=409)
    assert "Meanwhile somebody changed this" in told.text
    assert "45" in told.text
    told.form().fill(code=code).send(SIGN, status=200)
    url = f"/desk/pledges/parking/{number}/admit"
    desk = browser_of(app, made.desk).get(url, status=200)
    made.do(change_offer, made.owner, number, wish(spaces=45, entrance="西门"),
            seen=made.version(number))  # fmt: skip
    again = desk.form().send("It is right: show it", status=409)
    assert "西门" in again.text
    assert "offered" in again.form().send("It is right: show it", status=200).text


def test_one_finds_it_by_time(app: Flask, made: Unit) -> None:
    made.offered()
    browser = browser_of(app, None)
    where = f"/pledges/parking/?when=at&day={sunday()}&time="
    assert "东阁办事中心" in browser.get(where + "12:00", status=200).text
    # a Tuesday at noon it is closed, at night it is open
    tuesday = (date.fromisoformat(sunday()) + timedelta(days=2)).isoformat()
    for time, is_so in (("12:00", False), ("23:00", True)):
        page = browser.get(f"/pledges/parking/?when=at&day={tuesday}&time={time}", status=200)
        assert ("东阁办事中心" in page.text) is is_so
    page = browser.get("/pledges/parking/?when=at&time=noon", status=200)
    assert "The time could not be read." in page.text


def test_the_table_says_what_the_list_says(app: Flask, made: Unit) -> None:
    made.offered()
    answer = browser_of(app, None).client.get("/pledges/parking/offers.csv")
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    assert len(rows) == 2
    assert "东阁办事中心" in rows[1]
    assert "18:00-08:00" in rows[1]
    assert "王秀英" not in answer.get_data(as_text=True)


def test_L6_no_person_and_no_phone_of_the_register_is_on_a_page(app: Flask, made: Unit) -> None:
    number = made.offered()
    for who in (None, made.owner, made.desk):
        browser = browser_of(app, who)
        for page in ("/pledges/parking/", f"/pledges/parking/{number}"):
            html = browser.get(page, status=200).html
            for secret in ("王秀英", PHONE, PHONE[3:]):
                assert secret not in html


def test_what_pauses_is_not_there_for_the_public(app: Flask, made: Unit) -> None:
    number = made.offered()
    made.do(take_step, made.owner, number, ParkingStep.PAUSE, "地面翻修", desk=False)
    browser_of(app, None).get(f"/pledges/parking/{number}", status=404)
    assert "地面翻修" in browser_of(app, made.owner).get(f"/me/parking/{number}", status=200).text


@pytest.mark.parametrize("page", PAGES)
def test_a_list_asks_as_often_for_many_as_for_few(app: Flask, made: Unit, page: str) -> None:
    made.offered()
    browser = browser_of(app, made.desk if page.startswith("/desk") else made.owner)

    def asked() -> int:
        found: list[str] = []

        def note(_c: Any, _k: Any, statement: str, *_rest: Any) -> None:
            found.append(statement)

        sql_event.listen(made.database.reader, "before_cursor_execute", note)
        try:
            assert browser.client.get(page).status_code == 200
        finally:
            sql_event.remove(made.database.reader, "before_cursor_execute", note)
        return len(found)

    browser.get(page, status=200)
    few = asked()
    with made.database.write() as session:
        more(session, made)
    assert asked() == few


def more(session: Session, made: Unit) -> None:
    parking_things(session, made.owner, made.tree[STREET], "more")
    other = person(session)
    make.operator(session, make.premises(session, made.tree[STREET], "99号"), person_id=other.id)

"""The pages of the exposure column: written at the desk, covered without a script, on a wall."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.areas.models import Area
from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.kernel.instance import instance_of
from portal.publicity.models import Exposure
from portal.publicity.rules.exposure import CASE_DAYS, Step
from tests.make.accounts import sign_in_as, staff
from tests.make.exposures import STREET, Column, column
from tests.make.photos import jpeg
from tests.pages import Browser
from tests.reports.test_queries_per_page import counted

# nothing here differs between the engines
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def there(app: Flask, database: Database) -> Column:
    return column(database, now() - timedelta(days=CASE_DAYS + 2))


@pytest.fixture
def desk(app: Flask, there: Column) -> Browser:
    with there.database.write() as session:
        somebody = staff(session, "street_desk", area=there.area)
    browser = Browser(app).in_language("en")
    sign_in_as(browser, somebody)
    return browser


def test_r261_r297_an_item_is_written_covered_approved_and_stands_on_the_wall(
    desk: Browser, there: Column, browser: Browser
) -> None:
    form = desk.get("/desk/exposure/new", status=200).form(button="Save")
    form.fill(basis="breach", basis_number=there.breach, act="占道堆放货物", located="东阁路")
    page = form.attach("photo", jpeg()).send()
    assert page.h1 == "占道堆放货物"
    number = page.path.rpartition("/")[2]
    early = desk.get(f"{page.path}/step/send").form(button="Send it for approval").send()
    assert "Please cover faces" in early.text
    cover = desk.get(f"{page.path}/cover", status=200).form(button="Cover")
    page = cover.fill(first_column="A", first_row="1", last_column="C", last_row="3").send()
    assert there.row(number).covers == "0,0,250,333"
    desk.get(f"{page.path}/step/send").form(button="Send it for approval").send()
    own = desk.get(f"{page.path}/step/approve").form(button="Approve it").send()
    assert "You wrote this yourself" in own.text
    for who in (there.first, there.second):
        there.step(who, number, Step.APPROVE, now(), looked=True)
    wall = browser.in_language("en").get(f"/screen/{STREET}", status=200)
    assert "占道堆放货物" in wall.text
    assert wall.response.headers["Refresh"] == "60"
    assert not wall.soup.select("a, form, button, input, script")
    assert browser.get("/screen/370283002").soup.select(".wall-item") == []
    assert browser.get("/screen/nowhere").status == 404
    code = there.row(number).code
    picture = browser.get(f"/exposure/photos/{code}", status=200)
    with there.database.read() as session:
        blobs = instance_of(session).blobs
        assert picture.response.data != blobs.open(there.row(number).blob_key or "")
    assert "东阁路" in browser.get("/exposure/").text
    down = desk.get(f"{page.path}/step/take_down").form(button="Take this item down")
    assert "Please give a reason" in down.send().text
    desk.get(f"{page.path}/step/take_down").form(button="Take this item down").fill(
        reason="已整改"
    ).send()  # fmt: skip
    assert browser.get(f"/exposure/photos/{code}").status == 404
    assert browser.get(f"/screen/{STREET}").soup.select(".wall-item") == []


def test_P5_a_photo_is_looked_at_by_each_whether_or_not_something_covers_it(
    app: Flask, desk: Browser, there: Column, browser: Browser
) -> None:
    form = desk.get("/desk/exposure/new", status=200).form(button="Save")
    form.fill(basis="breach", basis_number=there.breach, act="占道堆放货物", located="东阁路")
    address = form.attach("photo", jpeg()).send().path
    number = address.rpartition("/")[2]
    cover = desk.get(f"{address}/cover", status=200).form(button="Cover")
    assert "Draw at least one rectangle" in cover.send().text
    page = cover.fill(nothing="y").send()
    assert "there is nothing to cover on it" in page.text
    assert there.row(number).bare
    desk.get(f"{address}/step/send").form(button="Send it for approval").send()
    assert "looked" not in desk.get(f"{address}/step/send_back", status=200).html
    for _ in range(2):
        _approved(app, there, address)
    assert browser.get(f"/exposure/photos/{there.row(number).code}", status=200)
    assert browser.in_language("en").get(f"/screen/{STREET}").soup.select(".wall-item")


def _approved(app: Flask, there: Column, address: str) -> None:
    """Approved by somebody else of the street, who is asked whether she has looked."""
    with there.database.write() as session:
        other = staff(session, "street_desk", area=there.area)
    approver = Browser(app).in_language("en")
    sign_in_as(approver, other)
    approve = approver.get(f"{address}/step/approve", status=200).form(button="Approve it")
    assert "Please look at the whole photo" in approve.send().text
    assert approve.fill(looked="y").send().notices == ["Saved."]


def test_P5_an_item_without_a_photo_asks_for_no_tick(there: Column, desk: Browser) -> None:
    number = there.waiting(now())
    page = desk.get(f"/desk/exposure/{number}/step/approve", status=200)
    assert "looked" not in page.html
    assert page.form(button="Approve it").send().notices == ["Saved."]


def test_P5_a_wall_of_a_grid_would_tell_the_door(there: Column, browser: Browser) -> None:
    with there.database.write() as session:
        code = f"{STREET}001G01"
        path = session.scalars(select(Area.path).where(Area.code == code)).one()
    there.shown(now())
    there.change(Exposure, place_path=path)
    assert browser.get(f"/screen/{STREET}").soup.select(".wall-item")
    assert browser.get(f"/screen/{code}").status == 404


def test_nobody_is_led_to_change_what_another_wrote(desk: Browser, there: Column) -> None:
    number = there.write(now())
    page = desk.get(f"/desk/exposure/{number}", status=200)
    assert "Change it" not in page.text
    form = desk.get(f"/desk/exposure/{number}/edit").form(button="Save")
    assert "Only whoever wrote this" in form.send().text


def test_a_second_window_puts_nothing_over_what_it_has_not_shown(
    desk: Browser, there: Column
) -> None:
    form = desk.get("/desk/exposure/new", status=200).form(button="Save")
    form.fill(basis="breach", basis_number=there.breach, act="占道堆放货物", located="东阁路")
    address = form.send().path
    number = address.rpartition("/")[2]
    one, other = (desk.get(f"{address}/edit", status=200).form(button="Save") for _ in range(2))
    one.fill(act="占道经营").send(status=200)
    late = other.fill(located="北关路", days=3).send(status=409)
    assert there.row(number).located == "东阁路"
    assert "Meanwhile this was changed" in late.text
    assert [row.get_text(" ", strip=True) for row in late.soup.select(".summary dd")] == [
        "占道经营", "东阁路", "7", "No", "No photo",
    ]  # fmt: skip
    kept = late.form(button="Save")
    assert (kept.values["located"], kept.values["days"]) == ("北关路", "3")
    kept.send(status=200)
    assert (there.row(number).act, there.row(number).located) == ("占道堆放货物", "北关路")


def test_lists_send_as_many_queries_for_many_items_as_for_one(
    desk: Browser, there: Column, browser: Browser
) -> None:
    def more(count: int) -> None:
        for _ in range(count):
            there.shown(now())

    def few(who: Browser, url: str) -> int:
        with counted(there.database) as sent:
            who.get(url, status=200)
        return len(sent)

    addresses = {"/exposure/": browser, f"/screen/{STREET}": browser, "/desk/exposure/": desk}
    more(1)
    for url, who in addresses.items():
        few(who, url)
    before = [few(who, url) for url, who in addresses.items()]
    more(3)
    assert [few(who, url) for url, who in addresses.items()] == before

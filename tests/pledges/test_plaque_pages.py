"""What a plaque's code opens: the shop's page, an old one's end, a wrong one's reason; the desk."""

import json
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from sqlalchemy import event as sql_event
from sqlalchemy import func, select

from pledges.models import Plaque, PlaqueBinding
from pledges.rules.plaques import PlaqueState
from portal.accounts.models import Person
from portal.kernel.db import Database
from portal.kernel.ids import number_of
from portal.kernel.instance import instance_of
from portal.reports.models import Draft
from tests.make import pledges as make
from tests.make.accounts import person, sign_in_as, staff
from tests.make.areas import small_tree
from tests.make.pictures import picture_of_svg
from tests.make.pledges import CLAUSES, NOW, PHONE
from tests.pages import Browser

STREET = "370283001"
OWNER = "王秀英"
SKIP = "Skip"


@dataclass(frozen=True)
class Town:
    """A shop that pledged behind one plaque, a door without one, a desk, and an owner."""

    pledged: str
    bare: str
    door: str
    desk: Person
    owner: Person


@pytest.fixture
def town(app: Flask, database: Database) -> Town:
    with database.write() as session:
        tree = small_tree(session)
        area = tree[STREET]
        owner = person(session)
        shop = make.premises(session, area)
        runs = make.operator(session, shop, person_id=owner.id)
        make.pledge(session, runs, make.clauses(session, area), place_path=area.path)
        hung, free = make.plaque(session, area), make.plaque(session, area)
        make.hang(session, hung, shop, runs)
        other = make.premises(session, area, "14号", title="西阁面馆")
        desk = staff(session, "street_desk", area=area)
        return Town(hung.code, free.code, other.number, desk, owner)


def passer(app: Flask) -> Browser:
    return Browser(app).in_language("en")


def browser_of(app: Flask, who: Person) -> Browser:
    browser = Browser(app)
    sign_in_as(browser, who)
    return browser.in_language("en")


def test_a_scan_shows_the_shop_its_duty_area_and_what_it_pledged(app: Flask, town: Town) -> None:
    page = Browser(app).get(f"/p/{town.pledged}?lang=zh_Hans", status=200)
    for words in ("东阁早点铺", "胜利路12号", "路沿石", "门前三包"):
        assert words in page.text
    for _code, _axis, said, plain in CLAUSES:
        assert said in page.text
        assert plain in page.text
    # typed by hand it leads to the same
    typed = town.pledged.replace("-", "").lower()
    assert "东阁早点铺" in Browser(app).get(f"/p/{typed}", status=200).text


@pytest.mark.parametrize("who", ["", "owner", "desk"])
def test_no_telephone_and_no_name_of_whoever_runs_the_shop_is_on_its_page(
    app: Flask, town: Town, who: str
) -> None:
    browser = browser_of(app, getattr(town, who)) if who else passer(app)
    html = browser.get(f"/p/{town.pledged}", status=200).html
    for secret in (OWNER, PHONE, PHONE[3:], "0017"):
        assert secret not in html


def test_each_visitor_is_offered_what_she_may_do(app: Flask, town: Town) -> None:
    where = f"/p/{town.pledged}"
    page = passer(app).get(where, status=200)
    assert page.click("Sign in, if you run or inspect this place").path == "/sign-in"
    assert "at the desk" not in page.text
    assert "You speak for this place" in browser_of(app, town.owner).get(where, status=200).text
    desk = browser_of(app, town.desk).get(where, status=200)
    assert desk.click("This plaque at the desk", status=200).path == f"/desk/plaques/{town.pledged}"


def test_a_scan_writes_nothing_and_asks_at_most_three_times(
    app: Flask, database: Database, town: Town
) -> None:
    found: list[str] = []
    written: list[str] = []

    def note(_c: Any, _k: Any, statement: str, *_rest: Any) -> None:
        (found if statement.startswith("SELECT") else written).append(statement)

    passer(app).get(f"/p/{town.pledged}", status=200)
    browser = Browser(app)
    sql_event.listen(database.reader, "before_cursor_execute", note)
    try:
        answer = browser.client.get(f"/p/{town.pledged}")
    finally:
        sql_event.remove(database.reader, "before_cursor_execute", note)
    assert answer.status_code == 200
    assert 2 <= len(found) <= 3, found
    assert not [one for one in written if one.startswith(("INSERT", "UPDATE", "DELETE"))]
    assert browser.client.post(f"/p/{town.pledged}").status_code == 405


def test_where_nobody_has_pledged_the_page_says_so(
    app: Flask, database: Database, town: Town
) -> None:
    page = browser_of(app, town.desk).get("/desk/plaques/bind", status=200)
    page.form().fill(code=town.bare, premises=town.door).send(status=200)
    text = passer(app).get(f"/p/{town.bare}", status=200).text
    assert "No pledge is in force here yet" in text


def test_a_code_that_is_no_longer_valid_explains_and_leads_on(
    app: Flask, database: Database, town: Town
) -> None:
    desk = browser_of(app, town.desk)
    page = desk.get(f"/p/{town.bare}", status=200)
    assert "hangs at no door yet" in page.text
    one = desk.get(f"/desk/plaques/{town.pledged}", status=200)
    replace = one.click("Replace it", status=200)
    refused = replace.form().fill(new="7K3M9-QX2H0", reason="旧牌破损").send(status=422)
    assert "旧牌破损" in refused.html
    refused.form().fill(new=town.bare).send(status=200)
    old = passer(app).get(f"/p/{town.pledged}", status=410)
    assert "东阁早点铺" in old.click("Go on to the newer plaque", status=200).text
    withdraw = desk.get(f"/desk/plaques/{town.bare}", status=200).click(
        "Withdraw this plaque", status=200
    )
    withdraw.form().fill(reason="店铺关门").send(status=200)
    gone = passer(app).get(f"/p/{town.bare}", status=410)
    assert "withdrawn" in gone.text
    assert "店铺关门" not in gone.text
    for code in (town.bare, town.pledged):
        assert Browser(app).client.get(f"/p/{code}/code.png").status_code == 404


def test_a_code_that_never_was_ours_says_why_it_leads_nowhere(app: Flask, town: Town) -> None:
    foreign = passer(app).get(f"/p/{number_of(b'not-ours!')}", status=404)
    assert "never issued here" in foreign.text
    wrong = town.pledged[:-1] + ("A" if town.pledged[-1] != "A" else "B")
    for typed in (wrong, "7K3", "x" * 400):
        page = passer(app).get(f"/p/{typed}", status=404)
        assert "A character is wrong or missing" in page.text
        assert page.soup.select_one("main a[href='/reports/new']")


def answers(database: Database) -> dict[str, Any]:
    """What stands in the one report that is being written."""
    with database.read() as session:
        sealed = session.scalars(select(Draft.sealed_answers)).one()
        found: dict[str, Any] = json.loads(instance_of(session).vault.unseal(sealed))
        return found


def test_a_problem_is_reported_with_the_place_filled_in(
    app: Flask, database: Database, town: Town
) -> None:
    page = passer(app).get(f"/p/{town.pledged}", status=200).click("Report a problem here")
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Draft)) == 0
    # no page asks for the place any more
    what = page.form().send(SKIP, status=200)
    assert what.path == "/reports/new/what"
    given = answers(database)
    assert (given["area_code"], given["place_words"]) == (STREET, "胜利路12号")


@pytest.mark.parametrize("link", ["place=none&where=x", "place=&where=x", "place=%00&point=9,9"])
def test_a_link_with_a_place_that_is_none_fills_nothing_in(
    app: Flask, database: Database, town: Town, link: str
) -> None:
    page = passer(app).get(f"/reports/new?{link}", status=200)
    assert page.form().send(SKIP, status=200).path == "/reports/new/place"
    assert not answers(database).get("area_code")


def test_the_printed_sheets_are_read_again(app: Flask, database: Database, town: Town) -> None:
    desk = browser_of(app, town.desk)
    form = desk.get("/desk/plaques/", status=200).form()
    batch = form.fill(place=STREET, how_many=14).send(status=200)
    sheets = batch.click("Sheets to print (A4)", status=200)
    assert [len(sheet.select("figure")) for sheet in sheets.soup.select(".plaque-sheet")] == [12, 2]
    origin = app.extensions["gongzhi_instance"].config.origin
    faces = sheets.soup.select(".plaque-face")
    for face in faces:
        [code] = zxingcpp.read_barcodes(picture_of_svg(str(face.select_one("svg"))))
        said = face.select_one(".plaque-code")
        assert said is not None
        assert code.text == f"{origin}/p/{said.text}"
        assert code.ec_level == "Q"
    assert len({face.text for face in faces}) == 14
    single = desk.get(f"/desk/plaques/{town.pledged}/print", status=200)
    [code] = zxingcpp.read_barcodes(picture_of_svg(str(single.soup.select_one(".plaque-face svg"))))
    assert (code.text, code.ec_level) == (f"{origin}/p/{town.pledged}", "Q")
    # on the sheet stands no shop: its tenant may go
    assert "东阁早点铺" not in single.soup.select_one(".plaque-single").text


def test_the_picture_on_the_screen_is_read_again(app: Flask, town: Town) -> None:
    page = passer(app).get(f"/p/{town.pledged}", status=200)
    [image] = page.soup.select("img.plaque-picture")
    answer = Browser(app).client.get(str(image["src"]))
    assert answer.mimetype == "image/png"
    [code] = zxingcpp.read_barcodes(Image.open(BytesIO(answer.data)).convert("L"))
    origin = app.extensions["gongzhi_instance"].config.origin
    assert (code.text, code.ec_level) == (f"{origin}/p/{town.pledged}", "Q")


def test_what_is_replaced_is_not_printed_again(app: Flask, database: Database, town: Town) -> None:
    with database.write() as session:
        old = session.get_one(Plaque, town.bare)
        old.state, old.ended_at = PlaqueState.WITHDRAWN, NOW
    desk = browser_of(app, town.desk)
    page = desk.get(f"/desk/plaques/{town.bare}/print", status=200)
    assert not page.soup.select(".plaque-face")


def test_the_desk_binds_takes_off_and_binds_again(
    app: Flask, database: Database, town: Town
) -> None:
    desk = browser_of(app, town.desk)
    form = desk.get(f"/desk/plaques/bind?code={town.bare}", status=200).form()
    refused = form.fill(premises="none").send(status=422)
    assert town.bare in refused.html
    one = refused.form().fill(premises=town.door).send(status=200)
    assert "西阁面馆" in one.text
    again = one.click("Bound by mistake", status=200).form()
    assert again.fill(reason="").send(status=422).errors
    one = again.fill(reason="贴错门").send(status=200)
    assert "it was bound by mistake" in one.text
    with database.read() as session:
        hung = select(func.count()).where(PlaqueBinding.ended_at.is_(None))
        assert session.scalar(hung) == 1

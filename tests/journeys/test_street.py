"""A street of shops from its table to its ratings: what issue 7 calls done, through the pages."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from time_machine import Traveller, travel

from portal.accounts.models import Person
from portal.kernel.db import Database
from tests.make import pledges as make
from tests.make.accounts import person, sign_in_as, staff
from tests.make.areas import small_tree
from tests.make.photos import jpeg
from tests.make.pictures import picture_of_svg
from tests.make.premises import LINE, STREET, csv_of
from tests.make.ratings import ratings_on
from tests.make.signing import SEND, SIGN, newest_code, ticked
from tests.pages import Browser, Page

MONDAY = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)  # 10:00 in the city
OWNER, NEXT = "+8613900000017", "+8613900000018"
SHOPS = ("东阁早点铺", "西阁面馆", "南门药房")
ADDRESS = re.compile(r"https?://[^/]+(/p/[0-9A-Z-]+)")


@dataclass
class Street:
    """Everybody of it, each with a browser, and the clock."""

    app: Flask
    database: Database
    clock: Traveller
    people: dict[str, Person] = field(default_factory=dict)

    def at(self, who: str) -> Browser:
        """Somebody's browser, signed in anew: days pass between two looks."""
        browser = Browser(self.app)
        if who in self.people:
            sign_in_as(browser, self.people[who])
        return browser.in_language("en")

    def later(self, **time: float) -> None:
        self.clock.shift(timedelta(**time))


@pytest.fixture
def street(app: Flask, database: Database) -> Any:
    with travel(MONDAY, tick=False) as clock:
        made = Street(app, database, clock)
        with database.write() as session:
            area = small_tree(session)[STREET]
            make.clauses(session, area)
            ratings_on(session, area)
            made.people = {
                "desk": staff(session, "street_desk", area=area),
                "second": staff(session, "street_desk", area=area),
                "inspector": staff(session, "liaison_officer", area=area),
                "owner": person(session, "王秀英", OWNER),
                "next": person(session, "李四海", NEXT),
                "resident": person(session, "张丽华"),
            }
        yield made


def test_a_street_signs_is_inspected_rated_and_changes_hands(street: Street) -> None:
    """One shop of it, from the table of the street to the next tenant's signature."""
    numbers = _takes_the_street_over(street)
    codes = _prints_plaques(street)
    for code, shop in zip(codes, SHOPS, strict=True):
        _hangs(street, code, numbers[shop])
    where = _scans(street, codes[0])
    _signs(street, where, "王秀英")

    number = numbers[SHOPS[0]]
    breach = _finds_rubbish_and_reminds(street, number, "门前有两袋垃圾")
    _puts_it_right(street, breach, where)
    _appeals_and_is_right(street, number)
    _is_rated(street, where)
    _changes_hands(street, number, codes[0])


def _takes_the_street_over(street: Street) -> dict[str, str]:
    """The desk's table, at first with a mistake; the number of each shop."""
    lines = [LINE | {"title": title, "door": f"{12 + 2 * at}号"} for at, title in enumerate(SHOPS)]
    wrong = csv_of(*lines[:2], lines[2] | {"door": lines[0]["door"]})
    page = street.at("desk").get("/desk/premises/import", status=200).form(button="Take it over")
    page = page.attach("file", wrong, "street.csv", "text/csv").send()
    assert "The same door as on line 2." in page.text
    form = page.form(button="Take it over")
    page = form.attach("file", csv_of(*lines), "street.csv", "text/csv").send(status=200)
    assert page.path == "/desk/premises/"
    assert page.notices == ["Taken over: 3 places."]
    return {shop: page.click(shop, status=200).path.rsplit("/", 1)[1] for shop in SHOPS}


def _prints_plaques(street: Street) -> list[str]:
    """New codes, each read from the sheet that goes to the printer."""
    form = street.at("desk").get("/desk/plaques/", status=200).form()
    batch = form.fill(place=STREET, how_many=len(SHOPS)).send(status=200)
    sheet = batch.click("Sheets to print (A4)", status=200)
    found = []
    for face in sheet.soup.select(".plaque-face svg"):
        [read] = zxingcpp.read_barcodes(picture_of_svg(str(face)))
        address = ADDRESS.fullmatch(read.text)
        assert address is not None, read.text
        found.append(address[1].removeprefix("/p/"))
    return found


def _hangs(street: Street, code: str, number: str) -> None:
    unbound = street.at("nobody").get(f"/p/{code}", status=200)
    assert "hangs at no door yet" in unbound.text
    form = street.at("desk").get(f"/desk/plaques/bind?code={code}", status=200).form()
    form.fill(premises=number).send(status=200)


def _scans(street: Street, code: str) -> str:
    """Read the picture on the shop's page; the address in it."""
    page = street.at("nobody").get(f"/p/{code}", status=200)
    assert page.h1 == SHOPS[0]
    assert "No pledge is in force here yet" in page.text
    [image] = page.soup.select("img.plaque-picture")
    picture = street.at("nobody").client.get(str(image["src"]))
    [read] = zxingcpp.read_barcodes(Image.open(BytesIO(picture.data)).convert("L"))
    address = ADDRESS.fullmatch(read.text)
    assert address is not None
    return address[1]


def _signs(street: Street, where: str, name: str) -> Page:
    """Whoever has the phone of the register, with the code that it gets."""
    scan = street.at("nobody").get(where, status=200)
    page = scan.click("Read and sign the pledge, if you run this place", status=200)
    page = ticked(page, name=name).send(SEND, status=200)
    receipt = page.form().fill(code=newest_code(street.database)).send(SIGN, status=200)
    assert "genuine and in force" in receipt.text
    assert name not in receipt.html
    assert "In force since" in street.at("nobody").get(where, status=200).text
    street.later(days=1)
    return receipt


def _inspects(street: Street, number: str, broken: str) -> str:
    """An inspector's look with one clause not kept; the address of what was found."""
    page = street.at("inspector").get("/desk/pledges/inspections/", status=200)
    form = page.form().fill(premises=number).send(status=200).form(button="Send the inspection")
    findings = form.tag.select("input[name^=finding-]")
    answers = dict.fromkeys((str(one["name"]) for one in findings), "kept")
    assert len(answers) == 4
    for legend in form.tag.select("fieldset"):
        chosen = legend.select_one("input[name^=finding-]")
        if chosen is not None and broken in legend.text:
            answers[str(chosen["name"])] = "not_kept"
    done = form.fill(**answers).attach("before", jpeg()).send(status=200)
    assert "not kept" in done.text
    return done.path


def _finds_rubbish_and_reminds(street: Street, number: str, why: str) -> str:
    """The number of a breach of which the shop is reminded."""
    found = _inspects(street, number, "swept")
    street.later(hours=1)
    remind = street.at("desk").get(found, status=200).click("Remind the shop", status=200)
    breach = remind.form().fill(reason=why).send(status=200)
    assert why in breach.text
    return breach.path.rsplit("/", 1)[1]


def _puts_it_right(street: Street, breach: str, where: str) -> None:
    """The owner with a photo, the inspector's desk with a look, and then everybody sees both."""
    street.later(hours=3)
    mine = street.at("owner").get("/me/breaches", status=200).click("swept", status=200)
    assert "门前有两袋垃圾" in mine.text
    form = mine.click("Say that it is put right", status=200).form()
    form.fill(words="已清扫").attach("photos", jpeg(200, 150)).send(status=200)
    street.later(hours=2)
    seen = street.at("desk").get(f"/desk/pledges/breaches/{breach}", status=200)
    assert "已清扫" in seen.text
    done = seen.click("It is put right", status=200).form().fill(reason="已整改").send(status=200)
    assert "Not checked yet" in done.text

    assert not street.at("nobody").get(where, status=200).soup.select("main figure")
    for _ in range(2):
        photo = street.at("desk").get("/desk/pledges/photos/", status=200)
        photo = photo.click(SHOPS[0], status=200)
        photo.form().fill(decision="show").send(status=200)
    page = street.at("nobody").get(where, status=200)
    shown = page.soup.select("main figure img")
    assert len(shown) == 2
    for image in shown:
        assert image["alt"]
        got = street.at("nobody").client.get(str(image["src"]))
        assert (got.status_code, got.mimetype) == (200, "image/jpeg")
    street.later(days=2)


def _appeals_and_is_right(street: Street, number: str) -> None:
    """A second breach that was none: another of the desk says so."""
    breach = _finds_rubbish_and_reminds(street, number, "门口又有纸箱")
    mine = street.at("owner").get(f"/me/breaches/{breach}", status=200)
    form = mine.click("Appeal", status=200).form()
    assert "everything else waits" in form.fill(words="当天店里停业").send(status=200).text
    path = f"/desk/pledges/breaches/{breach}"
    # whoever opened it does not decide
    assert "Decide the appeal" not in street.at("desk").get(path, status=200).text
    street.later(days=1)
    decide = street.at("second").get(path, status=200).click("Decide the appeal", status=200)
    decide.form().fill(outcome="upheld", reason="确属停业").send(status=200)
    told = street.at("owner").get(f"/me/breaches/{breach}", status=200)
    assert "withdrawn" in told.text
    assert "确属停业" in told.text


def _is_rated(street: Street, where: str) -> None:
    """By an account, which counts; by the owner not at all; nobody's answer is on the page."""
    page = street.at("resident").get(where, status=200).click("Rate this frontage", status=200)
    assert "Your answer is kept" in page.form().fill(level="1").send(status=200).text
    own = street.at("owner").get(where, status=200).click("Rate this frontage", status=200)
    assert "You speak for this place" in own.text
    html = street.at("nobody").get(where, status=200).html
    for secret in ("张丽华", "王秀英", OWNER, OWNER[3:]):
        assert secret not in html


def _changes_hands(street: Street, number: str, code: str) -> None:
    """The pledge ends with its owner; the plaque says so until the next one signs behind it."""
    street.later(days=3)
    desk = street.at("desk")
    form = desk.get(f"/desk/premises/{number}/tenant", status=200).form()
    page = form.fill(operator="李四海", phone=NEXT).send(status=200)
    assert "李四海" in page.text
    where = f"/p/{code}"
    empty = street.at("owner").get(where, status=200)
    assert "No pledge is in force here yet" in empty.text
    assert "You speak for this place" not in empty.text
    # what the one before put right is no business of the next
    assert not empty.soup.select("main figure")
    bound = desk.get(f"/desk/plaques/{code}", status=200)
    assert "the tenant changed" in bound.text
    _signs(street, where, "李四海")
    assert "You speak for this place" in street.at("next").get(where, status=200).text
    mine = street.at("owner").get("/me/breaches", status=200)
    assert "swept" in mine.text

"""The pages of signing: read, signed, named, withdrawn, typed from paper, printed."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.models import Person
from portal.conventions.models import SignOn
from portal.conventions.rules.signing import Signer
from portal.kernel.db import Database
from tests.make.accounts import sign_in_as, staff
from tests.make.photos import jpeg
from tests.make.signed import SIGNED_AT, Signing, publish
from tests.pages import Browser
from tests.reports.test_queries_per_page import counted


@pytest.fixture
def town(app: Flask, database: Database) -> Signing:
    return Signing(database)


def signed_in(app: Flask, who: Person) -> Browser:
    browser = Browser(app).in_language("en")
    sign_in_as(browser, who)
    return browser


def test_L5_a_resident_signs_agrees_apart_from_it_and_takes_both_back(
    app: Flask, town: Signing
) -> None:
    town.make_basis()
    her = signed_in(app, town.people[0])
    page = her.get(f"/conventions/{town.number}/sign", status=200)
    assert "0 residents · 0 households · 0 units" in page.text
    assert "Only whoever has signed for herself can agree" in page.text
    page = her.get(f"/conventions/{town.number}/sign/new", status=200)
    form = page.form(button="Sign it")
    page = form.fill(signer="person", named="y").send()
    assert "Please write the name." in page.text
    page = page.form(button="Sign it").fill(name="王秀英").send()
    assert "1 resident · 0 households" in page.text
    assert "王秀英" in page.text
    page = page.form(button="I agree to be held to it").send()
    assert "You agreed" in page.text
    page = page.form(button="End my yes").send()
    assert "You have not agreed" in page.text
    mine = her.get("/me/signatures/", status=200)
    [row] = town.signed_by(0)
    page = her.get(f"/me/signatures/{row.number}", status=200)
    page = page.form(button="Save").fill(named=False).send()
    assert "王秀英" not in page.text
    page = her.get(f"/me/signatures/{row.number}").form(button="Take my signature back").send()
    assert "Taken back" in page.text
    assert mine.text != page.text
    assert Browser(app).in_language("en").get(f"/conventions/{town.number}/sign", status=200)


def test_a_household_that_has_signed_is_told_in_words(app: Flask, town: Signing) -> None:
    town.sign(0, Signer.HOUSEHOLD, door="3-101")
    her = signed_in(app, town.people[1])
    page = her.get(f"/conventions/{town.number}/sign/new")
    page = page.form(button="Sign it").fill(signer="household", door="3-101").send()
    assert "one signature a household counts" in page.text
    assert 'value="3-101"' in str(page.soup)


def test_a_sheet_is_typed_with_its_photo_and_nothing_typed_is_lost(
    app: Flask, town: Signing
) -> None:
    desk = signed_in(app, town.committee_person)
    page = desk.get(f"/desk/conventions/{town.number}/signatures/paper", status=200)
    form = page.form(button="Save").fill(typed="李明,3-102\n张伟,3-102")
    page = form.attach("photos", jpeg()).send()
    assert "this household stands on line 1 already" in page.text
    form = page.form(button="Save")
    assert "李明,3-102\n张伟,3-102" in str(page.soup)
    page = form.fill(typed="李明,3-102\n张伟,3-103").send()
    assert "2 households" in page.text
    with town.database.read() as session:
        number = session.scalars(select(SignOn.number)).first()
    page = desk.get(f"/desk/signatures/{number}", status=200)
    with desk.client.get(f"/desk/signatures/{number}/photo") as photo:
        assert photo.mimetype == "image/jpeg"
    page = page.form(button="Take it back").fill(what="sheet").send()
    assert "0 households" in page.text


def test_who_signs_twice_is_told_beside_the_count(app: Flask, town: Signing) -> None:
    anybody = Browser(app).in_language("en")
    path = f"/conventions/{town.number}/sign"
    town.sheet("李明,3-102")
    assert "counts twice" not in anybody.get(path, status=200).text
    town.sheet("王秀英,3-101", Signer.PERSON)
    town.sign(0, name="王秀英")
    page = anybody.get(path, status=200)
    assert "2 residents" in page.text
    assert "1 resident signed on paper." in page.text
    assert "counts twice" in page.text
    page = anybody.get(f"{path}/sheet?by=person", status=200)
    assert "Whoever has signed on the screen does not sign here again." in page.text


def test_the_prints_need_no_account(app: Flask, town: Signing) -> None:
    anybody = Browser(app).in_language("en")
    for path in ("sign/sheet", "sign/sheet?by=person", "poster"):
        page = anybody.get(f"/conventions/{town.number}/{path}", status=200)
        assert "<svg" in str(page.soup)
    # the newest state of the ledger is older than it: its fingerprint cannot stand in that
    assert "The sealed ledger" not in page.text
    with town.database.write() as session:
        later = publish(session, town.of, 2, published_at=SIGNED_AT - timedelta(days=300))
    page = anybody.get(f"/conventions/{later.number}/poster", status=200)
    assert "The sealed ledger" in page.text
    # of a version that was followed no sheet is printed
    anybody.get(f"/conventions/{town.number}/sign/sheet", status=422)
    page = anybody.get(f"/conventions/{town.number}/sign", status=200)
    assert "Sheet for households to sign on" not in page.text


def test_the_administrator_finds_the_way_to_a_basis(app: Flask, town: Signing) -> None:
    """Whoever keeps the list looks after no conventions: her way goes over the public pages."""
    with town.database.write() as session:
        keeper = staff(session, "administrator", area=session.merge(town.ledger.tree["370283"]))
    her = signed_in(app, keeper)
    page = her.get("/desk/deductions/bases/", status=200)
    page = page.click("Take a convention from where it is signed", status=200)
    page = page.click(town.of.title, status=200).click("Version 1", status=200)
    page = page.click("Sign it, or see how many have", status=200)
    page = page.click("As a basis of deductions", status=200)
    page = page.form(button="Put it on the list").fill(source="社区公告栏").send()
    assert town.of.title in page.text
    resident = signed_in(app, town.people[0]).get(f"/conventions/{town.number}/sign", status=200)
    assert "As a basis of deductions" not in resident.text


def test_a_page_sends_as_many_queries_however_many_signed(
    app: Flask, database: Database, town: Signing
) -> None:
    her = signed_in(app, town.people[0])
    path = f"/conventions/{town.number}/sign"
    with counted(database) as few:
        her.get(path, status=200)
    town.sheet("\n".join(f"人{at},9-{at}" for at in range(20)))
    town.sign(0, name="王秀英", named=True)
    with counted(database) as many:
        her.get(path, status=200)
    assert len(many) == len(few)

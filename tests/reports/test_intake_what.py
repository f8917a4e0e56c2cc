"""What it is, in which words, and who may know what of the reporter."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from portal.areas.models import Area, PermittedPlace
from portal.areas.rules import PermittedKind
from portal.kernel.db import Database
from portal.kernel.outbox import OutboxMessage
from portal.reports.models import Case, CaseReporter, CaseText
from portal.reports.rules.codes import Review
from tests.make.intake import (
    COMMUNITY,
    PHONE,
    at_contact,
    at_details,
    choose_place,
    to_place,
    visitor,
)
from tests.make.photos import jpeg
from tests.pages import Browser


def test_searching_what_it_is_by_everyday_words(reader: Browser) -> None:
    to_place(reader)
    choose_place(reader)
    page = reader.get("/reports/new/what", query_string={"q": "牛皮癣"}, status=200)
    page = page.form(button="Illegal small ads").send("Illegal small ads", status=200)
    assert page.h1 == "Tell us more"

    page = reader.get("/reports/new/what", query_string={"q": "qqqq" * 1000}, status=200)
    assert "nothing for these words" in page.text
    page = page.form(button="I don’t know").send("I don’t know", status=200)
    assert page.h1 == "Tell us more"


@pytest.mark.parametrize(("code", "words"), [("", "Choose what it is"), ("x" * 99, "not in use")])
def test_a_kind_that_cannot_be_is_refused_with_words(
    reader: Browser, code: str, words: str
) -> None:
    to_place(reader)
    form = reader.get("/reports/new/what", status=200).form(button="I don’t know")

    page = reader.post("/reports/new/what", {**form.values, "category": code}, status=422)

    assert words in page.errors[0]


def test_a_hundred_thousand_characters_are_refused_and_kept(reader: Browser) -> None:
    text = "字" * 100_000

    page = at_details(reader).form().fill(words=text, place_words="北门").send(status=422)

    assert page.errors == [
        "This is too long: please write no more than 2000 characters. Nothing is lost."
    ]
    assert page.form().values["words"].strip() == text
    assert page.form().values["place_words"] == "北门"


def test_lone_surrogates_and_control_characters_are_cleaned_away(
    reader: Browser, city: Database
) -> None:
    page = at_details(reader)
    form = page.form()
    form.values["words"] = "灯\ud800坏\x00了".encode("utf-8", "surrogatepass")
    page = form.send(status=200)
    page = page.form().fill(contact="none", publish="keep").send(status=200)
    page.form().send(status=200)

    with city.read() as session:
        stored = session.scalars(select(CaseText.text)).one()
    assert stored.encode()
    assert stored.startswith("灯")
    assert "坏了" in stored
    assert "\x00" not in stored


def test_without_photo_words_are_needed_and_with_one_they_are_not(
    reader: Browser, app: Flask
) -> None:
    page = at_details(reader).form().fill(place_words="北门").send(status=422)
    assert "Write in a few words" in page.errors[0]
    assert page.form().values["place_words"] == "北门"

    with_photo = visitor(app)
    to_place(with_photo, jpeg())
    choose_place(with_photo)
    page = with_photo.get("/reports/new/what").form(button="Rubbish").send("Rubbish", status=200)
    assert page.h1 == "Tell us more"
    assert page.form().send(status=200).h1 == "You and your report"


BAD_CONTACTS: tuple[tuple[dict[str, str], str], ...] = (
    ({"publish": "show"}, "how we may tell you"),
    ({"contact": "none"}, "who may see your words"),
    ({"contact": "account", "publish": "show"}, "how we may tell you"),
    ({"contact": "phone", "phone": "", "consent": "y", "publish": "keep"}, "mobile number"),
    ({"contact": "phone", "phone": "12345", "consent": "y", "publish": "keep"}, "mobile number"),
    ({"contact": "phone", "phone": "9" * 100_000, "consent": "y", "publish": "keep"}, "mobile"),
    ({"contact": "phone", "phone": PHONE, "publish": "keep"}, "Without your consent"),
)


def test_p1_contact_needs_a_choice_a_number_and_a_consent_of_its_own(reader: Browser) -> None:
    form = at_contact(reader).form()
    hidden = {name: form.values[name] for name in ("csrf_token", "idempotency_key", "version")}
    for given, words in BAD_CONTACTS:
        page = reader.post("/reports/new/contact", {**hidden, **given}, status=422)
        assert [error for error in page.errors if words in error], given
        assert page.form().values["phone"] == given.get("phone", "")


def test_a_phone_gets_a_message_and_stands_nowhere_readable(
    reader: Browser, city: Database
) -> None:
    page = at_contact(reader).form()
    page.fill(contact="phone", phone="138 0000 1288", consent=True, publish="show", sealed=True)
    page = page.send("Continue", status=200)
    assert "138 0000 1288" in page.text
    page = page.form().send("Send the report", status=200)

    assert PHONE not in page.html
    with city.read() as session:
        message = session.scalars(
            select(OutboxMessage).where(OutboxMessage.template == "report.receipt")
        ).one()
        reporter = session.scalars(select(CaseReporter)).one()
        case = session.scalars(select(Case)).one()
    assert case.sealed is True
    for stored in (message.sealed_to, message.sealed_facts, reporter.sealed_phone):
        assert stored is not None
        assert PHONE not in stored


def test_a_number_that_is_no_longer_wanted_is_not_kept(reader: Browser, city: Database) -> None:
    page = at_contact(reader).form()
    page.fill(contact="none", phone=PHONE, consent=True, publish="show")

    page.send("Continue", status=200).form().send("Send the report", status=200)

    with city.read() as session:
        assert session.scalars(select(CaseReporter)).one().sealed_phone is None


def test_p5_nobody_is_asked_to_publish_what_is_about_a_shop(
    reader: Browser, city: Database
) -> None:
    page = at_contact(reader, "Shop trading outside its door")
    assert "never your words" in page.text
    assert not page.soup.select("[name=publish]")
    page = page.form().fill(contact="none").send(status=200)
    assert "Never: the matter is about a person or a shop" in page.text
    page.form().send(status=200)

    with city.read() as session:
        assert session.scalars(select(CaseText)).one().review is Review.WITHHELD


def test_lawful_stalls_near_by_are_named_before_one_is_reported(
    reader: Browser, city: Database
) -> None:
    with city.write() as session:
        area = session.scalars(select(Area).where(Area.code == COMMUNITY)).one()
        place = PermittedPlace(
            area_id=area.id, kind=PermittedKind.STALL_ZONE, name_zh_hans="人民路夜市",
            opens=1080, closes=1320, weekdays="567", valid_from=date(2026, 1, 1),
        )  # fmt: skip
        session.add(place)
    to_place(reader)
    choose_place(reader)
    page = reader.get("/reports/new/what", status=200)
    page = page.form(button="Stall in the way").send("Stall in the way", status=200)

    assert "人民路夜市, 18:00–22:00, Fri Sat Sun" in page.text
    page = reader.get("/reports/new/what").form(button="Rubbish").send("Rubbish", status=200)
    assert "人民路夜市" not in reader.get("/reports/new/details").text

"""Printed cards: opened at the desk, shown once, locked after five wrong PINs, stopped."""

import threading
from datetime import UTC, datetime

import pytest
import zxingcpp
from flask import Flask
from sqlalchemy import select

from portal.accounts import service
from portal.accounts.models import Card, LoginSession, Person
from portal.accounts.rules import AgeBand, Refusal
from portal.accounts.service import Browser as WebBrowser
from portal.accounts.service import IssuedCard, NewPerson
from portal.kernel.audit import AuditEntry
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from tests.make.accounts import actor, sign_in_as, staff
from tests.make.areas import small_tree
from tests.make.pictures import picture_of_svg
from tests.pages import Browser, Page

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def printed(page: Page) -> tuple[str, str, str]:
    """(address in the QR, number, PIN) of the page that prints a card."""
    found = zxingcpp.read_barcodes(picture_of_svg(str(page.soup.select_one(".qr svg"))))
    number, pin = (tag.text for tag in page.soup.select(".print-card strong")[1:])
    return found[0].text, number, pin


def a_card(database: Database) -> IssuedCard:
    with database.write() as session:
        tree = small_tree(session)
        desk = staff(session, "community_committee", area=tree["370283001001"])
        new = NewPerson(name="王奶奶")
        return service.open_card(session, actor(session, desk), new, now=NOW)


def enter(database: Database, card: str, pin: str, key: str = "form") -> None:
    with database.write() as session:
        web = WebBrowser(key=key, address="192.0.2.1", form_key=key)
        service.sign_in_with_card(session, card, pin, web, now=NOW)


def wrong(pin: str) -> str:
    return "000000" if pin != "000000" else "111111"


def test_the_desk_prints_a_card_and_its_owner_signs_in_with_it(
    app: Flask, database: Database
) -> None:
    with database.write() as session:
        tree = small_tree(session)
        desk = staff(session, "community_committee", area=tree["370283001001"])
    clerk = Browser(app)
    sign_in_as(clerk, desk)
    page = (
        clerk.get("/desk/cards/new").form().fill(name="王奶奶", age_band="adult").send(status=200)
    )
    address, number, pin = printed(page)
    assert address.startswith("http://127.0.0.1:8000/sign-in/card?card=")
    assert len(pin) == 6
    owner = Browser(app)
    form = owner.get(address.removeprefix("http://127.0.0.1:8000")).form()
    assert form.fill(pin=pin).send(status=200).path == "/me"
    typed = Browser(app)
    form = typed.get("/sign-in/card").form()
    assert form.fill(card=number.lower().replace("-", " "), pin=pin).send().path == "/me"
    # the desk's list knows the card, not the PIN
    listed = clerk.get("/desk/cards")
    assert number in listed.text
    assert pin not in listed.html


def test_a_double_click_prints_one_card_and_shows_the_pin_once(
    app: Flask, database: Database
) -> None:
    with database.write() as session:
        tree = small_tree(session)
        desk = staff(session, "community_committee", area=tree["370283001001"])
    clerk = Browser(app)
    sign_in_as(clerk, desk)
    form = clerk.get("/desk/cards/new").form().fill(name="王奶奶", age_band="unknown")
    first, second = form.send_twice()
    assert first.soup.select(".print-card")
    assert second.path == "/desk/cards"
    with database.read() as session:
        assert len(session.scalars(select(Card)).all()) == 1
        assert len(session.scalars(select(Person)).all()) == 2


def test_an_empty_form_opens_no_account_without_a_name_by_oversight(
    app: Flask, database: Database
) -> None:
    with database.write() as session:
        tree = small_tree(session)
        desk = staff(session, "community_committee", area=tree["370283001001"])
    clerk = Browser(app).in_language("en")
    sign_in_as(clerk, desk)
    page = clerk.get("/desk/cards/new").form().send(status=422)
    assert page.errors == ["Write the name, or tick that there is none."]
    with database.read() as session:
        assert session.scalars(select(Card)).all() == []
    page = page.form(button="Open account and print card").fill(nameless="y").send(status=200)
    assert page.soup.select(".print-card")


def test_five_wrong_pins_lock_the_card_also_for_the_right_one(database: Database) -> None:
    card = a_card(database)
    for _ in range(5):
        with pytest.raises(Refused) as caught:
            enter(database, card.number, wrong(card.pin))
        assert caught.value.code is Refusal.WRONG_PIN
    with pytest.raises(Refused) as caught:
        enter(database, card.token, card.pin)
    assert caught.value.code is Refusal.CARD_LOCKED


def test_a_right_pin_forgives_the_wrong_ones_before(database: Database) -> None:
    card = a_card(database)
    for key in ("one", "two"):
        for _ in range(4):
            with pytest.raises(Refused):
                enter(database, card.number, wrong(card.pin))
        enter(database, card.number, card.pin, key)


def test_racing_guesses_cannot_try_more_than_five_pins(database: Database) -> None:
    card = a_card(database)
    gate, answers = threading.Barrier(8), []

    def guess() -> None:
        gate.wait()
        try:
            enter(database, card.number, wrong(card.pin))
        except Refused as refused:
            answers.append(refused.code)

    threads = [threading.Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == sorted([Refusal.WRONG_PIN] * 5 + [Refusal.CARD_LOCKED] * 3)


def test_an_unknown_card_gets_the_answer_of_a_wrong_pin(database: Database) -> None:
    a_card(database)
    with pytest.raises(Refused) as caught:
        enter(database, "7K3M9-QX2HD", "123456")
    assert caught.value.code is Refusal.WRONG_PIN


def test_a_replaced_card_stops_and_the_new_one_opens_the_same_account(
    app: Flask, database: Database
) -> None:
    old = a_card(database)
    with database.read() as session:
        row = session.scalars(select(Card)).one()
        desk = session.get_one(Person, row.issued_by)
    clerk = Browser(app)
    sign_in_as(clerk, desk)
    page = clerk.get("/desk/cards").form("replace").send(status=200)
    _, number, pin = printed(page)
    with pytest.raises(Refused):
        enter(database, old.number, old.pin)
    enter(database, number, pin)
    with database.read() as session:
        signed = session.scalars(
            select(LoginSession.person_id).where(LoginSession.person_id != desk.id)
        )
        assert signed.all() == [row.person_id]


def test_a_stopped_card_opens_nothing(app: Flask, database: Database) -> None:
    card = a_card(database)
    with database.read() as session:
        desk = session.get_one(Person, session.scalars(select(Card.issued_by)).one())
    clerk = Browser(app)
    sign_in_as(clerk, desk)
    clerk.get("/desk/cards").form("revoke").send(status=200)
    with pytest.raises(Refused):
        enter(database, card.number, card.pin)


def test_neither_pin_nor_token_is_stored(database: Database) -> None:
    card = a_card(database)
    with database.read() as session:
        row = session.scalars(select(Card)).one()
        kept = {row.pin_hash, row.token_hash, row.number}
        assert card.pin not in kept
        assert card.token not in kept


def test_p1_a_child_under_14_gets_an_account_only_when_a_guardian_agrees(
    app: Flask, database: Database
) -> None:
    with database.write() as session:
        tree = small_tree(session)
        desk = staff(session, "community_committee", area=tree["370283001001"])
    clerk = Browser(app)
    sign_in_as(clerk, desk)
    form = clerk.get("/desk/cards/new").form().fill(name="小朋友", age_band="under_14")
    page = form.send(status=422)
    assert len(page.errors) == 1
    page = page.form().fill(guardian=True).send(status=200)
    assert page.soup.select(".print-card")
    with database.read() as session:
        agreed = select(AuditEntry.person_id).where(AuditEntry.action == "guardian:agree")
        child = session.scalars(select(Person).where(Person.age_band == AgeBand.UNDER_14)).one()
        assert session.scalars(agreed).all() == [child.id]

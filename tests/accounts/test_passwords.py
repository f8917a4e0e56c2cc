"""Signing in by password and by link, and the demo accounts of a loopback."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from portal.accounts import service
from portal.accounts.models import LoginSession
from portal.accounts.rules import Refusal
from portal.accounts.service.people import hash_password
from portal.kernel.db import Database
from portal.kernel.instance import instance_of
from tests.make.accounts import person, sign_in_as, staff
from tests.make.areas import small_tree
from tests.make.sign_in import NOW, STORED, TYPED, a_browser, count, refusal
from tests.pages import Browser


@pytest.mark.parametrize("goal", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
def test_a_sign_in_never_leads_to_another_site(
    browser: Browser, database: Database, goal: str
) -> None:
    with database.write() as session:
        person(session, phone=STORED, password="four plain words")
    form = browser.get("/sign-in/password", query_string={"next": goal}).form()
    assert form.fill(phone=TYPED, password="four plain words").send().path == "/me"


def test_wrong_password_and_unknown_phone_get_the_same_answer(
    browser: Browser, database: Database
) -> None:
    with database.write() as session:
        person(session, phone=STORED, password="four plain words")
        person(session, phone="+8613800001298")
    answers = set()
    for phone in (TYPED, "138 0000 1298", "138 0000 1297"):
        form = browser.get("/sign-in/password").form()
        page = form.fill(phone=phone, password="guess").send(status=422)
        answers.add(" ".join(page.errors))
    assert len(answers) == 1
    assert count(database, LoginSession) == 0


def test_five_wrong_passwords_close_the_door_for_a_while(database: Database) -> None:
    with database.write() as session:
        person(session, phone=STORED, password="four plain words")

    def enter(password: str, at: datetime) -> None:
        with database.write() as session:
            service.sign_in_with_password(session, TYPED, password, a_browser(), now=at)

    for _ in range(5):
        assert refusal(lambda: enter("guess", NOW)) is Refusal.WRONG_PASSWORD
    assert refusal(lambda: enter("four plain words", NOW)) is Refusal.TRY_IN_MINUTES
    enter("four plain words", NOW + timedelta(minutes=16))


def test_a_link_signs_in_once_and_opening_it_changes_nothing(
    app: Flask, database: Database
) -> None:
    with database.write() as session:
        somebody = person(session)
        token = service.new_link(session, somebody.id, now=datetime.now(UTC))
    visitor = Browser(app)
    for _ in range(3):
        page = visitor.get(f"/sign-in/link?token={token}", status=200)
    assert count(database, LoginSession) == 0
    assert page.form().send(status=200).path == "/me"
    other = Browser(app)
    other.get(f"/sign-in/link?token={token}").form().send(status=422)
    assert count(database, LoginSession) == 1


def test_a_link_is_over_after_three_days(database: Database) -> None:
    with database.write() as session:
        token = service.new_link(session, person(session).id, now=NOW)

    def follow() -> None:
        with database.write() as session:
            late = NOW + timedelta(hours=73)
            service.sign_in_with_link(session, token, a_browser(), now=late)

    assert refusal(follow) is Refusal.LINK_OVER


def test_a_password_is_set_and_changed_only_with_the_old_one(
    app: Flask, database: Database
) -> None:
    with database.write() as session:
        somebody = person(session, phone=STORED)
    visitor = Browser(app)
    sign_in_as(visitor, somebody)
    visitor.get("/me/password").form().fill(password="short").send(status=422)
    visitor.get("/me/password").form().fill(password="four plain words").send(status=200)
    form = visitor.get("/me/password").form()
    form.fill(current="guess", password="other plain words").send(status=422)
    form = visitor.get("/me/password").form()
    form.fill(current="four plain words", password="other plain words").send(status=200)
    form = Browser(app).get("/sign-in/password").form()
    assert form.fill(phone=TYPED, password="other plain words").send().path == "/me"


def test_demo_accounts_live_on_loopback_only(app: Flask, database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        desk = staff(session, "street_desk", area=tree["370283001"])
        desk.demo = True
        desk.password_hash = hash_password("four plain words")
        phone = instance_of(session).vault.unseal(desk.sealed_phone or "")

    def enter(address: str) -> str:
        visitor = Browser(app)
        visitor.client.environ_base["REMOTE_ADDR"] = address
        page = visitor.get("/sign-in/password").form()
        return page.fill(phone=phone, password="four plain words").send().path

    assert enter("192.0.2.7") == "/sign-in/password"
    assert enter("127.0.0.1") == "/desk/"
    # without an authenticator, her staff permissions hold here
    visitor = Browser(app)
    visitor.client.environ_base["REMOTE_ADDR"] = "127.0.0.1"
    form = visitor.get("/sign-in/password").form()
    form.fill(phone=phone, password="four plain words").send()
    assert visitor.get("/desk/cards").path == "/desk/cards"
    # the same cookie from elsewhere, or through a proxy, is nobody's
    visitor.client.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    assert visitor.get("/me").path == "/sign-in"
    visitor.client.environ_base["REMOTE_ADDR"] = "127.0.0.1"
    visitor.headers["X-Forwarded-For"] = "192.0.2.7"
    assert visitor.get("/me").path == "/sign-in"

"""Sessions: begun, listed, ended, and what a cookie is worth."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from portal.accounts import access
from portal.accounts.models import LoginSession
from portal.accounts.queries import person_by_phone
from portal.kernel.db import Database
from portal.kernel.errors import Busy
from tests.make.accounts import person, sign_in_as
from tests.make.sign_in import NOW, STORED, TYPED, last_code
from tests.pages import Browser


def test_signing_in_changes_the_cookie_and_the_form_token(app: Flask, database: Database) -> None:
    visitor = Browser(app)
    page = visitor.get("/sign-in").form().fill(phone=TYPED).send()
    with visitor.client.session_transaction() as planted:
        planted["_user_id"] = "a token that an attacker planted"
        token = planted["csrf_token"]
    page.form().fill(code=last_code(database)).send(status=200)
    with visitor.client.session_transaction() as cookie:
        assert cookie["_user_id"] != "a token that an attacker planted"
        assert cookie.get("csrf_token") != token


def test_a_browser_that_signs_in_again_ends_its_earlier_session(
    app: Flask, database: Database
) -> None:
    with database.write() as session:
        first = person(session)
    visitor = Browser(app)
    old = sign_in_as(visitor, first)
    visitor.post("/sign-in", {}, status=422)
    form = visitor.get("/sign-in/password").form()
    with database.write() as session:
        second = person(session, phone=STORED, password="four plain words")
    page = form.fill(phone=TYPED, password="four plain words").send(status=200)
    assert second.number in page.text
    with database.read() as session:
        assert session.get_one(LoginSession, old.id).ended_at is not None


def test_signing_out_ends_the_session_and_empties_the_cookie(
    app: Flask, database: Database
) -> None:
    with database.write() as session:
        somebody = person(session)
    visitor = Browser(app)
    row = sign_in_as(visitor, somebody)
    cookie = visitor.cookie("session")
    assert cookie is not None
    visitor.get("/me").form("sign-out").send(status=200)
    assert visitor.get("/me").path == "/sign-in"
    # a copy of the old cookie is worth nothing
    visitor.client.set_cookie("session", cookie)
    assert visitor.get("/me").path == "/sign-in"
    with database.read() as session:
        assert session.get_one(LoginSession, row.id).ended_at is not None


def test_signing_out_is_no_link(browser: Browser) -> None:
    assert browser.client.get("/sign-out").status_code == 405


def test_signed_out_people_are_sent_to_sign_in_and_come_back(
    browser: Browser, database: Database
) -> None:
    page = browser.get("/me/sessions")
    assert page.path == "/sign-in"
    page = page.form().fill(phone=TYPED).send()
    assert page.form().fill(code=last_code(database)).send().path == "/me/sessions"


def test_sessions_are_listed_and_one_can_be_ended(app: Flask, database: Database) -> None:
    with database.write() as session:
        somebody, stranger = person(session), person(session)
    phone, computer, other = Browser(app), Browser(app), Browser(app)
    lost = sign_in_as(phone, somebody)
    sign_in_as(computer, somebody)
    foreign = sign_in_as(other, stranger)
    page = computer.get("/me/sessions")
    assert foreign.number not in page.html
    page.form(f"/me/sessions/{lost.number}/end").send(status=200)
    assert phone.get("/me").path == "/sign-in"
    assert computer.get("/me").path == "/me"
    form = computer.get("/me/sessions").form("/end")
    form.tag["action"] = f"/me/sessions/{foreign.number}/end"
    form.send(status=404)
    assert other.get("/me").path == "/me"


def test_all_other_sessions_can_be_ended_at_once(app: Flask, database: Database) -> None:
    with database.write() as session:
        somebody = person(session)
    browsers = [Browser(app) for _ in range(3)]
    for visitor in browsers:
        sign_in_as(visitor, somebody)
    browsers[0].get("/me/sessions").form("end-others").send(status=200)
    assert [visitor.get("/me").path for visitor in browsers] == ["/me", "/sign-in", "/sign-in"]


def test_reading_leaves_no_trail_and_acting_does(app: Flask, database: Database) -> None:
    start = datetime.now(UTC).replace(microsecond=0)
    with time_machine.travel(start, tick=False) as clock:
        with database.write() as session:
            somebody = person(session)
        visitor = Browser(app)
        row = sign_in_as(visitor, somebody)
        clock.shift(timedelta(hours=1))
        page = visitor.get("/me/details")
        with database.read() as session:
            assert session.get_one(LoginSession, row.id).seen_at == start
        page.form().fill(name="王大明").send(status=200)
        with database.read() as session:
            seen = session.get_one(LoginSession, row.id).seen_at
        assert seen == start + timedelta(hours=1)


def test_a_session_is_over_after_thirty_days(app: Flask, database: Database) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        with database.write() as session:
            somebody = person(session)
        visitor = Browser(app)
        sign_in_as(visitor, somebody)
        clock.shift(timedelta(days=29))
        assert visitor.get("/me").path == "/me"
        clock.shift(timedelta(days=2))
        assert visitor.get("/me").path == "/sign-in"


def test_a_new_number_replaces_the_old_one_when_its_code_is_right(
    app: Flask, database: Database
) -> None:
    with database.write() as session:
        somebody = person(session)
        taken = person(session, phone="+8613800001298")
    visitor = Browser(app)
    sign_in_as(visitor, somebody)
    page = visitor.get("/me/phone").form().fill(phone=TYPED).send()
    page.form().fill(code=last_code(database)).send(status=200)
    with database.read() as session:
        found = person_by_phone(session, STORED)
        assert found is not None
        assert found.id == somebody.id
    page = visitor.get("/me/phone").form().fill(phone="138 0000 1298").send()
    page.form().fill(code=last_code(database)).send(status=422)
    with database.read() as session:
        kept = person_by_phone(session, "+8613800001298")
        assert kept is not None
        assert kept.id == taken.id


def test_a_new_password_ends_the_other_sessions(app: Flask, database: Database) -> None:
    with database.write() as session:
        somebody = person(session)
    mine, stolen = Browser(app), Browser(app)
    sign_in_as(mine, somebody)
    sign_in_as(stolen, somebody)
    mine.get("/me/password").form().fill(password="four plain words").send(status=200)
    assert mine.get("/me").path == "/me"
    assert stolen.get("/me").path == "/sign-in"


def test_a_busy_database_does_not_undo_what_was_answered(
    app: Flask, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object, **__: object) -> None:
        raise Busy

    start = datetime.now(UTC)
    with time_machine.travel(start, tick=False) as clock:
        with database.write() as session:
            somebody = person(session)
        visitor = Browser(app)
        sign_in_as(visitor, somebody)
        clock.shift(timedelta(hours=1))
        monkeypatch.setattr(access, "touch_session", busy)
        page = visitor.get("/me/details").form().fill(name="王大明").send(status=200)
    assert "王大明" in page.text

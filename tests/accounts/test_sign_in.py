"""Signing in by one-time code: what works, what is refused, and what strangers learn."""

import json
import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from portal.accounts import service
from portal.accounts.models import LoginSession, Person, RoleHolding, SignInCode
from portal.accounts.queries import person_by_phone
from portal.accounts.rules import Refusal
from portal.accounts.service import Browser as WebBrowser
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from portal.kernel.instance import instance_of
from portal.kernel.outbox import OutboxMessage
from tests.make.accounts import a_phone, person
from tests.make.sign_in import NOW, STORED, TYPED, a_browser, count, last_code, other_than, refusal
from tests.pages import Browser


def test_a_new_phone_becomes_a_resident_with_the_first_right_code(
    browser: Browser, database: Database
) -> None:
    page = browser.get("/sign-in?next=/me/sessions").form().fill(phone=TYPED).send()
    assert page.path == "/sign-in/code"
    assert "138****1299" in page.text
    assert count(database, Person) == 0
    page = page.form().fill(code=last_code(database)).send(status=200)
    assert page.path == "/me/sessions"
    with database.read() as session:
        row = person_by_phone(session, STORED)
        assert row is not None
        held = session.scalars(select(RoleHolding.role).where(RoleHolding.person_id == row.id))
        assert held.all() == ["resident"]
        assert session.get_one(Person, row.id).phone_verified_at is not None


def test_a_known_phone_signs_in_to_its_own_account(browser: Browser, database: Database) -> None:
    with database.write() as session:
        person(session, "王小明", STORED)
    page = browser.get("/sign-in").form().fill(phone=TYPED).send()
    page = page.form().fill(code=last_code(database)).send(status=200)
    assert page.path == "/me"
    assert "王小明" in page.text
    assert count(database, Person) == 1


def test_the_answer_is_the_same_for_a_known_and_an_unknown_phone(
    app: Flask, database: Database
) -> None:
    with database.write() as session:
        person(session, "王小明", STORED)
    answers = []
    for phone in (TYPED, "138 0000 1298"):
        visitor = Browser(app)
        page = visitor.get("/sign-in").form().fill(phone=phone).send(status=200)
        answers.append(page.text.replace("1298", "1299"))
        with database.write() as session:
            session.query(SignInCode).delete()
            service.expire_personal_data(session, now=datetime.now(UTC) + timedelta(days=2))
    assert answers[0] == answers[1]
    assert count(database, OutboxMessage) == 2


@pytest.mark.parametrize("typed", ["", "12345", "0532 8838 0000", "not a number", "138", "9" * 300])
def test_what_is_no_mobile_number_is_refused_with_words(browser: Browser, typed: str) -> None:
    page = browser.get("/sign-in").form().fill(phone=typed).send(status=422)
    assert len(page.errors) == 1
    assert page.form().values["phone"] == typed


def test_a_wrong_code_is_counted_and_five_end_it(browser: Browser, database: Database) -> None:
    page = browser.get("/sign-in").form().fill(phone=TYPED).send()
    code = last_code(database)
    for _ in range(5):
        page = page.form().fill(code=other_than(code)).send(status=422)
        assert len(page.errors) == 1
    page = page.form().fill(code=code).send(status=422)
    assert count(database, LoginSession) == 0
    with database.read() as session:
        assert session.scalars(select(SignInCode.tries)).one() == 5


def test_a_wrong_code_leaves_the_same_form_usable(browser: Browser, database: Database) -> None:
    page = browser.get("/sign-in").form().fill(phone=TYPED).send()
    code = last_code(database)
    form = page.form()
    form.fill(code=other_than(code)).send(status=422)
    form.fill(code=code).send(status=200)
    assert count(database, LoginSession) == 1


def test_a_code_is_over_after_ten_minutes(browser: Browser, database: Database) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        page = browser.get("/sign-in").form().fill(phone=TYPED).send()
        clock.shift(timedelta(minutes=10, seconds=1))
        page.form().fill(code=last_code(database)).send(status=422)
    assert count(database, LoginSession) == 0


def test_a_code_works_only_in_the_browser_that_asked(app: Flask, database: Database) -> None:
    Browser(app).get("/sign-in").form().fill(phone=TYPED).send()
    thief = Browser(app)
    page = thief.get("/sign-in").form().fill(phone="138 0000 1297").send()
    with database.read() as session:
        rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
        vault = instance_of(session).vault
        victims = json.loads(vault.unseal(rows[0].sealed_facts or ""))["code"]
    page.form().fill(code=victims).send(status=422)
    assert count(database, LoginSession) == 0


def test_full_width_digits_and_spaces_are_understood(browser: Browser, database: Database) -> None:
    page = browser.get("/sign-in").form().fill(phone="１３８ ００００ １２９９").send()
    code = last_code(database)
    wide = " ".join(chr(ord("０") + int(digit)) for digit in code)
    page.form().fill(code=wide).send(status=200)
    assert count(database, LoginSession) == 1


def test_a_double_click_signs_in_once_and_both_answers_carry_the_session(
    app: Flask, database: Database
) -> None:
    visitor = Browser(app)
    page = visitor.get("/sign-in").form().fill(phone=TYPED).send()
    form = page.form().fill(code=last_code(database))
    before = visitor.cookie("session")
    assert before is not None
    first = form.send()
    # the second click left with the cookie from before, as browsers do
    visitor.client.set_cookie("session", before)
    second = form.send()
    assert first.path == second.path == "/me"
    assert count(database, LoginSession) == 1
    assert visitor.get("/me").status == 200


def test_a_code_signs_in_once_even_when_two_requests_race(database: Database) -> None:
    with database.write() as session:
        service.send_code(session, TYPED, a_browser(), now=NOW)
    code = last_code(database)
    gate, won = threading.Barrier(2), []

    def run(form_key: str) -> None:
        gate.wait()
        try:
            with database.write() as session:
                service.sign_in_with_code(session, code, a_browser(form_key=form_key), now=NOW)
            won.append(form_key)
        except Refused:
            pass

    threads = [threading.Thread(target=run, args=(key,)) for key in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert count(database, LoginSession) == 1


def test_two_first_sign_ins_of_one_phone_make_one_person(database: Database) -> None:
    for key, minutes in (("a", 0), ("b", 2)):
        with database.write() as session:
            moment = NOW + timedelta(minutes=minutes)
            service.send_code(session, TYPED, a_browser(key=key), now=moment)
    codes = {}
    with database.read() as session:
        vault = instance_of(session).vault
        rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.created_at)).all()
        for key, row in zip(("a", "b"), rows, strict=True):
            codes[key] = json.loads(vault.unseal(row.sealed_facts or ""))["code"]
    gate, faults = threading.Barrier(2), []

    def run(key: str) -> None:
        gate.wait()
        try:
            with database.write() as session:
                web = a_browser(key=key, form_key=key)
                service.sign_in_with_code(session, codes[key], web, now=NOW + timedelta(minutes=3))
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(key,)) for key in codes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert count(database, Person) == 1
    assert count(database, LoginSession) == 2


def test_a_phone_gets_one_code_a_minute_and_is_told_when_to_come_back(database: Database) -> None:
    with database.write() as session:
        service.send_code(session, TYPED, a_browser(), now=NOW)
    with pytest.raises(Refused) as caught, database.write() as session:
        service.send_code(session, TYPED, a_browser(), now=NOW + timedelta(seconds=10))
    assert caught.value.code is Refusal.TRY_IN_MINUTES
    assert caught.value.facts == {"minutes": 1}
    with database.write() as session:
        service.send_code(session, TYPED, a_browser(), now=NOW + timedelta(seconds=61))


def test_a_phone_gets_ten_codes_a_day_whatever_the_address(database: Database) -> None:
    sent, moment = 0, NOW
    for number in range(40):
        try:
            with database.write() as session:
                web = WebBrowser(key=str(number), address=f"192.0.2.{number}", form_key="x")
                service.send_code(session, TYPED, web, now=moment)
            sent += 1
        except Refused as refused:
            last = refused
        moment += timedelta(minutes=20)
    assert sent == 10
    assert last.code is Refusal.TRY_IN_HOURS
    assert 1 < last.facts["hours"] <= 24


def test_one_address_cannot_flood_many_phones(database: Database) -> None:
    def send(number: int) -> None:
        with database.write() as session:
            service.send_code(session, f"138000{number:05d}", a_browser(), now=NOW)

    for number in range(1200, 1230):
        send(number)
    assert refusal(lambda: send(1230)) is Refusal.TRY_IN_MINUTES


def test_a_breaker_stops_all_codes_of_the_city(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(database.info["instance"].city.thresholds, "codes_per_hour", 3)

    def send(number: int) -> None:
        with database.write() as session:
            web = WebBrowser(key="k", address=f"192.0.2.{number}", form_key="x")
            service.send_code(session, f"13800001{number:03d}", web, now=NOW)

    for number in range(200, 203):
        send(number)
    assert refusal(lambda: send(203)) is Refusal.TRY_IN_MINUTES


def test_a_sign_in_form_without_its_token_does_nothing(
    browser: Browser, database: Database
) -> None:
    form = browser.get("/sign-in").form().fill(phone=TYPED)
    form.values.setlist("csrf_token", ["forged"])
    form.send(status=422)
    assert count(database, SignInCode) == 0


def test_a_form_from_another_site_is_turned_away(app: Flask, database: Database) -> None:
    client = app.test_client()
    answer = client.post(
        "/sign-in", data={"phone": TYPED}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403
    assert count(database, SignInCode) == 0


def test_a_code_message_says_the_code_and_how_long_it_works(app: Flask, database: Database) -> None:
    phone = a_phone()
    Browser(app).get("/sign-in").form().fill(phone=phone).send()
    with database.read() as session:
        row = session.scalars(select(OutboxMessage)).one()
        vault = instance_of(session).vault
        assert vault.unseal(row.sealed_to or "") == phone
        assert row.template == "accounts.code"
        assert phone not in (row.sealed_to or "")
        code = session.scalars(select(SignInCode)).one()
        assert last_code(database) not in (code.code_hash, code.sealed_phone)

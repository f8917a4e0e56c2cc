"""The page to sign on, without JavaScript: what it keeps and refuses, and what it never shows."""

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from pledges.models import DutyNotice, Plaque, Pledge, Premises, PremisesOperator
from pledges.rules.plaques import PlaqueState
from pledges.rules.signing import PledgeState
from portal.kernel.db import Database
from portal.kernel.outbox import OutboxMessage
from tests.make.pledges import NOW, PHONE
from tests.make.sign_in import other_than
from tests.make.signing import (
    NAME,
    SEND,
    SIGN,
    Door,
    a_door,
    how_many,
    newest_code,
    signed_page,
    ticked,
)
from tests.pages import Browser, Page

SECRETS = (NAME, PHONE, PHONE[3:], "0017")


@pytest.fixture
def door(app: Flask, database: Database) -> Door:
    return a_door(database)


def opened(app: Flask, door: Door) -> Page:
    return Browser(app).in_language("en").get(door.address, status=200)


def test_an_owner_reads_signs_with_one_code_and_has_a_receipt_that_holds(
    app: Flask, door: Door
) -> None:
    scan = Browser(app).in_language("en").get(f"/p/{door.code}", status=200)
    page = scan.click("Read and sign the pledge, if you run this place", status=200)
    assert "路沿石" in page.text
    assert how_many(door.database, DutyNotice) == 0
    receipt = signed_page(app, door)
    assert receipt.path == "/pledges/check"
    assert "genuine and in force" in receipt.text
    [row] = door.pledges()
    assert row.digest in receipt.html
    again = Browser(app).in_language("en").get(f"/p/{door.code}", status=200)
    assert "In force since" in again.text
    assert "Read and sign" not in again.text
    over = Browser(app).in_language("en").get(door.address, status=409)
    assert "signed already" in over.text
    for shown in (page, receipt, again, over):
        for secret in SECRETS:
            assert secret not in shown.html


def test_opening_any_page_of_signing_signs_nothing(app: Flask, door: Door) -> None:
    browser = Browser(app)
    everything = {f"tick-{key.hex}": "y" for key in door.clauses.values()}
    query = everything | {"received": "y", "name": "X", "code": "123456", "send": "1"}
    browser.client.get(door.address, query_string=query)
    browser.client.head(door.address, query_string=query)
    assert how_many(door.database, Pledge) == how_many(door.database, OutboxMessage) == 0


def test_what_was_ticked_and_typed_survives_a_missing_tick_and_a_wrong_code(
    app: Flask, door: Door
) -> None:
    missed = f"tick-{door.clauses['trees'].hex}"
    refused = ticked(opened(app, door), but=missed).send(SEND, status=422)
    assert how_many(door.database, OutboxMessage) == 0
    assert len(refused.soup.select("input[name^=tick-][checked]")) == 3
    assert "Please tick this clause" in refused.text
    sent = refused.form().fill(**{missed: "y"}).send(SEND, status=200)
    wrong = sent.form().fill(code=other_than(newest_code(door.database))).send(SIGN, status=422)
    assert len(wrong.soup.select("input[name^=tick-][checked]")) == 4
    assert wrong.soup.select_one("input[name=received][checked]")
    name = wrong.soup.select_one("input[name=name]")
    assert name is not None
    assert name["value"] == NAME
    done = wrong.form().fill(code=newest_code(door.database)).send(SIGN, status=200)
    assert "in force" in done.text


def test_a_double_click_makes_one_pledge_and_one_message(app: Flask, door: Door) -> None:
    form = ticked(opened(app, door))
    sent = form.send(SEND, status=200)
    form.send(SEND, status=200)
    assert how_many(door.database, OutboxMessage) == 1
    last = sent.form().fill(code=newest_code(door.database))
    first, second = last.send(SIGN, status=200), last.send(SIGN, status=200)
    assert first.url == second.url
    assert how_many(door.database, Pledge) == 1


def test_a_text_that_was_published_meanwhile_is_shown_with_what_changed(
    app: Flask, door: Door
) -> None:
    sent = ticked(opened(app, door)).send(SEND, status=200)
    door.new_version(swept="门前清扫干净，雪天及时除雪")
    stale = sent.form().fill(code=newest_code(door.database)).send(SIGN, status=409)
    assert "Meanwhile a new text counts here" in stale.text
    assert "雪天及时除雪" in stale.soup.select_one("ins").text
    # the clause with other words must be read and ticked again, the others are
    assert len(stale.soup.select("input[name^=tick-][checked]")) == 3
    assert not door.pledges()
    again = ticked(stale).send("Send a new code", status=422)
    assert "minute" in again.text
    done = again.form().fill(code=newest_code(door.database)).send(SIGN, status=200)
    assert "version 2" in done.text


def test_a_duty_area_or_an_operator_that_changed_meanwhile_is_read_again(
    app: Flask, door: Door
) -> None:
    sent = ticked(opened(app, door)).send(SEND, status=200)
    with door.database.write() as session:
        session.execute(update(Premises).values(duty_words="只到台阶", duty_version=2))
    stale = sent.form().fill(code=newest_code(door.database)).send(SIGN, status=409)
    assert "只到台阶" in stale.text
    assert not stale.soup.select_one("input[name=received][checked]")
    assert len(stale.soup.select("input[name^=tick-][checked]")) == 4
    with door.database.write() as session:
        session.execute(update(PremisesOperator).values(number="another"))
    other = stale.form().send("Send a new code", status=409)
    assert "somebody else runs this place" in other.text
    assert not other.soup.select("input[checked]")
    assert not door.pledges()


@pytest.mark.parametrize("state", [PlaqueState.WITHDRAWN, PlaqueState.REPLACED])
def test_an_old_plaque_signs_nothing_and_says_what_became_of_it(
    app: Flask, door: Door, state: PlaqueState
) -> None:
    form = ticked(opened(app, door))
    with door.database.write() as session:
        row = session.get_one(Plaque, door.code)
        other = Plaque(batch_id=row.batch_id, district=row.district, issued_at=NOW)
        session.add(other)
        session.flush()
        row.replaced_by = other.code if state is PlaqueState.REPLACED else None
        row.state, row.ended_at = state, NOW
    assert "no longer valid" in form.send(SEND, status=410).text
    assert how_many(door.database, OutboxMessage) == 0


def test_every_changed_character_of_a_plaque_signs_nothing(app: Flask, door: Door) -> None:
    client = Browser(app).client
    for at, old in enumerate(door.code):
        if old == "-":
            continue
        for new in ("0", "A", "Z"):
            if new != old:
                answer = client.get(f"/p/{door.code[:at]}{new}{door.code[at + 1 :]}/sign")
                assert answer.status_code in {303, 308}


def test_every_changed_bit_of_a_signed_link_is_refused(app: Flask, door: Door) -> None:
    signed = door.sign()
    client = Browser(app).client
    good = {"number": signed.number, "hash": signed.digest}
    assert client.get("/pledges/check", query_string=good).status_code == 200
    for name, value in good.items():
        for at, char in enumerate(value):
            if char == "-":
                continue
            bit = 1 << at % 7
            other = chr(ord(char) ^ bit)
            # the number may be typed in small letters, too
            if other.casefold() == char.casefold() or not other.isprintable():
                continue
            wrong = good | {name: value[:at] + other + value[at + 1 :]}
            answer = client.get("/pledges/check", query_string=wrong)
            assert answer.status_code == 404, wrong


def test_L6_a_letter_tells_strangers_the_shop_the_version_and_whether_it_holds(
    app: Flask, door: Door
) -> None:
    signed = door.sign()
    where = f"/pledges/check?number={signed.number}&hash={signed.digest}"
    page = Browser(app).in_language("en").get(where, status=200)
    for words in ("东阁早点铺", "version 1", "in force"):
        assert words in page.text
    ended = update(Pledge).values(state=PledgeState.WITHDRAWN, ended_at=NOW)
    with door.database.write() as session:
        session.execute(ended)
    page = Browser(app).in_language("en").get(where, status=200)
    assert "no longer in force" in page.text
    for secret in SECRETS:
        assert secret not in page.html


def test_a_code_for_a_letter_is_not_one_to_sign_in_and_its_phone_is_shown_nowhere(
    app: Flask, door: Door
) -> None:
    browser = Browser(app).in_language("en")
    ticked(browser.get(door.address, status=200)).send(SEND, status=200)
    page = browser.get("/sign-in/code")
    assert page.path == "/sign-in"
    for secret in SECRETS:
        assert secret not in page.html
    with door.database.read() as session:
        assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 1

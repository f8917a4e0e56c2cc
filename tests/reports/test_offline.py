"""A report kept on a device: sent once for its key, however often it is tried."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import BytesIO
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.accounts.rules import NOBODY
from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from portal.reports.jobs import forget_old
from portal.reports.models import CasePhoto, CaseReporter, CaseText, Draft
from portal.reports.rules.codes import Review
from portal.reports.rules.intake import DraftRefusal
from portal.reports.rules.offline import KEY_LIFETIME, is_fresh_key, new_key
from portal.reports.service.offline import send_offline
from tests.make import accounts
from tests.make.intake import COMMUNITY, answers, cases, ready, visitor
from tests.make.photos import exif, jpeg
from tests.pages import Browser

URL, TOKEN = "/reports/offline", "/reports/offline/token"
CHANCE = "0123456789abcdef" * 2
GIVEN = {
    "category": "litter", "where": "东阁街道001社区", "words": "桶满了", "contact": "none",
    "publish": "show",
}  # fmt: skip
IN_COMMUNITY = ((36.0, 40.0, 0.0), (119.0, 54.0, 0.0))


@pytest.fixture
def client(app: Flask, database: Database) -> FlaskClient:
    ready(database)
    return app.test_client()


def _key(at: datetime | None = None, chance: str = CHANCE) -> str:
    return new_key(at or now(), chance)


def _send(client: FlaskClient, key: str, photo: bytes | None = None, **given: str) -> Any:
    token = client.get(TOKEN).get_json()["csrf_token"]
    data: dict[str, Any] = {**GIVEN, "csrf_token": token, "draft_key": key, **given}
    if photo is not None:
        data["photos"] = (BytesIO(photo), "1.jpg")
    return client.post(URL, data=data, headers={"Accept": "application/json"})


def test_a_kept_report_is_sent_and_answered_with_its_receipt(
    client: FlaskClient, database: Database
) -> None:
    sent = _send(client, _key(), jpeg())

    assert sent.status_code == 200
    told = sent.get_json()
    (case,) = cases(database)
    assert told["number"] == case.number
    assert f"/{COMMUNITY}/" in case.place_path
    assert len(told["code"].replace(" ", "")) == 8
    assert told["again"] is False
    assert client.get(told["link"], follow_redirects=True).status_code == 200
    assert sent.headers["Cache-Control"] == "no-store"
    with database.read() as session:
        assert session.scalars(select(CasePhoto)).one()
        texts = session.scalars(select(CaseText.text)).all()
    assert texts == ["桶满了"], "the place's own name is not kept as words"


def test_r023_a_hazard_that_is_told_without_a_network_goes_into_the_urgent_lane(
    client: FlaskClient, database: Database
) -> None:
    page = client.get(URL).get_data(as_text=True)
    assert 'name="further_bad_sign_subkind"' in page
    # what belongs to another kind is not read
    _send(client, _key(), further_bad_sign_subkind="unsafe")
    told = {"category": "bad_sign", "further_bad_sign_subkind": "unsafe"}
    _send(client, _key(chance="f" * 32), **told)
    wrong = _send(client, _key(chance="e" * 32), **{**told, "further_bad_sign_subkind": "none"})

    assert wrong.status_code == 422
    seen = {case.category_code: (case.urgent, case.sealed, case.listed) for case in cases(database)}
    assert seen == {"litter": (False, False, False), "bad_sign": (True, True, False)}


def test_r025_words_that_sound_like_an_emergency_stop_it_once_and_nothing_is_lost(
    client: FlaskClient, database: Database, app: Flask
) -> None:
    key, words = _key(), "楼道着火了，有人受伤"
    told = _send(client, key, jpeg(), words=words)
    assert told.status_code == 422
    alarm = told.get_json()
    assert alarm["calls"] == ["119", "120"]
    assert {error["field"] for error in alarm["errors"]} == {"words"}
    assert cases(database) == []
    # what is wrong besides is told at once with it; the second time it goes
    both = _send(client, key, words=words, category="").get_json()["errors"]
    assert {error["field"] for error in both} == {"words", "category"}
    sent = _send(client, key, jpeg(), words=words, warned="yes")
    assert sent.status_code == 200
    assert len(cases(database)) == 1
    # the same without a script: the page comes again with everything that was typed
    reader = visitor(app).in_language("en")
    form = reader.get(URL, status=200).form(button="Send now")
    given = {**GIVEN, "words": "井里有人触电"}
    page = form.fill(**given).attach("photos", jpeg()).send("Send now", status=200)
    assert page.soup.select("#alarm .notice a[href='tel:120']")
    again = page.form(button="Send now")
    assert again.values["words"].strip() == given["words"]
    assert again.send("Send now", status=200).h1 == "Your report was sent"
    with database.read() as session:
        assert len(session.scalars(select(CasePhoto)).all()) == 2


def test_sent_twice_it_is_one_report_with_the_same_answer(
    client: FlaskClient, database: Database, app: Flask
) -> None:
    key = _key()
    first = _send(client, key).get_json()
    # the answer was lost, the browser forgot its session, and the words were changed since
    second = _send(app.test_client(), key, words="something else").get_json()

    assert second == {**first, "again": True}
    assert len(cases(database)) == 1


def test_it_stays_one_report_for_as_long_as_the_key_can_be_used(
    client: FlaskClient, database: Database
) -> None:
    key, at = _key(), now()
    with database.write() as session:
        first = send_offline(session, key, answers(), owner="", actor=NOBODY, address="", now=at)
    later = at + KEY_LIFETIME - timedelta(hours=1)
    forget_old(database, later)
    with database.write() as session:
        again = send_offline(session, key, answers(), owner="", actor=NOBODY, address="", now=later)
    assert (again.number, again.again) == (first.number, True)
    assert len(cases(database)) == 1
    late = at + KEY_LIFETIME + timedelta(minutes=1)
    with database.write() as session, pytest.raises(Refused) as refused:
        send_offline(session, key, answers(), owner="", actor=NOBODY, address="", now=late)
    assert refused.value.code == DraftRefusal.TOO_OLD


def test_presses_at_the_same_moment_make_one_report(app: Flask, database: Database) -> None:
    ready(database)
    key, start = _key(), Barrier(4)

    def press(_: int) -> tuple[int, str]:
        client = app.test_client()
        token = client.get(TOKEN).get_json()["csrf_token"]
        start.wait()
        data = {**GIVEN, "csrf_token": token, "draft_key": key}
        sent = client.post(URL, data=data, headers={"Accept": "application/json"})
        return sent.status_code, sent.get_json().get("number")

    with ThreadPoolExecutor(4) as threads:
        found = set(threads.map(press, range(4)))
    (case,) = cases(database)
    assert found == {(200, case.number)}


def test_a_refused_report_may_be_mended_and_sent_with_the_same_key(
    client: FlaskClient, database: Database
) -> None:
    key = _key()
    refused = _send(client, key, category="", contact="phone", phone="123")
    assert refused.status_code == 422
    told = {error["field"]: error["text"] for error in refused.get_json()["errors"]}
    assert "phone" in told
    refused = _send(client, key, category="gone")
    assert [error["field"] for error in refused.get_json()["errors"]] == ["category"]
    assert cases(database) == []
    assert _send(client, key).status_code == 200
    assert len(cases(database)) == 1


@pytest.mark.parametrize(
    "key",
    ["", "x", f"1-{CHANCE}", f"9999999999999-{CHANCE}", "0000000000001-" + "0" * 32, "0" * 9999],
)
def test_keys_that_cannot_be_are_refused_with_words(
    client: FlaskClient, database: Database, key: str
) -> None:
    sent = _send(client, key)
    # an empty key is that of a form without script: it gets one of its own
    assert sent.status_code in {409, 422} or (key == "" and sent.status_code == 200)
    assert len(cases(database)) == (1 if sent.status_code == 200 else 0)


def test_a_key_ages_by_our_clock() -> None:
    at = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
    assert is_fresh_key(_key(at), at)
    assert is_fresh_key(_key(at), at + KEY_LIFETIME - timedelta(seconds=1))
    assert not is_fresh_key(_key(at), at + KEY_LIFETIME + timedelta(seconds=1))
    assert not is_fresh_key(_key(at), at - timedelta(hours=1))


def test_without_a_form_token_nothing_is_sent(client: FlaskClient, database: Database) -> None:
    data = {**GIVEN, "draft_key": _key(), "csrf_token": "stale"}
    sent = client.post(URL, data=data, headers={"Accept": "application/json"})
    assert sent.status_code == 422
    assert cases(database) == []


def test_p5_words_about_a_shop_are_never_published(client: FlaskClient, database: Database) -> None:
    _send(client, _key(), category="shop_overflow")
    with database.read() as session:
        assert {t.review for t in session.scalars(select(CaseText))} == {Review.WITHHELD}


def test_p1_a_number_needs_its_own_consent(client: FlaskClient, database: Database) -> None:
    given = {"contact": "phone", "phone": "13800001288"}
    refused = _send(client, _key(), None, **given)
    assert [error["field"] for error in refused.get_json()["errors"]] == ["consent"]
    assert _send(client, _key(), None, **given, consent="y").status_code == 200
    with database.read() as session:
        assert session.scalars(select(CaseReporter)).one().sealed_phone


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"where": "", "street": "370283002"}, "370283002"),
        ({"where": "001社区", "street": "370283002"}, "370283002001"),
        ({"where": "老王家后面", "street": "370283001"}, "370283001"),
        ({"where": "老王家后面"}, "370283"),
    ],
)
def test_the_place_is_found_from_words_and_street(
    client: FlaskClient, database: Database, given: dict[str, str], place: str
) -> None:
    assert _send(client, _key(), None, **given).status_code == 200
    (case,) = cases(database)
    assert case.place_path.rstrip("/").endswith(place)


def test_a_photo_says_where_when_nothing_else_does(client: FlaskClient, database: Database) -> None:
    refused = _send(client, _key(), jpeg(), where="")
    assert [error["field"] for error in refused.get_json()["errors"]] == ["where"]
    assert _send(client, _key(), jpeg(exif=exif(place=IN_COMMUNITY)), where="").status_code == 200
    (case,) = cases(database)
    assert f"/{COMMUNITY}/" in case.place_path
    assert case.lon == pytest.approx(119.9)


def test_without_script_the_page_is_an_ordinary_form(app: Flask, database: Database) -> None:
    ready(database)
    reader = visitor(app)
    page = reader.get(URL, status=200)
    form = page.form(button="Send now").fill(words="路灯坏了", where="老王家后面")
    page = form.attach("photos", jpeg()).send("Send now", status=422)
    assert len(page.errors) >= 2
    assert page.form(button="Send now").values["words"].strip() == "路灯坏了"
    assert page.soup.select("main .kept-photos img"), "the photo is kept too"
    form = page.form(button="Send now")
    page = form.fill(category="street_lamp", contact="none", publish="keep").send(
        "Send now", status=200
    )
    assert page.h1 == "Your report was sent"
    (case,) = cases(database)
    assert case.number in page.text
    with database.read() as session:
        assert session.scalars(select(CasePhoto)).one()


def test_a_double_click_without_script_makes_one_report(app: Flask, database: Database) -> None:
    ready(database)
    form = visitor(app).get(URL, status=200).form(button="Send now")
    first, second = form.fill(**GIVEN).send_twice("Send now")
    (case,) = cases(database)
    assert case.number in first.text
    assert case.number in second.text


def test_somebody_signed_in_sends_with_her_account(app: Flask, database: Database) -> None:
    ready(database)
    reader = visitor(app)
    with database.write() as session:
        person = accounts.person(session)
    accounts.sign_in_as(reader, person)
    form = reader.get(URL, status=200).form(button="Send now")
    page = form.fill(**{**GIVEN, "contact": "account"}).send("Send now", status=200)
    assert page.h1 == "Your report was sent"
    with database.read() as session:
        assert session.scalars(select(CaseReporter)).one().person_id == person.id


def test_the_kept_page_holds_nothing_of_anybody(app: Flask, database: Database) -> None:
    ready(database)
    # its form has no token: one is asked for right before sending
    page = Browser(app, check=False).get(f"{URL}/shell?lang=en", status=200)
    (form,) = page.soup.select("form[data-offline]")
    assert form.select("input[type=hidden]") == []
    assert "csrf" not in page.html
    token = Browser(app).get(TOKEN).response
    assert token.headers["Cache-Control"] == "no-store"
    assert set(json.loads(token.get_data(as_text=True))) == {"csrf_token", "now"}


def test_get_keeps_no_draft(client: FlaskClient, database: Database) -> None:
    for path in (URL, TOKEN, f"{URL}/shell"):
        assert client.get(path).status_code == 200
    with database.read() as session:
        assert session.scalars(select(Draft)).all() == []

"""Reports kept on a device: sent by another, replayed, forged, piled up, aimed from elsewhere."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from portal.accounts.models import Person
from portal.kernel.clock import now
from portal.kernel.config import CHECKOUT
from portal.kernel.db import Database
from portal.kernel.ids import new_token
from portal.kernel.uploads import Upload
from portal.reports.models import CasePhoto, CaseReporter, Draft
from portal.reports.rules.codes import Review
from portal.reports.rules.offline import KEY_LIFETIME, new_key
from portal.reports.service import intake
from tests.make.accounts import person, sign_in_as
from tests.make.intake import COMMUNITY, cases, ready
from tests.make.photos import exif, jpeg

URL, TOKEN = "/reports/offline", "/reports/offline/token"
JSON = {"Accept": "application/json"}
GIVEN = {"category": "litter", "where": "东阁街道001社区", "words": "桶满了", "contact": "none",
         "publish": "show"}  # fmt: skip


@pytest.fixture
def site(app: Flask, database: Database) -> Flask:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    ready(database)
    return app


def key(at: datetime | None = None, chance: str = "0123456789abcdef" * 2) -> str:
    return new_key(at or now(), chance)


def token(client: FlaskClient) -> str:
    return str(client.get(TOKEN).get_json()["csrf_token"])


def send(client: FlaskClient, **given: Any) -> TestResponse:
    data = {**GIVEN, "csrf_token": token(client), "draft_key": key(), **given}
    return client.post(URL, data=data, headers=JSON)


def signed_in(app: Flask, database: Database, name: str) -> tuple[FlaskClient, Person]:
    with database.write() as session:
        who = person(session, name)
    client = app.test_client()
    sign_in_as(client, who)
    return client, who


def rows(database: Database, model: Any) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_no_other_site_sends_a_report_or_reads_the_token(site: Flask, database: Database) -> None:
    client, _ = signed_in(site, database, "王居民")
    answer = client.get(TOKEN)
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    good, stranger = token(client), token(site.test_client())
    body = json.dumps({**GIVEN, "csrf_token": good, "draft_key": key()})
    tries: list[Mapping[str, Any]] = [
        {"data": {**GIVEN, "draft_key": key()}},
        {"data": {**GIVEN, "draft_key": key(), "csrf_token": stranger}},
        # no form is needed for these: any page may send them
        {"data": body, "content_type": "application/json"},
        {"data": body, "content_type": "text/plain"},
        {"data": f"csrf_token={good}&words=x", "content_type": "text/plain"},
        {"query_string": {**GIVEN, "csrf_token": good, "draft_key": key()}},
        {"data": {**GIVEN, "draft_key": key()}, "headers": {**JSON, "X-CSRFToken": stranger}},
    ]
    for one in tries:
        for headers in ({**JSON}, {}):
            answer = client.post(URL, **{**one, "headers": {**one.get("headers", {}), **headers}})
            assert answer.status_code in {400, 422}, one
    far = {**JSON, "Sec-Fetch-Site": "cross-site"}
    data = {**GIVEN, "csrf_token": good, "draft_key": key()}
    assert client.post(URL, data=data, headers=far).status_code == 403
    assert cases(database) == []
    assert rows(database, Draft) == 0


def test_who_finds_a_draft_on_a_shared_device_gets_no_secret_of_its_account(
    site: Flask, database: Database
) -> None:
    """The answer was lost on the way, so the draft with its key is still there."""
    first, owner = signed_in(site, database, "王居民")
    spent = key()
    told = send(first, contact="account", draft_key=spent).get_json()
    assert told["code"]
    next_one, _ = signed_in(site, database, "李邻居")
    for client in (next_one, site.test_client()):
        again = send(client, draft_key=spent)
        assert again.status_code == 200
        found = again.get_json()
        assert (found["number"], found["again"]) == (told["number"], True)
        assert found["code"] is None
        assert found["link"] == f"/reports/{told['number']}"
        assert client.get(f"/reports/{told['number']}/urge").status_code == 404
        assert "own-title" not in client.get(f"/reports/{told['number']}").text
    assert send(first, draft_key=spent).get_json() == {**told, "again": True}
    with database.read() as session:
        assert session.scalars(select(CaseReporter.person_id)).all() == [owner.id]


def test_a_spent_key_as_a_cookie_opens_the_receipt_of_no_account(
    site: Flask, database: Database
) -> None:
    first, _ = signed_in(site, database, "王居民")
    spent = key()
    number = send(first, contact="account", draft_key=spent).get_json()["number"]
    for client in (site.test_client(), signed_in(site, database, "李邻居")[0]):
        for name in ("receipt", "draft"):
            client.set_cookie(name, f"offline:{spent}", path="/reports/new")
        for page in ("/reports/new/done", "/reports/new", "/reports/new/check"):
            assert number not in client.get(page, follow_redirects=True).text


def test_a_receipt_is_shown_for_half_a_day_however_long_its_key_is_known(
    site: Flask, database: Database
) -> None:
    client, _ = signed_in(site, database, "王居民")
    told = send(client, contact="account").get_json()
    assert told["number"] in client.get("/reports/new/done").text
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=13), tick=False):
        assert client.get("/reports/new/done").status_code == 303


def test_the_key_of_another_report_cannot_be_guessed_or_bent(
    site: Flask, database: Database
) -> None:
    spent = key()
    first = send(site.test_client(), draft_key=spent).get_json()
    bent = (spent.upper(), f" {spent}", f"{spent}\n", spent[:-1], f"offline:{spent}",
            spent.replace("-", "−"), f"0{spent}", "%", "_" * 46, f"{spent}\x00")  # fmt: skip
    for one in bent:
        answer = send(site.test_client(), draft_key=one)
        assert first["number"] not in answer.text, one
        assert answer.status_code in {200, 409, 422}, one
    # what is no key is refused; at most another spelling of it made a report of its own
    assert len(cases(database)) <= 1 + sum(one.strip() == spent for one in bent[1:3])


def test_keys_made_for_later_or_of_long_ago_do_nothing(site: Flask, database: Database) -> None:
    moments = (
        now() + timedelta(hours=1),
        now() + timedelta(days=365),
        now() - KEY_LIFETIME - timedelta(minutes=1),
        datetime(1970, 1, 2, tzinfo=UTC),
        datetime(2286, 11, 20, tzinfo=UTC),
    )
    for at in moments:
        answer = send(site.test_client(), draft_key=key(at))
        assert answer.status_code == 422, at
        assert answer.get_json()["errors"][0]["text"]
    assert cases(database) == []
    assert rows(database, Draft) == 0


def test_new_keys_do_not_get_round_the_limit_of_an_address(
    site: Flask, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "PER_ADDRESS", 2)
    keys = [key(chance=f"{at:032x}") for at in range(4)]
    answers = [send(site.test_client(), draft_key=one).status_code for one in keys]
    assert answers == [200, 200, 422, 422]
    assert len(cases(database)) == rows(database, Draft) == 2
    # a repeat is no new report, and what was refused can still be sent when the hour is over
    assert send(site.test_client(), draft_key=keys[0]).get_json()["again"] is True
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=2), tick=False):
        assert send(site.test_client(), draft_key=keys[3]).get_json()["again"] is False


def test_a_form_that_is_sent_again_with_another_key_tells_no_other_receipt(
    site: Flask, database: Database
) -> None:
    """The second one shows the first result, which is not that of a stranger's key."""
    victim = key(chance="f" * 32)
    number = send(site.test_client(), draft_key=victim).get_json()["number"]
    client = site.test_client()
    spent = {"idempotency_key": new_token()}
    mine = send(client, draft_key=key(chance="a" * 32), **spent).get_json()["number"]
    bent = send(client, draft_key="x" * 50_000, **spent)
    assert bent.status_code == 409
    assert number not in bent.text
    assert mine != number
    assert len(cases(database)) == 2


def test_photos_of_another_browser_cannot_be_sent_along(site: Flask, database: Database) -> None:
    owner = site.test_client()
    data = {**GIVEN, "category": "", "csrf_token": token(owner), "draft_key": key(),
            "photos": (BytesIO(jpeg()), "1.jpg")}  # fmt: skip
    page = owner.post(URL, data=data).text
    kept = page.split('name="photos-kept" value="')[1].split('"')[0]
    thief = site.test_client()
    answer = send(thief, **{"photos-kept": kept})
    assert answer.status_code == 422
    assert thief.get(f"/reports/new/photo/{kept}").status_code == 404
    assert cases(database) == []
    assert rows(database, Upload) == 1


FAR_AWAY = ((48.0, 51.0, 29.0), (2.0, 17.0, 40.0))
MADE_UP = ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0))
BEYOND = ((91.0, 0.0, 0.0), (999.0, 0.0, 0.0))


@pytest.mark.parametrize("place", [FAR_AWAY, MADE_UP, BEYOND])
def test_a_place_that_a_photo_makes_up_is_none(
    site: Flask, database: Database, place: tuple[Any, Any]
) -> None:
    photo = (BytesIO(jpeg(exif=exif(place=place))), "1.jpg")
    answer = send(site.test_client(), where="", photos=photo)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.get_json()["errors"]] == ["where"]
    assert cases(database) == []


def test_words_go_before_the_place_of_a_photo_and_nothing_else_of_it_is_kept(
    site: Flask, database: Database
) -> None:
    elsewhere = exif(place=((36.0, 40.0, 0.0), (120.0, 6.0, 0.0)), taken="2020:01:02 03:04:05")
    photo = (BytesIO(jpeg(exif=elsewhere)), "SecretName.jpg")
    assert send(site.test_client(), photos=photo).status_code == 200
    (case,) = cases(database)
    assert f"/{COMMUNITY}/" in case.place_path
    assert (case.lon, case.lat) == (None, None)
    with database.read() as session:
        blobs = session.info["instance"].blobs
        content = blobs.open(case_photo(database))
    for mark in (b"SecretCamera", b"Exif", b"2020:01:02"):
        assert mark not in content


def case_photo(database: Database) -> str:
    with database.read() as session:
        photo = session.scalars(select(CasePhoto)).one()
    assert photo.review is Review.PENDING
    return photo.blob_key


def test_fields_that_no_page_offers_decide_nothing(site: Flask, database: Database) -> None:
    """Neither a point, nor a case's state, nor somebody's account is taken from a form."""
    _, victim = signed_in(site, database, "王居民")
    forged = {"lon": "120.1", "lat": "36.8", "point": "120.1,36.8", "person_id": victim.id.hex,
              "state": "closed", "listed": "1", "urgent": "1", "source": "inspection",
              "district": "370284", "area": "370283002", "street": "370283002\x00"}  # fmt: skip
    answer = send(site.test_client(), **forged)
    assert answer.status_code in {200, 400, 422}
    assert send(site.test_client(), **{**forged, "street": "nowhere"}).status_code == 200
    assert send(site.test_client(), contact="account").status_code in {200, 422}
    for case in cases(database):
        assert (case.lon, case.state.value, case.listed, case.urgent) == (
            None, "reported", False, False,
        )  # fmt: skip
        assert f"/{COMMUNITY}/" in case.place_path
    with database.read() as session:
        assert set(session.scalars(select(CaseReporter.person_id))) == {None}


def test_a_draft_shows_its_words_as_words() -> None:
    """They come from the device's own store, which another page of a careless site might fill."""
    script = (CHECKOUT / "static/js/report.js").read_text("utf-8")
    for name in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert name not in script

"""Filing by Open311: the same door as everybody's, with a key, once however often it is sent."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from portal.accounts.models import ApiKey
from portal.accounts.rules import ApiScope
from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.kernel.instance import instance_of
from portal.kernel.outbox import OutboxMessage
from portal.kernel.ratelimit import RateWindow
from portal.kernel.uploads import KeptPhotos, Upload, expire_uploads
from portal.reports.models import ApiFiling, Case, CaseAnswer, CasePhoto, CaseReporter, CaseText
from portal.reports.queries.case import CaseRow
from portal.reports.queries.page import case_page
from portal.reports.rules.codes import PhotoKind, Review, Source, TextKind
from portal.reports.rules.open311 import Attribute, Datatype
from portal.reports.service import open311 as service
from portal.reports.service.open311 import FiledByKey, Wish311, file_for_key, forget_filings
from tests.make.intake import INSIDE, PHONE, ready
from tests.make.keys import key
from tests.make.photos import encoded, jpeg, picture
from tests.make.rows import case_row

URL = "/open311/v2/requests"
POINT = {"long": str(INSIDE[0]), "lat": str(INSIDE[1])}
LITTER = {"service_code": "litter", "description": "垃圾桶满了", **POINT}
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Program:
    """A program with a key. It keeps no cookie and knows no form."""

    def __init__(self, app: Flask, database: Database) -> None:
        self.app, self.database = app, database
        ready(database)
        with database.write() as session:
            self.key = key(session).key
            self.key_id = session.scalars(select(ApiKey.id)).one()

    def post(self, form: str = "json", headers: Any = None, **fields: Any) -> TestResponse:
        data = {"api_key": self.key, **fields}
        client = self.app.test_client(use_cookies=False)
        return client.post(f"{URL}.{form}", data=data, headers=headers)

    def files(self, **fields: Any) -> str:
        """The number of a report that is taken."""
        answer = self.post(**{**LITTER, **fields})
        assert answer.status_code == 200, answer.text
        (row,) = answer.json or [{}]
        return str(row["service_request_id"])

    def refused(self, **fields: Any) -> tuple[int, str]:
        """The status and words of a refusal, which is the same in both formats."""
        answer = self.post(query_language(), **fields)
        assert answer.json is not None, answer.text
        assert [row["code"] for row in answer.json] == [answer.status_code]
        return answer.status_code, answer.json[0]["description"]

    def get(self, path: str, **arguments: str) -> TestResponse:
        return self.app.test_client().get(f"/open311/v2/{path}", query_string=arguments)

    def case(self, number: str) -> CaseRow:
        with self.database.read() as session:
            return case_row(session, number)

    def texts(self, number: str) -> dict[TextKind, CaseText]:
        with self.database.read() as session:
            case = self.case(number)
            rows = session.scalars(select(CaseText).where(CaseText.case_id == case.id))
            return {row.kind: row for row in rows}

    def count(self, model: Any = Case) -> int:
        with self.database.read() as session:
            return session.scalar(select(func.count()).select_from(model)) or 0


def query_language() -> str:
    return "json?lang=en"


@pytest.fixture
def program(app: Flask, database: Database) -> Program:
    return Program(app, database)


def test_a_report_is_filed_like_anybodys(program: Program) -> None:
    answer = program.post(**LITTER, external_id="A-77", email="a@example.com", first_name="Li")
    assert answer.status_code == 200
    (row,) = answer.json or [{}]
    assert list(row) == ["service_request_id", "service_notice", "account_id"]
    case = program.case(row["service_request_id"])
    assert (case.source, case.external_number) == (Source.OPEN311, "A-77")
    assert (case.category_code, case.listed) == ("litter", False)
    assert (case.lon, case.lat) == INSIDE
    assert case.place_path.endswith("/370283001001/370283001001G01/")
    assert case.promised_at is not None
    said = program.texts(case.number)[TextKind.DESCRIPTION]
    # nobody agreed that it be shown, so nobody will see it
    assert (said.text, said.review, said.public_text) == ("垃圾桶满了", Review.WITHHELD, None)
    with program.database.read() as session:
        reporter = session.scalars(select(CaseReporter)).one()
        assert (reporter.person_id, reporter.sealed_name) == (None, None)
        used = session.scalars(select(ApiKey.last_used_on)).one()
        assert used == now().astimezone(instance_of(session).city.zone).date()
    answer = program.post("xml", **LITTER, publish="true")
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert "<service_requests><request><service_request_id>" in answer.text
    assert "<account_id/>" in answer.text


@on_sqlite
def test_places_are_points_words_or_codes(program: Program) -> None:
    by_words = program.case(
        program.files(long="", lat="", address_string="东阁街道001社区 小卖部旁")
    )
    assert by_words.place_path.endswith("/370283001001/")
    assert program.texts(by_words.number)[TextKind.PLACE].text.endswith("小卖部旁")
    by_code = program.case(program.files(long="", lat="", address_id="370283002002"))
    assert by_code.place_path.endswith("/370283002002/")
    # a coarser code does not lose the point that lies in it, a far one wins over it
    both = program.case(program.files(address_id="370283001"))
    assert (both.lon, both.place_path.endswith("/370283001001G01/")) == (INSIDE[0], True)
    far = program.case(program.files(address_id="370283002002", description="far"))
    assert (far.lon, far.place_path.endswith("/370283002002/")) == (None, True)
    assert program.refused(**{**LITTER, "lat": "10", "long": "10"})[0] == 400
    assert program.refused(**LITTER, address_id="999999")[1] == "This address_id was not found."


@on_sqlite
def test_the_standards_bounds_hold(program: Program) -> None:
    assert program.files(description="长" * 4000)
    silent = program.files(description="")
    assert program.texts(silent)[TextKind.DESCRIPTION].text == "垃圾没人清"
    assert program.refused(**{**LITTER, "description": "长" * 4001}) == (
        400, "description may have at most 4000 characters.",
    )  # fmt: skip
    for missing, words in (
        ({"service_code": ""}, "service_code was not provided."),
        ({"lat": "", "long": ""}, "A location is needed"),
        ({"lat": ""}, "lat and long must be given together"),
        ({"phone": "12"}, "mobile number"),
        ({"media_url": "file:///etc/passwd"}, "media_url must be a web address"),
        ({"external_id": "x" * 201}, "external_id may have at most 200"),
    ):
        status, said = program.refused(**{**LITTER, **missing})
        assert (status, words in said) == (400, True), said
    assert program.refused(**{**LITTER, "service_code": "none"})[0] == 404
    assert program.refused(**LITTER, jurisdiction_id="chicago")[0] == 404
    assert program.count() == 2
    assert program.files(jurisdiction_id="pingdu", description="third")


@on_sqlite
def test_without_a_good_key_nothing_is_filed(program: Program) -> None:
    with program.database.write() as session:
        reading = key(session, scopes=(ApiScope.READ_OWN,)).key
        ended = key(session)
        row = session.scalars(select(ApiKey).where(ApiKey.number == ended.number)).one()
        row.revoked_at = now()
    for shown, words in (
        ("", "An api_key is needed"),
        ("gz_" + "x" * 32, "not known"),
        ("nonsense", "not known"),
        (ended.key, "not known"),
        (reading, "does not allow"),
    ):
        status, said = program.refused(**LITTER, api_key=shown)
        assert (status, words in said) == (403, True), said
    answer = program.post("xml", **LITTER, api_key="")
    assert (answer.status_code, "<errors><error><code>403</code>" in answer.text) == (403, True)
    assert program.count() == 0
    by_header = program.post(headers={"X-Api-Key": program.key}, **LITTER, api_key="")
    assert by_header.status_code == 200
    by_address = program.post(f"json?api_key={program.key}", api_key="", **LITTER)
    assert by_address.json is not None
    assert by_address.json[0]["service_request_id"]
    with program.database.read() as session:
        stored = session.scalars(select(ApiKey.token_hash)).all()
    assert not any(program.key in hash_ for hash_ in stored)


def test_whoever_sends_it_again_gets_the_first_number(program: Program) -> None:
    first = program.files(external_id="A-1", description="one")
    # the same name for it, whatever the words; another key's name is another matter
    assert program.files(external_id="A-1", description="two") == first
    named = {"Idempotency-Key": "k-1"}
    assert _number(program.post(headers=named, **LITTER)) != first
    by_key = _number(program.post(headers=named, **LITTER))
    assert _number(program.post(headers=named, **LITTER, external_id="A-2")) == by_key
    # now both names lead there
    assert program.files(external_id="A-2", description="three") == by_key
    with program.database.write() as session:
        other = key(session).key
    assert program.files(external_id="A-1", api_key=other) not in {first, by_key}
    assert program.count() == 3


def _number(answer: TestResponse) -> str:
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    return str(answer.json[0]["service_request_id"])


@on_sqlite
def test_the_same_content_counts_once_for_some_minutes(program: Program) -> None:
    first = program.files()
    assert program.files() == first
    assert program.files(description="垃圾桶又满了") != first
    with program.database.write() as session:
        for row in session.scalars(select(ApiFiling)):
            row.claimed_at -= timedelta(minutes=11)
    again = program.files()
    assert again != first
    assert program.files() == again
    with program.database.write() as session:
        forget_filings(session, now=now() + timedelta(hours=2))
        assert {row.number for row in session.scalars(select(ApiFiling))} >= {first, again}
        forget_filings(session, now=now() + timedelta(days=401))
        assert session.scalars(select(ApiFiling)).all() == []


def at_once(database: Database, acts: list[Callable[[Any], FiledByKey]]) -> list[FiledByKey]:
    barrier = Barrier(len(acts))

    def run(act: Callable[[Any], FiledByKey]) -> FiledByKey:
        barrier.wait(timeout=10)
        with database.write() as session:
            return act(session)

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.parametrize("named", [True, False], ids=["named", "by content"])
def test_of_equal_reports_at_once_one_is_filed(program: Program, named: bool) -> None:
    names = {"external_id": "A-1", "idempotency_key": "k"} if named else {}
    wish = Wish311("litter", point=INSIDE, description="同一件事", **names)

    def act(session: Any) -> FiledByKey:
        return file_for_key(session, program.key_id, wish, KeptPhotos(), now=now())

    found = at_once(program.database, [act] * 4)
    assert len({one.number for one in found}) == 1
    assert len([one for one in found if one.receipt is not None]) == 1
    assert program.count() == 1


@on_sqlite
def test_photos_come_along_and_an_address_is_only_read(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_line(*_: Any, **__: Any) -> None:
        raise AssertionError("something was fetched")

    monkeypatch.setattr("socket.create_connection", no_line)
    files = [(io.BytesIO(jpeg()), "a.jpg"), (io.BytesIO(encoded(picture(), "PNG")), "b.png")]
    url = "http://192.168.0.1/picture.jpg"
    number = program.files(media=files, media_url=url, publish="true")
    with program.database.read() as session:
        photos = session.scalars(select(CasePhoto)).all()
        assert [(photo.kind, photo.review) for photo in photos] == [
            (PhotoKind.BEFORE, Review.PENDING)
        ] * 2
        blobs = instance_of(session).blobs
        assert all(blobs.open(photo.blob_key)[:3] == b"\xff\xd8\xff" for photo in photos)
        page = case_page(session, program.case(number), None)
    note = program.texts(number)[TextKind.NOTE]
    assert (note.text, note.public_text, note.by_reporter) == (url, None, True)
    assert url not in repr(page)
    again = [(io.BytesIO(jpeg()), "a.jpg"), (io.BytesIO(encoded(picture(), "PNG")), "b.png")]
    assert program.files(media=again, media_url=url, publish="true") == number
    broken = {**LITTER, "media": (io.BytesIO(b"GIF89a"), "a.gif")}
    assert program.refused(**broken)[0] == 400
    # what came with a refused report is forgotten in time, file and all
    outside = {**LITTER, "lat": "10", "long": "10", "media": (io.BytesIO(jpeg(200)), "c.jpg")}
    assert program.refused(**outside)[0] == 400
    with program.database.write() as session:
        pending = session.scalars(select(Upload.blob_key).where(Upload.width == 200)).one()
        expire_uploads(session, now() + timedelta(days=2))
        with pytest.raises(KeyError):
            instance_of(session).blobs.open(pending)
    four = {**LITTER, "media": [(io.BytesIO(jpeg()), f"{n}.jpg") for n in range(4)]}
    assert program.refused(**four) == (400, "At most 3 photos can come with a report.")
    assert program.count() == 1


@on_sqlite
def test_answers_to_a_services_questions_are_checked_and_kept_for_the_desk(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert program.refused(**LITTER, **{"attribute[x]": "1"}) == (
        400, "This service has no attribute x.",
    )  # fmt: skip
    names = {"en": "a name"}
    questions = (
        Attribute("size", Datatype.NUMBER, True, names, 1),
        Attribute("when", Datatype.SEVERAL, False, names, 2, {"day": names, "night": names}),
    )
    monkeypatch.setattr(service, "attributes_of", lambda _code: questions)
    assert program.refused(**LITTER)[1] == "The attribute size is needed for this service."
    assert program.refused(**LITTER, **{"attribute[size]": "big"})[0] == 400
    some = {"attribute[size]": "12.5", "attribute[when][]": ["day", "noon"]}
    assert program.refused(**LITTER, **some)[0] == 400
    monkeypatch.undo()
    house = {**LITTER, "service_code": "illegal_building"}
    assert program.refused(**house, **{"attribute[area_m2]": "1e5"})[0] == 400
    assert program.refused(**house, **{"attribute[stage]": "noon"})[0] == 400
    answers = {"attribute[area_m2]": "12.5", "attribute[stage]": "building"}
    number = program.files(**house, **answers)
    assert TextKind.NOTE not in program.texts(number)
    with program.database.read() as session:
        case = session.scalars(select(Case).where(Case.number == number)).one()
        kept = select(CaseAnswer.key, CaseAnswer.value).where(CaseAnswer.case_id == case.id)
        assert dict(session.execute(kept).all()) == {"area_m2": "12.5", "stage": "building"}


@on_sqlite
def test_the_receipt_its_token_and_the_reporters_phone(program: Program) -> None:
    answer = program.post(**LITTER, phone=PHONE, extensions="true")
    (row,) = answer.json or [{}]
    number, receipt = row["service_request_id"], row["extended_attributes"]
    with program.database.read() as session:
        assert len(session.scalars(select(OutboxMessage)).all()) == 1
    (told,) = program.get(f"tokens/{receipt['token']}.json").json or [{}]
    assert told == {"service_request_id": number, "token": receipt["token"]}
    found = program.get(f"tokens/{receipt['token']}.xml").text
    assert f"<service_requests><request><service_request_id>{number}<" in found
    assert program.app.test_client().get(f"/r/{receipt['token']}").status_code == 303
    # whoever sends it again learns the number, and no secret
    (again,) = program.post(**LITTER, phone=PHONE, extensions="true").json or [{}]
    assert list(again) == ["service_request_id", "service_notice", "account_id"]


@on_sqlite
def test_a_program_follows_its_own_report_before_it_is_public(program: Program) -> None:
    number = program.files(publish="true")
    assert program.get(f"requests/{number}.json").status_code == 404
    (row,) = program.get(f"requests/{number}.json", api_key=program.key).json or [{}]
    assert (row["status"], row["description"]) == ("open", None)
    with program.database.write() as session:
        other, only_filing = key(session).key, key(session, scopes=(ApiScope.FILE,)).key
    for shown in (other, only_filing):
        assert program.get(f"requests/{number}.json", api_key=shown).status_code == 404


@on_sqlite
def test_words_about_a_person_or_shop_are_never_shown_even_if_asked_for(program: Program) -> None:
    number = program.files(service_code="fumes", publish="true")
    said = program.texts(number)[TextKind.DESCRIPTION]
    assert (said.review, said.public_text) == (Review.WITHHELD, None)


@on_sqlite
def test_a_key_is_slowed_down_and_told_when_to_come_again(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "PER_KEY", 2)
    program.files(description="1")
    program.files(description="2")
    answer = program.post(**{**LITTER, "description": "3"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3600")
    assert (program.count(), program.count(RateWindow)) == (2, 1)


@on_sqlite
def test_bodies_that_cannot_be_read_get_the_errors_of_the_standard(program: Program) -> None:
    client = program.app.test_client()
    headers = {"X-Api-Key": program.key, "Content-Type": "application/json"}
    answer = client.post(f"{URL}.json?lang=en", data=b"{}", headers=headers)
    assert answer.json == [{"code": 400, "description": "service_code was not provided."}]
    big = client.post(f"{URL}.json", data={"api_key": program.key, "description": "x" * 3_000_000})
    assert big.status_code == 413
    assert big.json is not None
    assert big.json[0]["code"] == 413

"""Open311 GeoReport v2 to the letter: shapes in both formats, errors, filters, protection."""

import xml.etree.ElementTree as ET
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from portal.kernel.db import Database
from portal.organisations.models import Organisation
from portal.reports.queries import open311 as queries
from portal.reports.rules.codes import PhotoKind, Review, State, TextKind
from portal.reports.rules.open311 import (
    Attribute,
    Datatype,
    after_public_moment,
    found_between,
    public_moment,
    span_of,
)
from portal.reports.rules.publicity import TimePrecision
from portal.reports.service.search import index_case
from portal.site.open311 import routes
from portal.site.open311.formats import as_xml
from tests.make import reports as make
from tests.make.intake import ready
from tests.make.organisations import unit

V2 = "/open311/v2"
NOW = make.NOW  # 2026-11-23 10:00 in the city
MONTH = {"start_date": "2026-11-01T00:00:00+08:00", "end_date": "2026-11-30T23:59:59+08:00"}
REQUEST = [
    "service_request_id", "status", "status_notes", "service_name", "service_code", "description",
    "agency_responsible", "service_notice", "requested_datetime", "updated_datetime",
    "expected_datetime", "address", "address_id", "zipcode", "lat", "long", "media_url",
]  # fmt: skip
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def get(client: FlaskClient, path: str, **arguments: str) -> Any:
    answer = client.get(f"{V2}/{path}", query_string=arguments)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    return answer.json


def numbers(client: FlaskClient, **arguments: str) -> list[str]:
    found = get(client, "requests.json", **{**MONTH, "lang": "en", **arguments})
    return [row["service_request_id"] for row in found]


def xml(answer: TestResponse) -> ET.Element:
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert answer.data.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    return ET.fromstring(answer.data)


class Town:
    """One lamp with everything public, one complaint about a shop, one thing not yet checked."""

    def __init__(self, app: Flask, database: Database) -> None:
        self.client, self.database = app.test_client(), database
        self.tree = ready(database)
        with database.write() as session:
            self.crew = unit(session, "U-1", "东阁环卫所", area=self.tree["370283001"])
            self.hidden = make.case(session, self.tree["370283001001"], at=NOW).number
        self.lamp = self.listed("street_lamp", State.CLOSED, "路灯<坏>了 & 很暗", NOW)
        self.shop = self.listed("fumes", State.DISPATCHED, "张记面馆油烟太大", NOW)
        self.hazard = self.listed("safety_hazard", State.REPORTED, "电线垂下来", NOW)

    def listed(self, kind: str, state: State, words: str, at: datetime) -> str:
        """A matter with checked words, place and photos, as far as staff would approve them."""
        with self.database.write() as session:
            case = make.case(
                session, self.tree["370283001001G01"], category_code=kind, state=state,
                unit=session.get_one(Organisation, self.crew.id), words=None, listed=True, at=at,
            )  # fmt: skip
            case.lon, case.lat = 119.87531, 36.66347
            make.text(session, case, words, review=Review.APPROVED)
            make.text(session, case, "朝阳路三号", kind=TextKind.PLACE, review=Review.APPROVED)
            for kind_ in PhotoKind:
                make.photo(session, case, kind=kind_, review=Review.APPROVED)
            index_case(session, case)
            return case.number


@pytest.fixture
def town(app: Flask, database: Database) -> Town:
    return Town(app, database)


@on_sqlite
def test_services_in_both_formats_are_the_citys_kinds_of_problems(town: Town) -> None:
    rows = get(town.client, "services.json", lang="en", jurisdiction_id="pingdu")
    lamp = next(row for row in rows if row["service_code"] == "street_lamp")
    assert list(lamp) == ["service_code", "service_name", "description", "metadata", "type",
                          "keywords", "group"]  # fmt: skip
    assert (lamp["service_name"], lamp["metadata"]) == ("Street lamp out or broken", True)
    assert lamp["type"] == "realtime"
    assert "路灯, " in lamp["keywords"]
    root = xml(town.client.get(f"{V2}/services.xml?lang=en"))
    assert root.tag == "services"
    assert [child.tag for child in root] == ["service"] * len(rows)
    told = [{part.tag: part.text for part in child} for child in root]
    assert told[rows.index(lamp)] == {**lamp, "metadata": "true"}


@on_sqlite
def test_a_service_definition_names_its_attributes(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = get(town.client, "services/illegal_building.json", lang="en")["attributes"]
    assert [(row["code"], row["datatype"]) for row in real] == [
        ("subkind", "singlevaluelist"), ("area_m2", "number"), ("stage", "singlevaluelist"),
    ]  # fmt: skip
    names = {"zh_Hans": "白天", "en": "by day"}
    asked = Attribute("when", Datatype.ONE, True, {"en": "When is it?"}, 1, {"day": names})
    monkeypatch.setattr(routes, "attributes_of", lambda _code: (asked,))
    found = get(town.client, "services/litter.json", lang="en")
    assert found["attributes"] == [
        {"variable": True, "code": "when", "datatype": "singlevaluelist", "required": True,
         "datatype_description": None, "order": 1, "description": "When is it?",
         "values": [{"key": "day", "name": "by day"}]}
    ]  # fmt: skip
    assert all(row["metadata"] for row in get(town.client, "services.json"))
    root = xml(town.client.get(f"{V2}/services/litter.xml?lang=en"))
    value = root.find("attributes/attribute/values/value")
    assert value is not None
    assert [(part.tag, part.text) for part in value] == [("key", "day"), ("name", "by day")]


@on_sqlite
def test_a_public_matter_has_every_field_of_the_standard_in_both_formats(town: Town) -> None:
    (row,) = get(town.client, f"requests/{town.lamp}.json", lang="en")
    assert list(row) == REQUEST
    assert row["status"] == "closed"
    assert row["description"] == "路灯<坏>了 & 很暗"
    assert row["requested_datetime"] == "2026-11-23T10:00:00+08:00"
    assert row["updated_datetime"] == "2026-11-23T15:00:00+08:00"  # when it was closed
    assert row["expected_datetime"] is None  # nothing is expected of what is settled
    assert row["agency_responsible"] == "东阁环卫所"
    assert row["address"].startswith("朝阳路三号, ")
    assert row["address"].endswith("平度市")
    assert (row["lat"], row["long"]) == (36.66347, 119.87531)
    assert row["media_url"].startswith("http://127.0.0.1:8000/reports/photos/")
    root = xml(town.client.get(f"{V2}/requests/{town.lamp}.xml?lang=en"))
    assert (root.tag, [child.tag for child in root]) == ("service_requests", ["request"])
    told = {part.tag: part.text for part in root[0]}
    assert list(told) == REQUEST
    assert told == {key: None if value is None else str(value) for key, value in row.items()}


@on_sqlite
def test_the_history_comes_when_it_is_asked_for(town: Town) -> None:
    (row,) = get(town.client, f"requests/{town.lamp}.json", lang="en", extensions="true")
    steps = row["extended_attributes"]["history"]
    # to file it is a step inside of the office
    assert [step["type"] for step in steps] == ["report", "accept", "dispatch", "handle", "close"]
    assert steps[2] == {
        "datetime": "2026-11-23T13:00:00+08:00", "type": "dispatch",
        "description": "Given to a unit", "agency": "东阁环卫所", "reason": None, "words": None,
    }  # fmt: skip
    root = xml(town.client.get(f"{V2}/requests/{town.lamp}.xml?extensions=true"))
    assert len(root.findall("request/extended_attributes/history/step")) == 5


@on_sqlite
def test_a_matter_in_work_tells_its_promise(town: Town) -> None:
    with town.database.write() as session:
        case = make.listed(session, town.tree, state=State.ACCEPTED, at=NOW)
        case.promised_at = NOW + timedelta(days=2, minutes=5)
        number = case.number
    (row,) = get(town.client, f"requests/{number}.json")
    assert row["status"] == "open"
    assert row["expected_datetime"] == "2026-11-25T10:05:00+08:00"


@on_sqlite
def test_P5_a_matter_about_a_shop_is_only_kind_place_month_steps_and_outcome(town: Town) -> None:
    secrets = ("张记", "朝阳路", "119.87", "36.66", "东阁环卫所", "11-23", "photos/", "G01")
    for path in (f"requests/{town.shop}", "requests"):
        for form in ("json", "xml"):
            arguments = MONTH | {"extensions": "true", "service_code": "fumes"}
            answer = town.client.get(f"{V2}/{path}.{form}", query_string=arguments)
            assert town.shop in answer.text
            assert [word for word in secrets if word in answer.text] == []
    (row,) = get(town.client, f"requests/{town.shop}.json", extensions="1")
    assert row["requested_datetime"] == row["updated_datetime"] == "2026-11-01T00:00:00+08:00"
    assert [row[name] for name in ("description", "lat", "long", "media_url")] == [None] * 4
    assert row["expected_datetime"] is None
    assert row["address_id"] == "370283001001"
    assert row["extended_attributes"]["time_precision"] == "month"
    assert {s["datetime"] for s in row["extended_attributes"]["history"]} == {
        "2026-11-01T00:00:00+08:00"
    }


def test_no_range_of_dates_and_no_circle_narrows_down_what_is_not_public(town: Town) -> None:
    day = {"start_date": "2026-11-23T00:00:00+08:00", "end_date": "2026-11-23T23:59:59+08:00"}
    assert set(numbers(town.client, **day)) == {town.lamp, town.hazard}
    first = {"start_date": "2026-11-01T00:00:00+08:00", "end_date": "2026-11-01T00:00:00+08:00"}
    assert numbers(town.client, **first) == [town.shop]
    # the hazard is told by the day: its own minute finds nothing, midnight does
    minute = {"start_date": "2026-11-23T10:00:00+08:00", "end_date": "2026-11-23T10:00:30+08:00"}
    assert numbers(town.client, **minute) == [town.lamp]
    midnight = {"start_date": "2026-11-23T00:00:00+08:00", "end_date": "2026-11-23T00:00:00+08:00"}
    assert numbers(town.client, **midnight) == [town.hazard]
    near = {"long": "119.87531", "lat": "36.66347", "radius": "30"}
    assert numbers(town.client, **near) == [town.lamp]
    label = {"long": "119.9", "lat": "36.675", "radius": "30"}  # of the community
    assert numbers(town.client, **label) == [town.shop]


def test_lists_are_filtered_as_the_standard_has_it(town: Town) -> None:
    assert set(numbers(town.client)) == {town.lamp, town.shop, town.hazard}
    assert numbers(town.client, status="closed") == [town.lamp]
    assert set(numbers(town.client, status="open,closed")) == {town.lamp, town.shop, town.hazard}
    assert set(numbers(town.client, service_code="fumes,street_lamp")) == {town.shop, town.lamp}
    assert set(numbers(town.client, status="", service_code="")) == set(numbers(town.client))
    # several numbers override all other arguments; what is not public or not there is left out
    wanted = f"{town.lamp.lower()},{town.hidden},NONE, {town.shop}"
    found = numbers(town.client, service_request_id=wanted, status="open", start_date="nonsense")
    assert set(found) == {town.lamp, town.shop}
    assert numbers(town.client, service_request_id=town.hidden) == []
    pages = [numbers(town.client, page=str(page), page_size="2") for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [2, 1, 0]
    assert sorted(pages[0] + pages[1]) == sorted(numbers(town.client))
    root = xml(town.client.get(f"{V2}/requests.xml?start_date=2001-01-01T00:00:00Z"))
    assert (root.tag, len(root)) == ("service_requests", 0)


def test_a_list_takes_the_same_few_queries_however_long_it_is(town: Town) -> None:
    statements: list[str] = []

    def hear(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    def asked() -> int:
        statements.clear()
        numbers(town.client, extensions="true")
        return sum("SELECT" in one for one in statements)

    event.listen(town.database.reader, "before_cursor_execute", hear)
    few = asked()
    for index in range(5):
        town.listed("litter", State.CLOSED, f"垃圾{index}", NOW - timedelta(hours=index))
    assert asked() == few
    assert few <= 4


ERRORS = (
    ("services.json?jurisdiction_id=chicago", 404, "jurisdiction_id"),
    ("services/none.json", 404, "service_code"),
    ("requests/AAAAA-AAAAA.json", 404, "service_request_id"),
    ("tokens/none.json", 404, "token"),
    ("requests.json?start_date=2026-11-01", 400, "start_date"),
    ("requests.json?end_date=2026-13-01T00:00:00Z", 400, "end_date"),
    ("requests.json?start_date=2026-01-01T00:00:00Z&end_date=2026-06-01T00:00:00Z", 400, "90"),
    ("requests.json?start_date=2026-02-01T00:00:00Z&end_date=2026-01-01T00:00:00Z", 400, "before"),
    ("requests.json?status=done", 400, "status"),
    ("requests.json?page=0", 400, "page"),
    ("requests.json?page_size=1001", 400, "page_size"),
    ("requests.json?page=99999&page_size=1000", 400, "page"),
    ("requests.json?lat=36.7", 400, "lat"),
    ("requests.json?lat=nan&long=1", 400, "lat"),
    ("requests.json?radius=5", 400, "radius"),
    ("nothing.json", 404, "method"),
)


@on_sqlite
def test_errors_are_lists_of_code_and_description_in_both_formats(town: Town) -> None:
    for path, status, words in ERRORS:
        _is_an_error(town, path, status, words)


def _is_an_error(town: Town, path: str, status: int, words: str) -> None:
    joint = "&" if "?" in path else "?"
    answer = town.client.get(f"{V2}/{path}{joint}lang=en")
    assert answer.status_code == status, answer.text
    assert [row["code"] for row in answer.json or []] == [status]
    assert words in (answer.json or [{}])[0]["description"]
    answer = town.client.get(f"{V2}/{path.replace('.json', '.xml')}{joint}lang=en")
    root = xml(answer)
    assert (answer.status_code, root.tag, root[0].tag) == (status, "errors", "error")
    assert [(part.tag, bool(part.text)) for part in root[0]] == [
        ("code", True), ("description", True),
    ]  # fmt: skip
    assert words in root[0][1].text


@on_sqlite
def test_discovery_is_served_bare_in_both_formats(town: Town) -> None:
    answer = town.client.get("/open311/discovery.json")
    assert answer.headers["Content-Type"] == "application/json"
    told = answer.json
    assert told is not None
    assert list(told) == ["changeset", "contact", "key_service", "endpoints"]
    (endpoint,) = told["endpoints"]
    assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert endpoint["url"] == "http://127.0.0.1:8000/open311/v2"
    assert (endpoint["type"], endpoint["formats"]) == (
        "production", ["text/xml", "application/json"],
    )  # fmt: skip
    answer = town.client.get("/open311/discovery.xml")
    assert answer.headers["Content-Type"] == "text/xml"
    root = ET.fromstring(answer.data)
    assert [one.text for one in root.iter("format")] == ["text/xml", "application/json"]
    assert town.client.get("/open311/discovery").data == answer.data
    json_wanted = {"Accept": "application/json"}
    assert town.client.get("/open311/discovery", headers=json_wanted).json == told
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_public_moments_are_cut_and_ranges_find_exactly_what_they_show() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    for precision in TimePrecision:
        for hours in range(0, 2400, 7):
            moment = NOW + timedelta(hours=hours, seconds=59)
            shown = public_moment(moment, precision, zone)
            assert shown <= moment < after_public_moment(moment, precision, zone)
            # alone in the range of its public moment, and in no range beside it
            first, last = found_between(shown, shown, precision, zone)
            assert first <= moment < last
            later = shown + timedelta(seconds=1)
            first, last = found_between(later, later, precision, zone)
            assert not first <= moment < last


def test_the_range_is_the_last_ninety_days_where_nothing_else_is_said() -> None:
    days = timedelta(days=90)
    assert span_of(None, None, NOW) == (NOW - days, NOW)
    assert span_of(None, NOW - days, NOW) == (NOW - 2 * days, NOW - days)
    assert span_of(NOW - 3 * days, None, NOW) == (NOW - 3 * days, NOW - 2 * days)
    assert span_of(NOW - timedelta(days=1), None, NOW) == (NOW - timedelta(days=1), NOW)


def test_xml_holds_whatever_people_write() -> None:
    words = "a\x00<b>&\ufffe\"'\U0001f6ae\n"
    root = ET.fromstring(as_xml("services", [{"description": words}]))
    assert root[0][0].text == "a<b>&\"'\U0001f6ae\n"


@on_sqlite
def test_the_changeset_is_the_day_on_which_the_services_changed(town: Town) -> None:
    with town.database.read() as session:
        before = queries.changed_on(session, NOW)
    with town.database.write() as session:
        make.category(session, "new_kind").valid_from = NOW.date()
    with town.database.read() as session:
        after = queries.changed_on(session, NOW)
    assert before < after
    assert after.date() == NOW.date()

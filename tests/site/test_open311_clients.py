"""Public clients work unchanged: georeport reads in both formats, civicbot reads and files."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from civicbot.http import HttpError, HttpTransport, RateLimiter
from civicbot.open311 import Open311Client, ValidationError
from civicbot.registry import Endpoint
from flask import Flask
from georeport import GeoReport
from requests import HTTPError
from sqlalchemy import select
from werkzeug.serving import make_server

from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.reports.models import Case
from portal.reports.rules.codes import Event, State
from tests.make import reports as make
from tests.make.intake import INSIDE, ready
from tests.make.keys import key

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class City:
    """A portal that answers on a port of this machine."""

    def __init__(self, database: Database, port: int) -> None:
        self.database, self.tree = database, ready(database)
        self.base = f"http://127.0.0.1:{port}/open311/v2"
        with database.write() as session:
            self.key = key(session).key

    def listed(self, state: State) -> str:
        """A public matter of the last days."""
        with self.database.write() as session:
            at = now() - timedelta(days=2)
            return make.listed(session, self.tree, state=state, at=at).number

    def civicbot(self) -> Open311Client:
        transport = HttpTransport(rate_limiter=RateLimiter(min_interval=0))
        endpoint = Endpoint("gongzhi", "平度市", self.base, write=True)
        return Open311Client(endpoint, transport, jurisdiction_id="pingdu")


@pytest.fixture
def city(app: Flask, database: Database) -> Iterator[City]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield City(database, server.server_port)
    finally:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()


@pytest.mark.parametrize("form", ["json", "xml"])
def test_georeport_reads_services_and_requests(city: City, form: str) -> None:
    done, new = city.listed(State.CLOSED), city.listed(State.ACCEPTED)
    client = GeoReport(city.base, jurisdiction="pingdu", output_format=form)
    services = client.get_service_list()
    assert {"litter", "street_lamp"} <= {row["service_code"] for row in services}
    definition = client.get_service_definition("litter")
    assert definition["service_code"] == "litter"
    rows = client.get_service_requests(start_date=(now() - timedelta(days=9)).isoformat())
    assert {row["service_request_id"]: row["status"] for row in rows} == {
        done: "closed", new: "open",
    }  # fmt: skip
    rows = client.get_service_requests(status="closed,open", service_code="litter,noise")
    assert len(rows) == 2
    row = client.get_service_request(done)
    assert (row["service_code"], row["description"]) == ("litter", "路灯坏了")
    assert float(row["lat"]) == 36.78
    with pytest.raises(HTTPError, match="404"):
        GeoReport(city.base, jurisdiction="chicago").get_service_list()


def test_civicbot_files_a_report_and_follows_it(city: City) -> None:
    client = city.civicbot()
    with pytest.raises(ValidationError, match="not offered"):
        client.create_request("none", lat=36.7, lng=119.9, validate_remote=True)
    prepared = client.create_request(
        "litter", dry_run=False, confirm="SEND", api_key=city.key, validate_remote=True,
        lat=INSIDE[1], lng=INSIDE[0], description="垃圾桶满了", phone="13800001288",
    )  # fmt: skip
    (made,) = prepared.response
    number = made["service_request_id"]
    with pytest.raises(HttpError, match="404"):  # nobody has looked at it yet
        client.get_request(number)
    with city.database.write() as session:
        case = session.scalars(select(Case).where(Case.number == number)).one()
        make.walk(session, case, (Event.ACCEPT,), at=now())
        case.listed = True
    row = client.get_request(number)
    assert row is not None
    assert (row["status"], row["service_name"]) == ("open", "垃圾没人清")
    assert [one["service_request_id"] for one in client.list_requests(status="open")] == [number]
    assert client.list_requests(service_request_ids=[number], page_size=5) == [row]
    with pytest.raises(HttpError, match="api_key") as refused:
        client.create_request(
            "litter", dry_run=False, confirm="SEND", api_key="wrong", lat=36.7, lng=119.9
        )
    assert refused.value.status == 403

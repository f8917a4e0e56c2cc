"""Other systems are told of public steps: signed, to configured hosts, never into our own house."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.kernel.config import BadSetting, Webhook, load_config
from portal.kernel.db import Database
from portal.kernel.delivery import MAX_ATTEMPTS, DeliveryFailed, Letter, deliver_due
from portal.kernel.errors import Missing
from portal.kernel.ids import new_id
from portal.kernel.instance import Instance
from portal.kernel.outbox import Channel, OutboxMessage
from portal.kernel.webhooks import Call, Caller, allowed_url, is_public
from portal.reports.models import WebhookDelivery, WebhookState
from portal.reports.rules.codes import Event, State, Target
from portal.reports.rules.webhooks import MOST_FAILURES
from portal.reports.service.webhooks import WebhookCourier, receivers, resume, stopped_names
from portal.site.jobs import compose
from tests.make import reports
from tests.make.areas import small_tree
from tests.make.reports import NOW

SECRET = "sixteen-letters-" + "0" * 8
HOST = "hooks.example.org"
SIGNED = Webhook("command", f"https://{HOST}/in?x=1", secret=SECRET)
ROBOT = Webhook("group", "https://robot.example.org/send?key=k1", robot=True, place="370283001")
PUBLIC = "93.184.216.34"


@dataclass
class Receiver:
    """A server of another system: what it was sent, and what it answers."""

    port: int = 0
    status: int = 200
    answer: bytes = b'{"errcode": 0}'
    seen: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def dial(self, _host: str, _address: str, _port: int) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self.port, timeout=5)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.seen.append((self.path, dict(self.headers), body))
            self.send_response(found.status)
            self.send_header("Location", "https://elsewhere.example.org/")
            self.end_headers()
            self.wfile.write(found.answer)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Answer)
    found.port = server.server_port
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def told(database: Database) -> Database:
    """An installation with a system and a robot that want to know."""
    instance: Instance = database.info["instance"]
    config = replace(instance.config, webhooks=(SIGNED, ROBOT))
    database.info["instance"] = replace(instance, config=config)
    return database


def caller(receiver: Receiver, address: str = PUBLIC) -> Caller:
    hosts = frozenset({HOST, "robot.example.org"})
    return Caller(hosts, lambda _host, _port: [address], receiver.dial)


def deliver(database: Database, app: Flask, receiver: Receiver) -> int:
    couriers = {Channel.WEBHOOK: WebhookCourier(database, caller(receiver))}
    with app.app_context():
        return deliver_due(database, couriers, compose, lambda: NOW.replace(year=2027))


def test_a_step_is_told_signed_and_with_public_facts_only(
    told: Database, app: Flask, receiver: Receiver
) -> None:
    with told.write() as session:
        made = reports.case(session, small_tree(session)["370283001001"], words="电话13800001234")
        reports.walk(session, made, (Event.ACCEPT,))
        number = made.number
    assert deliver(told, app, receiver) == 2
    by_path = {path: (headers, body) for path, headers, body in receiver.seen}
    headers, body = by_path["/in?x=1"]
    signed = headers["Gongzhi-Timestamp"].encode() + b"." + body
    expected = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["Gongzhi-Signature"] == f"sha256={expected}"
    said = json.loads(body)
    assert said["event"] == "accepted"
    assert said["case"] == {
        "number": number, "category": "litter", "state": "accepted",
        "places": ["370283", "370283001", "370283001M1", "370283001001"],
        "url": f"http://127.0.0.1:8000/reports/{number}",
    }  # fmt: skip
    assert b"1380000" not in b"".join(body for _, _, body in receiver.seen)
    headers, body = by_path["/send?key=k1"]
    assert "Gongzhi-Signature" not in headers
    message = json.loads(body)
    assert message["msgtype"] == "markdown"
    assert number in message["markdown"]["content"]


def test_a_robot_is_told_of_its_own_street_only_and_nobody_of_what_is_not_public(
    told: Database,
) -> None:
    with told.write() as session:
        tree = small_tree(session)
        elsewhere = reports.case(session, tree["370283002001"])
        reports.walk(session, elsewhere, (Event.ACCEPT,))
        hidden = reports.case(session, tree["370283001001"], state=State.DISPATCHED)
        before = len(session.scalars(select(OutboxMessage)).all())
        hidden.listed = False
        session.flush()
        reports.walk(session, hidden, (Event.HANDLE,))
        rows = session.scalars(select(OutboxMessage)).all()
    assert len(rows) == before
    assert sum(row.template == "webhook.robot.accepted" for row in rows) == 1


def test_p5_a_matter_about_a_shop_names_no_more_than_its_public_page(
    told: Database, app: Flask, receiver: Receiver
) -> None:
    with told.write() as session:
        tree = small_tree(session)
        reports.category(session, "stall", target=Target.PERSON_OR_SHOP)
        made = reports.case(session, tree["370283001001G01"], category_code="stall")
        reports.walk(session, made, (Event.ACCEPT,))
    deliver(told, app, receiver)
    places = [json.loads(body)["case"]["places"] for path, _, body in receiver.seen if "in" in path]
    assert places == [["370283", "370283001", "370283001001"]]


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1",
     "fd00::1", "fec0::1", "fe80::1%eth0", "::ffff:127.0.0.1", "224.0.0.1", "2002:7f00:1::",
     "nonsense"],
)  # fmt: skip
def test_no_call_goes_to_a_private_address_whatever_the_name_says(
    receiver: Receiver, address: str
) -> None:
    assert not is_public(address)
    with pytest.raises(DeliveryFailed, match="private"):
        caller(receiver, address).send(Call(SIGNED.url, b"{}", NOW))
    assert receiver.seen == []


@pytest.mark.parametrize(
    "url",
    [f"http://{HOST}/", "https://evil.example.org/", f"https://{HOST}@evil.example.org/",
     f"https://{HOST}.evil.example.org/", f"https://user:pw@{HOST}/", f"https://{HOST}:8443/",
     f"https://{PUBLIC}/", "https://[::1]/", "file:///etc/passwd", f"https://{HOST}:x/"],
)  # fmt: skip
def test_only_configured_hosts_are_called(receiver: Receiver, url: str) -> None:
    assert allowed_url(url, {HOST}) is None
    with pytest.raises(DeliveryFailed):
        caller(receiver).send(Call(url, b"{}", NOW))
    assert receiver.seen == []


def test_a_redirect_is_a_failure_and_is_not_followed(receiver: Receiver) -> None:
    receiver.status = 302
    with pytest.raises(DeliveryFailed, match="302"):
        caller(receiver).send(Call(SIGNED.url, b"{}", NOW))
    assert len(receiver.seen) == 1


def letter() -> Letter:
    return Letter(new_id(), Channel.WEBHOOK, SIGNED.name, "webhook.signed", "{}", NOW)


def test_a_receiver_that_fails_too_often_is_stopped_until_it_is_resumed(
    told: Database, receiver: Receiver
) -> None:
    courier = WebhookCourier(told, caller(receiver))
    receiver.status = 500
    for _ in range(MOST_FAILURES):
        with pytest.raises(DeliveryFailed, match="500"):
            courier.send(letter())
    with told.read() as session:
        assert stopped_names(session) == {SIGNED.name}
        assert next((r.stopped, r.error) for r in receivers(session)) == (
            True, "the receiver answered 500",
        )  # fmt: skip
    calls = len(receiver.seen)
    receiver.status = 200
    with pytest.raises(DeliveryFailed, match="stopped"):
        courier.send(letter())
    assert len(receiver.seen) == calls
    with told.write() as session:
        resume(session, SIGNED.name)
        with pytest.raises(Missing):
            resume(session, "nobody")
    courier.send(letter())
    with told.read() as session:
        state = session.scalars(select(WebhookState)).one()
        assert (state.failures, state.stopped_at, state.answered_at) == (0, None, NOW)
        kept = session.scalars(select(WebhookDelivery.ok)).all()
    assert sorted(kept) == [False] * MOST_FAILURES + [True]


def test_failures_counted_by_several_workers_at_once_are_all_counted(
    told: Database, receiver: Receiver
) -> None:
    receiver.status = 500
    courier = WebhookCourier(told, caller(receiver))

    def fail(_at: int) -> None:
        with pytest.raises(DeliveryFailed):
            courier.send(letter())

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(fail, range(6)))
    with told.read() as session:
        assert session.scalars(select(WebhookState.failures)).one() == 6


def test_a_failed_call_is_tried_again_later(told: Database, app: Flask, receiver: Receiver) -> None:
    receiver.status = 503
    with told.write() as session:
        made = reports.case(session, small_tree(session)["370283002001"])
        reports.walk(session, made, (Event.ACCEPT,))
    assert deliver(told, app, receiver) == 0
    with told.read() as session:
        row = session.scalars(select(OutboxMessage)).one()
    assert (row.attempts, row.error) == (1, "the receiver answered 503")
    assert row.due_at > NOW
    assert MAX_ATTEMPTS > 1


def test_a_robot_that_answers_no_did_not_take_the_message(
    told: Database, receiver: Receiver
) -> None:
    receiver.answer = b'{"errcode": 93000, "errmsg": "invalid webhook url"}'
    refused = replace(letter(), to=ROBOT.name)
    with pytest.raises(DeliveryFailed, match="93000"):
        WebhookCourier(told, caller(receiver)).send(refused)


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"name": "a", "url": "http://h.example.org", "secret": SECRET},
        {"name": "a", "url": "https://h.example.org", "secret": "short"},
        {"name": "a", "url": "https://h.example.org"},
        {"name": "a", "url": "https://h.example.org", "robot": True, "secret": SECRET},
        {"name": "a", "url": "https://h.example.org", "secret": SECRET, "events": ["born"]},
        {"name": "a", "url": "https://localhost", "secret": SECRET},
        {"name": "a", "url": "https://h.example.org", "secret": SECRET, "more": 1},
    ],
)
def test_a_receiver_that_cannot_be_meant_stops_the_start(tmp_path: Any, row: Any) -> None:
    with pytest.raises(BadSetting, match="GONGZHI_WEBHOOKS"):
        load_config({"GONGZHI_INSTANCE": str(tmp_path), "GONGZHI_WEBHOOKS": json.dumps([row])})


def test_receivers_are_read_from_the_configuration(tmp_path: Any) -> None:
    row = {"name": "a", "url": "https://H.example.org/x", "secret": SECRET, "events": ["closed"]}
    config = load_config({"GONGZHI_INSTANCE": str(tmp_path), "GONGZHI_WEBHOOKS": json.dumps([row])})
    [hook] = config.webhooks
    assert (hook.host, hook.events, SECRET in repr(config)) == (
        "h.example.org", frozenset({"closed"}), False,
    )  # fmt: skip

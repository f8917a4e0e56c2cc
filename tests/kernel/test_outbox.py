"""Messages: none without its transaction, each at least once, none twice at the same time."""

import json
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from portal.kernel.config import SmsGateway
from portal.kernel.db import Database
from portal.kernel.delivery import (
    CLAIM,
    KEEP_FAILED,
    KEEP_SENT,
    MAX_ATTEMPTS,
    DeliveryFailed,
    Letter,
    claim_messages,
    deliver_due,
    forget_messages,
    wait_before,
)
from portal.kernel.delivery_couriers import FileCourier, SmsCourier, couriers_for
from portal.kernel.ids import new_id
from portal.kernel.outbox import Channel, OutboxMessage, OutboxState, post_message

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
PHONE = "13800001201"


class Postbox:
    """A courier that remembers; it can be told to fail."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.letters: list[Letter] = []
        self.failure = failure
        self._mutex = threading.Lock()

    def send(self, letter: Letter) -> None:
        if self.failure is not None:
            raise self.failure
        with self._mutex:
            self.letters.append(letter)


def compose(template: str, facts: Mapping[str, Any], language: str) -> str:
    return f"{template}/{facts['n']}/{language}"


def post(database: Database, count: int = 1, **more: Any) -> None:
    with database.write() as session:
        for n in range(count):
            options: dict[str, Any] = {
                "channel": Channel.SMS, "to": PHONE, "template": "t", "facts": {"n": n}, "now": NOW,
            }  # fmt: skip
            post_message(session, **(options | more))


def deliver(database: Database, box: Postbox, at: datetime = NOW, limit: int = 20) -> int:
    return deliver_due(database, {Channel.SMS: box}, compose, lambda: at, limit=limit)


def rows(database: Database) -> list[OutboxMessage]:
    with database.read() as session:
        return list(session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def test_a_message_of_a_failed_transaction_is_never_sent(database: Database) -> None:
    def fail() -> None:
        with database.write() as session:
            post_message(session, channel=Channel.SMS, to=PHONE, template="t",
                         facts={"n": 1}, now=NOW)  # fmt: skip
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    box = Postbox()
    assert deliver(database, box) == 0
    assert box.letters == []


def test_a_sent_message_keeps_nothing_readable(database: Database) -> None:
    post(database, language="zh_Hant")
    (waiting,) = rows(database)
    assert PHONE not in f"{waiting.sealed_to}{waiting.sealed_facts}"
    box = Postbox()
    assert deliver(database, box) == 1
    assert [(x.to, x.text) for x in box.letters] == [(PHONE, "t/0/zh_Hant")]
    (sent,) = rows(database)
    assert sent.state is OutboxState.SENT
    assert (sent.sealed_to, sent.sealed_facts, sent.sent_at) == (None, None, NOW)
    assert deliver(database, box, NOW + timedelta(days=1)) == 0


def test_a_message_waits_for_its_hour(database: Database) -> None:
    post(database, due_at=NOW + timedelta(days=7))
    box = Postbox()
    assert deliver(database, box) == 0
    assert deliver(database, box, NOW + timedelta(days=7)) == 1


def test_a_failed_message_is_tried_again_later_and_stays_after_the_last_try(
    database: Database,
) -> None:
    post(database)
    box, moment = Postbox(DeliveryFailed(f"gateway says {PHONE} is unknown")), NOW
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert deliver(database, box, moment) == 0
        (row,) = rows(database)
        assert row.attempts == attempt
        assert row.due_at == moment + wait_before(attempt)
        assert deliver(database, box, moment) == 0, "not due again at once"
        moment = row.due_at
    (row,) = rows(database)
    assert row.state is OutboxState.FAILED
    assert row.error is not None
    assert PHONE not in row.error
    assert row.sealed_to is not None
    assert wait_before(1) < wait_before(2) < wait_before(20) == wait_before(30)


def test_a_message_nobody_can_carry_waits_for_a_way(database: Database) -> None:
    post(database, channel=Channel.MAIL, to="a@example.org")
    assert deliver(database, Postbox()) == 0
    (row,) = rows(database)
    assert row.error == "no way to send mail is set up"
    box = Postbox()
    later = row.due_at
    assert deliver_due(database, {Channel.MAIL: box}, compose, lambda: later) == 1


def test_a_message_whose_words_are_missing_does_not_stop_the_others(database: Database) -> None:
    post(database, facts={"wrong": 1})
    post(database)
    box = Postbox()
    assert deliver(database, box) == 1
    states = sorted(row.state.value for row in rows(database))
    assert states == ["sent", "waiting"]


def test_a_worker_that_dies_after_its_claim_loses_nothing(database: Database) -> None:
    post(database)
    with database.write() as session:
        assert len(claim_messages(session, now=NOW)) == 1
    box = Postbox()
    assert deliver(database, box, NOW + CLAIM / 2) == 0, "still claimed by the dead worker"
    assert deliver(database, box, NOW + CLAIM) == 1
    assert len(box.letters) == 1


def test_a_late_worker_does_not_overwrite_the_result_of_the_next(database: Database) -> None:
    post(database)

    class Slow(Postbox):
        def send(self, letter: Letter) -> None:
            super().send(letter)
            assert deliver(database, next_box, NOW + CLAIM) == 1
            raise DeliveryFailed("gave up waiting")

    next_box = Postbox()
    assert deliver(database, Slow()) == 0
    (row,) = rows(database)
    assert row.state is OutboxState.SENT


def test_two_workers_never_send_the_same_message(database: Database) -> None:
    post(database, 40)
    box, start = Postbox(), threading.Barrier(4)

    def work() -> None:
        start.wait()
        while deliver(database, box, limit=3):
            pass

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    deliver(database, box, limit=40)  # a worker may stop early when others hold what is left
    sent = [letter.id for letter in box.letters]
    assert len(sent) == len(set(sent)) == 40


def test_a_cancelled_message_is_not_sent(database: Database) -> None:
    post(database, subject="case:1")
    with database.write() as session:
        row = session.scalars(select(OutboxMessage)).one()
        row.state = OutboxState.CANCELLED
    assert deliver(database, Postbox()) == 0


def test_old_messages_are_forgotten(database: Database) -> None:
    post(database, 2)
    with database.write() as session:
        first = session.scalars(select(OutboxMessage).limit(1)).one()
        first.state = OutboxState.FAILED
    with database.write() as session:
        forget_messages(session, now=NOW + KEEP_FAILED + timedelta(seconds=1))
    failed = next(row for row in rows(database) if row.state is OutboxState.FAILED)
    assert failed.sealed_to is None
    with database.write() as session:
        forget_messages(session, now=NOW + KEEP_SENT + timedelta(seconds=1))
    assert [row.state for row in rows(database)] == [OutboxState.WAITING], "waiting ones never"


def a_letter(text: str = '路灯"{to}"\n{text} %') -> Letter:
    return Letter(new_id(), Channel.SMS, PHONE, "t", text, NOW)


def test_files_hold_what_the_contract_promises(tmp_path: Path) -> None:
    letter = a_letter()
    FileCourier(tmp_path / "out").send(letter)
    (path,) = (tmp_path / "out").iterdir()
    assert json.loads(path.read_text("utf-8")) == {
        "channel": "sms", "to": PHONE, "template": "t", "text": letter.text, "at": NOW.isoformat(),
    }  # fmt: skip


class Gateway(BaseHTTPRequestHandler):
    """An SMS gateway that answers as it is told."""

    answer = 200
    seen: list[tuple[str, str, bytes]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append((self.path, self.headers["Content-Type"], body))
        self.send_response(self.answer)
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args: Any) -> None: ...


@pytest.fixture
def gateway() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Gateway)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    Gateway.answer, Gateway.seen = 200, []
    yield f"http://127.0.0.1:{server.server_port}/send?key=1"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_text_cannot_break_out_of_the_gateway_s_json(gateway: str) -> None:
    body = '{"mobile": "{to}", "content": "{text}"}'
    letter = a_letter()
    SmsCourier(SmsGateway(gateway, {}, body)).send(letter)
    ((path, kind, sent),) = Gateway.seen
    assert path == "/send?key=1"
    assert kind == "application/json"
    assert json.loads(sent) == {"mobile": PHONE, "content": letter.text}


def test_a_text_cannot_break_out_of_the_gateway_s_form(gateway: str) -> None:
    SmsCourier(SmsGateway(gateway, {}, "to={to}&text={text}")).send(a_letter("a&to=1 b"))
    ((_, kind, sent),) = Gateway.seen
    assert kind == "application/x-www-form-urlencoded"
    assert sent == f"to={PHONE}&text=a%26to%3D1+b".encode()


@pytest.mark.parametrize("answer", [302, 401, 500])
def test_a_gateway_that_refuses_or_points_elsewhere_is_a_failure(gateway: str, answer: int) -> None:
    Gateway.answer = answer
    with pytest.raises(DeliveryFailed, match=str(answer)):
        SmsCourier(SmsGateway(gateway, {}, "{to}{text}")).send(a_letter())
    assert len(Gateway.seen) == 1, "no redirect is followed"


def test_without_any_setting_only_a_loopback_portal_shows_messages(config: Any) -> None:
    plain = config.__class__(**{**vars(config), "outbox": None})
    assert set(couriers_for(plain, "x")) == set(Channel)
    public = plain.__class__(**{**vars(plain), "origin": "https://gongzhi.example.cn"})
    assert couriers_for(public, "x") == {}

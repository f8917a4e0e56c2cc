"""One event is one JSON line, and nothing in it opens a door or rings a phone."""

import io
import json
import logging

import pytest
import structlog
from flask import Flask

from portal.accounts.access import public
from portal.kernel.ids import new_token
from portal.kernel.logs import scrub_path, scrub_text


def events(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize(
    "phone",
    ["13800001201", "+8613800001201", "0086 138 0000 1201", "138-0000-1201", "0532-88001234"],
)
def test_phones_are_dropped_from_any_text(phone: str) -> None:
    assert scrub_text(f"打给{phone}。") == "打给[phone]。"


def test_identity_numbers_are_dropped() -> None:
    assert scrub_text("no. 37028319900101123X!") == "no. [identity]!"


def test_numbers_that_are_no_phones_stay() -> None:
    assert scrub_text("370283001 at 2026-11-22T04:00:00 7K3M9-QX2HD 12345") == (
        "370283001 at 2026-11-22T04:00:00 7K3M9-QX2HD 12345"
    )


def test_every_token_is_scrubbed_from_an_address() -> None:
    for _ in range(500):
        token = new_token()
        assert scrub_path(f"/volunteers/calendar/{token}.ics") == (
            "/volunteers/calendar/[token].ics"
        )
    assert scrub_path("/volunteers/point/7K3M9-QX2HD") == "/volunteers/point/[code]"
    assert scrub_path("/reports/7K3M9-QX2HD/rate") == "/reports/7K3M9-QX2HD/rate"


def test_traces_stay_readable() -> None:
    assert "full_dispatch_request" in scrub_text("in full_dispatch_request (app.py)")


def test_an_event_is_one_json_line_without_secrets(lines: io.StringIO) -> None:
    token = new_token()
    structlog.get_logger("t").info(
        "sent\nto 13800001201", code="123456", link=f"https://x.cn/r/{token}",
        nested={"phone": "13800001201", "all": [token]}, count=3,
    )  # fmt: skip
    logging.getLogger("library").warning("GET /r/%s from %s", token, "+86 138 0000 1201")
    try:
        int(f"bad {token} 13800001201")
    except ValueError:
        logging.getLogger("library").exception("failed")
    first, second, third = found = events(lines)
    assert (first["event"], first["code"], first["count"]) == ("sent\nto [phone]", "[removed]", 3)
    assert second["event"] == "GET /r/[token] from [phone]"
    assert "bad [token] [phone]" in str(third["exception"])
    assert token not in lines.getvalue()
    # but the moment, whose microseconds may be any digits
    said = [{name: told for name, told in one.items() if name != "timestamp"} for one in found]
    assert "138" not in json.dumps(said)


def test_a_request_is_logged_without_its_secrets(app: Flask, lines: io.StringIO) -> None:
    app.add_url_rule("/open/<token>", "capability", public(lambda token: token))
    token = new_token()
    response = app.test_client().get(f"/open/{token}?q=13800001201&name=王")
    (event,) = events(lines)
    assert event["path"] == "/open/[token]"
    assert (event["status"], event["endpoint"]) == (200, "capability")
    assert event["request_id"] == response.headers["X-Request-Id"]
    assert "q=" not in lines.getvalue()
    assert "王" not in lines.getvalue()

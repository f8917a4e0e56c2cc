"""Odd requests: whatever is typed into an address or a form is answered with words, never a 500.

Every route of the map is tried, so that a new one cannot be forgotten. Of the odd values each route
gets some in turn, with --long all of them.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from typing import Any, ClassVar

import pytest
from flask import Flask, Request
from flask.testing import FlaskClient
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.routing import Rule

from portal.kernel.db import Database
from portal.kernel.ids import new_token
from tests.house.session import in_turn, is_long
from tests.security.town import Town, build_town

NAMES = (
    "q", "area", "category", "state", "bbox", "before", "after", "task", "place", "number", "next",
    "back", "lang", "text", "scheme", "card", "token", "under", "lon", "lat", "span",
    "pick.x", "pick.y", "size", "solved", "v", "action", "case", "to", "kind", "done", "unit",
    "late", "code", "point", "page", "sort", "go", "leave", "plain", "elder", "group", "ticked",
    "first", "last", "other_first", "other_last", "compared", "month", "by", "figure", "type",
    "source", "joined",
)  # fmt: skip
# values as bytes of an address: NUL, broken UTF-8, a lone surrogate, huge, negative, not a number
VALUES = (
    "%00", "%ED%A0%80%FF", "%25%5F%27%22%3C%3E", "9" * 300, "nan", "1,2,3,4", "0000-00",
    "99999999999999999999%7E0%7E00000000000000000000000000000000", "%2F%2Fevil.example",
)  # fmt: skip
# names that are arguments of functions behind the pages
STRANGE = (
    "endpoint=x&self=1&values=1&filename=x&code=y",
    "_external=1&_scheme=javascript&_anchor=%22%3E&_method=POST",
    "q=1&q=2&q[]=3&q%5B%5D=4&=5&%FF=6&&&;",
    "x=" + "y" * 3_000,
    # both ends of the calendar, from where no day can be counted on
    "first=9999-12-01&last=9999-12-31&compared=before&month=9999-12",
    "first=0001-01-01&last=0001-01-01&compared=year&month=0001-01",
)


@pytest.fixture
def town(app: Flask, database: Database) -> Town:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return build_town(app, database)


def addresses(town: Town, method: str) -> Iterator[tuple[FlaskClient, Rule, str]]:
    """Every route that answers the method, with values of real things, by somebody who may."""
    for rule in town.app.url_map.iter_rules():
        # readiness says 503 here, because no jobs run
        if rule.endpoint not in {"static", "site.readyz"} and method in (rule.methods or ()):
            yield town.client_for(rule), rule, town.address(rule)


def breaks(client: FlaskClient, method: str, url: str, **options: Any) -> str | None:
    """What is wrong with the answer, if anything."""
    response = client.open(url, method=method, buffered=True, **options)
    if response.status_code >= 500:
        return f"{method} {url[:120]} {str(options)[:200]}: {response.status_code}"
    target = response.headers.get("Location", "/")
    if not target.startswith("/") or target.startswith("//"):
        return f"{method} {url[:120]}: leads to {target}"
    if b'"javascript:' in response.data:
        return f"{method} {url[:120]}: links to what was planted"
    return None


class Watched(ImmutableMultiDict[str, str]):
    """Arguments that note by which names they were asked, or by whom for all there are."""

    asked: ClassVar[set[str]] = set()

    def _all(self) -> None:
        frame = sys._getframe(2)
        while frame.f_back and frame.f_globals["__name__"].startswith(("werkzeug", "tests")):
            frame = frame.f_back
        self.asked.add(f"all, by {frame.f_globals['__name__']}")

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self.asked.add(str(name))
        return super().__contains__(name)

    def getlist(self, name: str, *given: Any, **options: Any) -> Any:
        self.asked.add(name)
        return super().getlist(name, *given, **options)

    def __iter__(self) -> Iterator[str]:
        self._all()
        return super().__iter__()

    def items(self, multi: bool = False) -> Any:
        self._all()
        return super().items(multi)

    def lists(self) -> Any:
        self._all()
        return super().lists()


class WatchedRequest(Request):
    parameter_storage_class = Watched


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_query_string_breaks_a_page(town: Town) -> None:
    """Whoever asks for no argument of its own cannot be broken by another value of it."""
    queries = [*("&".join(f"{name}={value}" for name in NAMES) for value in VALUES), *STRANGE]
    town.app.request_class = WatchedRequest
    tried, faults = list(addresses(town, "GET")), []
    asked: dict[str, set[str]] = {}
    for client, rule, url in tried:
        Watched.asked = asked.setdefault(rule.endpoint, set())
        faults += [breaks(client, "GET", f"{url}?{query}") for query in queries[:2]]
    frame = asked["site.help"]
    curious = [(c, r, u) for c, r, u in tried if asked[r.endpoint] - frame]
    assert frame == {"lang", "all, by portal.site.navigation"}
    assert len(tried) > len(curious) > 100
    for client, _rule, url in [*curious, *tried[:3]]:
        faults += [breaks(client, "GET", f"{url}?{query}") for query in queries[2:]]
    found = [fault for fault in faults if fault]
    assert not found, "\n".join(found[:40])


def test_no_value_in_an_address_breaks_a_page_on_either_engine(
    town: Town, database_url: str
) -> None:
    odd = ("%00", "%FF%FE", "%ED%A0%80", "x" * 400, "..%2F..", "2026-10", "%F0%9F%90%89", "9" * 40)
    faults: list[str | None] = []
    on_sqlite = database_url.startswith("sqlite")
    for at, rule in enumerate(town.app.url_map.iter_rules()):
        if rule.endpoint in {"static", "site.readyz"}:
            continue
        client = town.client_for(rule)
        # the engines begin at different values: of a route each sees what the other does not
        values = in_turn(odd, at + on_sqlite, 4) if rule.arguments else ()
        for value, method in ((v, m) for v in values for m in ("GET", "POST")):
            url = rule.rule
            for name in rule.arguments:
                url = url.replace(_placeholder(rule, name), value)
            faults.append(breaks(client, method, url))
        if on_sqlite and not is_long():
            continue  # test_no_query_string_breaks_a_page has more for it
        query = "&".join(f"{name}=%00%FF" for name in NAMES)
        faults.append(breaks(client, "GET", f"{town.address(rule)}?{query}"))
    found = [fault for fault in faults if fault]
    assert not found, "\n".join(found[:40])


def _placeholder(rule: Rule, name: str) -> str:
    start = rule.rule.index(f"{name}>")
    opening = rule.rule.rindex("<", 0, start)
    return rule.rule[opening : start + len(name) + 1]


def forms(names: set[str], token: str) -> Iterator[dict[str, Any]]:
    """What a form was never meant to be sent."""
    base = {"csrf_token": token}

    def fresh() -> dict[str, Any]:
        return {**base, "idempotency_key": new_token()}

    yield {}
    yield {"csrf_token": "x"}
    yield fresh()
    for value in ("\x00", "x" * 100_000, "9999-12-31", "0001-01-01", "nan", "%s %(x)s"):
        yield {**fresh(), **dict.fromkeys(names, value)}
    yield {**fresh(), **{name: ["a", "b", "\x00"] for name in names}}
    for spoilt in ({*names}, {"csrf_token"}, {"idempotency_key"}):
        files = {name: (BytesIO(b"\xff\xfe<svg onload=1>"), "x.svg") for name in spoilt}
        yield {**fresh(), **files}


def names_on(html: str) -> set[str]:
    """The fields of a page's forms, without those that carry the form itself."""
    found = {part.split('"')[0] for part in html.split(' name="')[1:]}
    hidden = {f"{name}-kept" for name in found if name == "photos"}
    return (found | hidden) - {"csrf_token", "idempotency_key", "viewport", "theme-color"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_junk_in_a_form_breaks_a_page(town: Town) -> None:
    faults: list[str | None] = []
    for at, (client, rule, url) in enumerate(addresses(town, "POST")):
        if rule.endpoint in {"accounts.sign_out", "accounts.end_session"}:
            continue  # they would end the tester's own session
        html = client.get(url, buffered=True).text if "GET" in (rule.methods or ()) else ""
        names = names_on(html) or {"words", "reason", "role", "photos"}
        token = town.token(client)
        junk = in_turn(list(forms(names, token)), at, 5)
        faults += [breaks(client, "POST", url, data=data) for data in junk]
    found = [fault for fault in faults if fault]
    assert not found, "\n".join(found[:40])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_broken_body_breaks_a_page(town: Town) -> None:
    """Multipart that ends early, invalid UTF-8, a wrong announcement of what it is."""
    kinds = {
        "multipart/form-data; boundary=x": (
            b'--x\r\nContent-Disposition: form-data; name="words"\r\n\r\n\xff\xfe\xed\xa0\x80\r\n'
            b'--x\r\nContent-Disposition: form-data; name="\xff"\r\n\r\n1\r\n--x--',
            b'--x\r\nContent-Disposition: form-data; name="photos"; filename="a',
            b"--x--",
            b"",
        ),
        "multipart/form-data": (b"--x", b""),
        "application/x-www-form-urlencoded": (b"\xff=%ff&words=%ED%A0%80&=&&&", b"%"),
        "application/json": (b'{"words": {"a": []}}', b"\xff"),
        "text/plain; charset=utf-7": (b"+ADw-script+AD4-",),
    }
    bodies = [(kind, body) for kind, found in kinds.items() for body in found]
    faults = [
        breaks(client, "POST", url, data=body, content_type=kind)
        for at, (client, _rule, url) in enumerate(addresses(town, "POST"))
        for kind, body in in_turn(bodies, at, 3)
    ]
    found = [fault for fault in faults if fault]
    assert not found, "\n".join(found[:40])


def test_fields_given_twice_are_no_riddle(town: Town) -> None:
    client = town.clients["nobody"]
    data = MultiDict([("csrf_token", town.token(client)), ("csrf_token", "x"), ("number", "a"),
                      ("number", "b"), ("code", "c"), ("code", "d"), ("idempotency_key", "1"),
                      ("idempotency_key", "2")])  # fmt: skip
    assert client.post("/track", data=data).status_code == 422

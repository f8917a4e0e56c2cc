"""Every rule of the map × method × role × (own, foreign, absent): real requests against the table.

A POST without a form token goes through the gate and is refused by the form: so the gate is tried
for everybody without changing anything. What is foreign or absent is tried with a good token.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.routing import AnyConverter, BuildError, IntegerConverter, Rule, UUIDConverter
from werkzeug.test import TestResponse

from portal.accounts.access import Access, signed_in
from portal.accounts.rules import Permission, Scope, roles
from portal.kernel.db import Database
from portal.kernel.ids import new_number, new_token
from tests.make.question_routes import SAMPLES
from tests.make.world import HALF, NOBODY, STRANGER, World, build_world

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
TO_SIGN_IN, TO_SECOND_STEP = "/sign-in", "/sign-in/second-step"


@dataclass(frozen=True)
class Try:
    """One request: which rule, how, by whom."""

    rule: Rule
    method: str
    role: str
    access: Access

    def __str__(self) -> str:
        return f"{self.method} {self.rule.rule} as {self.role}"


def rules_of(app: Flask) -> Iterator[tuple[Rule, str, Access]]:
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        access = declared(app, rule)
        assert access is not None, f"{rule.rule} declares no access"
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
            yield rule, method, access


def declared(app: Flask, rule: Rule) -> Access | None:
    return getattr(app.view_functions[rule.endpoint], "access", None)


def absent(rule: Rule) -> dict[str, object]:
    """Values that no thing has."""
    return {name: _absent_value(rule, name) for name in rule.arguments}


def _absent_value(rule: Rule, name: str) -> object:
    converter = rule._converters[name]
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    if isinstance(converter, UUIDConverter):
        return uuid4()
    return 987654 if isinstance(converter, IntegerConverter) else new_number()


def address(app: Flask, rule: Rule, values: Mapping[str, Any]) -> str:
    return str(app.url_map.bind("localhost").build(rule.endpoint, values))


def send(world: World, role: str, method: str, url: str, form: Any = None) -> TestResponse:
    client = world.clients[role]
    if form is None or method == "GET":
        return client.open(url, method=method, buffered=True)
    token = _token(world, role)
    data = {"csrf_token": token, "idempotency_key": new_token(), **form}
    return client.open(url, method=method, data=data, buffered=True)


def _token(world: World, role: str) -> str:
    """The form token of the role's session, which is good for all its forms: asked for once."""
    if role not in world.tokens:
        page = world.clients[role].get("/sign-in/card").get_data(as_text=True)
        world.tokens[role] = page.split('name="csrf_token" value="')[1].split('"')[0]
    return world.tokens[role]


def may(role: str, permission: Permission) -> bool:
    return role in roles() and permission in roles()[role].permissions


def expected(attempt: Try) -> str:
    """What the declared access promises this role: sign-in, second step, forbidden, or open."""
    if attempt.access.public:
        return "open"
    if attempt.access.key is not None:
        return "forbidden"  # whoever is signed in: only a key counts
    if attempt.role == NOBODY:
        return "sign-in"
    if attempt.access.permission is None or may(attempt.role, attempt.access.permission):
        return "open"
    return "second step" if attempt.role == HALF else "forbidden"


def seen(response: TestResponse) -> str:
    """What the gate did. A page behind it may still say that there is no such thing (404)."""
    path = response.headers.get("Location", "").split("?")[0]
    if response.status_code == 303 and path == TO_SECOND_STEP:
        return "second step"
    if response.status_code == 303 and path == TO_SIGN_IN:
        return "sign-in"
    if response.status_code == 403:
        return "forbidden"
    return "broken" if response.status_code == 500 else "open"


@pytest.fixture
def world(app: Flask, database: Database, monkeypatch: pytest.MonkeyPatch) -> World:
    """Everybody at the doors. What is behind a door is not drawn: only how it opens is asked."""
    world = build_world(app, database)
    for role in world.clients:
        _token(world, role)
    monkeypatch.setattr("flask.templating._render", lambda _app, _template, _context: "")
    return world


def test_every_route_lets_in_exactly_the_roles_it_declares(
    world: World, pytestconfig: pytest.Config
) -> None:
    is_long = bool(pytestconfig.getoption("--long"))
    faults = [
        fault
        for rule, method, access in rules_of(world.app)
        for fault in gate_faults(world, rule, method, access, _to_try(access, is_long=is_long))
    ]
    assert not faults, "\n".join(faults)


def _to_try(access: Access, *, is_long: bool) -> tuple[str, ...]:
    """Everybody where a permission decides; where none does, one of each kind of visitor."""
    if access.permission is None and not is_long:
        return (NOBODY, STRANGER, HALF, "resident", "street_desk")
    return (NOBODY, STRANGER, HALF, *roles())


def gate_faults(
    world: World, rule: Rule, method: str, access: Access, visitors: Iterable[str]
) -> Iterator[str]:
    """Send one request for each visitor, and compare."""
    for role in visitors:
        attempt = Try(rule, method, role, access)
        # an absent thing is behind the gate for everybody: 404 says that the gate was open
        response = send(world, role, method, address(world.app, rule, absent(rule)))
        if seen(response) != expected(attempt) and not _leads_on(attempt, response):
            yield f"{attempt}: {seen(response)}, declared {expected(attempt)}"


def _leads_on(attempt: Try, response: TestResponse) -> bool:
    """Steps of signing in themselves lead to the sign-in page: that is no gate."""
    return attempt.access.public and seen(response) == "sign-in"


def test_what_is_at_home_is_there_for_exactly_the_roles_that_reach_it(world: World) -> None:
    faults = []
    for rule, method, access in rules_of(world.app):
        sample = SAMPLES.get(rule.endpoint)
        if sample is None or sample.reaches is None:
            continue
        for role in roles():
            if expected(Try(rule, method, role, access)) != "open":
                continue
            response = send(world, role, method, address(world.app, rule, sample.own(world, role)))
            there = {200, 303} if method == "GET" else {422}
            if response.status_code not in (there if role in sample.reaches else {403, 404}):
                faults.append(f"{method} {rule.rule} as {role}: {response.status_code}")
    assert not faults, "\n".join(faults)


def test_what_is_absent_or_anothers_looks_the_same_to_everybody(world: World) -> None:
    faults = []
    for rule, method, access in rules_of(world.app):
        sample = SAMPLES.get(rule.endpoint)
        if sample is None or access.public or access.key:
            continue
        for role in roles():
            if expected(Try(rule, method, role, access)) != "open":
                continue
            tries = [("absent", absent(rule), {404})]
            # to whoever works for the whole city no place is foreign
            if sample.foreign is not None and roles()[role].scope is not Scope.CITY:
                foreign = sample.foreign(world, role)
                tries.append(("foreign", foreign, set(sample.foreign_status)))
            for kind, values, good in tries:
                url = address(world.app, rule, values)
                response = send(world, role, method, url, sample.form)
                if response.status_code not in good:
                    found = response.status_code
                    faults.append(f"{method} {rule.rule} ({kind}) as {role}: {found}")
    assert not faults, "\n".join(faults)


def test_every_guarded_route_with_values_has_a_sample(app: Flask) -> None:
    bare = {
        rule.endpoint
        for rule, _, access in rules_of(app)
        if rule.arguments and not access.public and access.key is None
    }
    missing = bare - set(SAMPLES)
    assert not missing, f"add these to tests/make/routes.py: {sorted(missing)}"


def test_a_route_without_a_declaration_is_found(app: Flask) -> None:
    app.add_url_rule("/undeclared", "undeclared", lambda: "")
    with pytest.raises(AssertionError, match="/undeclared declares no access"):
        list(rules_of(app))


def test_a_gate_that_lets_too_many_in_is_found(app: Flask, database: Database) -> None:
    def leaky() -> str:
        return ""

    guarded: Any = signed_in(leaky)
    guarded.access = Access(permission=Permission.AUDIT_READ)
    app.add_url_rule("/leaky", "leaky", guarded)
    leaks = [found for found in rules_of(app) if found[0].rule == "/leaky"]
    world = build_world(app, database)
    everybody = (NOBODY, STRANGER, HALF, *roles())
    faults = [fault for rule in leaks for fault in gate_faults(world, *rule, everybody)]
    assert "GET /leaky as resident: open, declared forbidden" in faults
    assert not [fault for fault in faults if "auditor" in fault]


def test_the_values_of_an_absent_thing_fit_their_route(app: Flask) -> None:
    for rule, _, _ in rules_of(app):
        try:
            address(app, rule, absent(rule))
        except BuildError as error:
            pytest.fail(f"{rule.rule}: {error}")

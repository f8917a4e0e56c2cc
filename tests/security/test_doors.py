"""Which door opens for whom: every route, as its attacker tries it."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from portal.kernel.audit import AuditEntry
from portal.kernel.db import Base, Database
from portal.kernel.ids import new_token
from tests.security.town import NAME, PHONE, Town, build_town

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PRIVATE = {"no-store", "private, no-store", "private, no-cache", "private, max-age=600"}


@pytest.fixture
def town(app: Flask, database: Database) -> Town:
    return build_town(app, database)


def rules(town: Town, method: str) -> Iterator[Rule]:
    for rule in town.app.url_map.iter_rules():
        if rule.endpoint != "static" and method in (rule.methods or ()):
            yield rule


def everything(database: Database) -> dict[str, list[str]]:
    """All that the database holds."""
    with database.read() as session:
        return {
            table.name: sorted(repr(row) for row in session.execute(select(table)))
            for table in Base.metadata.sorted_tables
        }


def changed(before: dict[str, list[str]], after: dict[str, list[str]]) -> set[str]:
    return {name for name in before if before[name] != after[name]}


def test_a_form_without_its_token_changes_nothing_anywhere(town: Town) -> None:
    before, faults = everything(town.database), []
    for rule in rules(town, "POST"):
        client = town.client_for(rule)
        for token in ("", "x", town.token(town.clients["neighbour"])):
            data = {"csrf_token": token, "idempotency_key": new_token(), "words": "w", "sure": "y"}
            status = client.post(town.address(rule), data=data, buffered=True).status_code
            # a witness has no form: what is no signed checkpoint is refused as such
            refused = {400} if rule.endpoint == "credit.cosign_log" else {303, 403, 404, 422}
            if status not in refused:
                faults.append(f"{rule.rule}: {status}")
    assert not faults
    # that a witness knocked is counted against her address
    assert changed(before, everything(town.database)) <= {"rate_window"}
    assert client.get("/me").status_code == 200, "not even the session has ended"


def looks(town: Town) -> Iterator[tuple[Rule, str, Any]]:
    """Every page of the map, with every case in it, and who asks for it: everybody."""
    for rule in rules(town, "GET"):
        urls = {town.address(rule)}
        if "number" in rule.arguments and rule.endpoint.startswith("reports."):
            urls |= {town.address(rule, number=town.cases[case]) for case in ("sealed", "closed")}
        for name in ("owner", *READERS):
            for url in urls:
                yield rule, name, town.clients[name].get(url, buffered=True)
        town.clients["owner"].head(town.address(rule), buffered=True)


def test_every_page_read_by_everybody_changes_nothing_is_armoured_and_tells_on_nobody(
    town: Town,
) -> None:
    """One walk for the three: the pages are the same, and there are seven thousand answers."""
    before, bare, told = everything(town.database), [], []
    for rule, name, response in looks(town):
        bare += [f"{rule.rule} {name}: {fault}" for fault in flaws(response, rule, name)]
        # the owner reads her own name
        if rule.endpoint not in ABOUT_PEOPLE and name != "owner":
            page = response.data.decode("utf-8", "replace")
            told += [f"{name} {response.request.url}: {mark}" for mark in MARKS if mark in page]
    assert not bare, "\n".join(bare)
    assert not told, "\n".join(told)
    # but the record of looks
    assert changed(before, everything(town.database)) == {"audit_entry"}
    with town.database.read() as session:
        assert set(session.scalars(select(AuditEntry.action))) >= {"people:look"}


def flaws(response: Any, rule: Rule, name: str) -> Iterator[str]:
    headers = response.headers
    wanted = {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
    }
    for header, value in wanted.items():
        if headers.get(header) != value:
            yield f"{header} is {headers.get(header)}"
    if "frame-ancestors 'none'" not in headers.get("Content-Security-Policy", ""):
        yield "no policy"
    caching = headers.get("Cache-Control", "")
    if name != "nobody" and "no-store" not in caching and rule.endpoint not in OPEN_FILES:
        yield f"kept: {caching}"
    if caching not in PRIVATE and rule.endpoint not in OPEN_FILES:
        yield f"kept by others: {caching}"


# the same bytes for everybody
OPEN_FILES = {
    "reports.photo", "reports.thumbnail", "site.robots", "site.favicon",
    "reports.place_map_picture", "site.worker", "site.manifest", "feeds.atom", "feeds.geojson",
    "publicity.articles_feed", "publicity.media_atom", "publicity.media_json",
    "feeds.data_atom", "feeds.questions_atom",
    "openapi.show",
}  # fmt: skip


@pytest.mark.parametrize("path", ["/nowhere", "/reports/7K3M9-QX2HD", "/reports/%00", "/static/no"])
def test_an_error_page_is_as_armoured_as_any(town: Town, path: str) -> None:
    response = town.clients["owner"].get(path)
    assert response.status_code in {400, 404}
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"


OWN = ("urge", "withdraw", "photo", "rate", "reopen", "rated")
STRANGERS = ("nobody", "neighbour", "street_desk", "other_unit", "auditor", "administrator",
             "city_centre")  # fmt: skip


@pytest.mark.parametrize("case", ["thing", "fresh", "sealed", "person", "closed"])
def test_what_a_reporter_does_with_her_report_nobody_else_can(town: Town, case: str) -> None:
    number = town.cases[case]
    for page in OWN:
        assert town.clients["owner"].get(f"/reports/{number}/{page}").status_code in {200, 303}
        for name in STRANGERS:
            client = town.clients[name]
            assert client.get(f"/reports/{number}/{page}").status_code == 404, (name, page)
            if page not in {"reopen", "rated"}:
                data = {"csrf_token": town.token(client), "idempotency_key": new_token()}
                answer = client.post(f"/reports/{number}/{page}", data=data)
                assert answer.status_code == 404, (name, page)


def test_a_report_that_is_not_checked_exists_for_its_reporter_only(town: Town) -> None:
    for page in (f"/reports/{town.cases['fresh']}", f"/reports/{town.cases['fresh']}/print"):
        assert town.clients["owner"].get(page).status_code == 200
        for name in STRANGERS:
            assert town.clients[name].get(page).status_code == 404, name


INSIDE = {"street_desk", "verifier", "auditor", "city_centre", "grid_lead"}


@pytest.mark.parametrize("case", ["thing", "fresh", "sealed", "person", "closed"])
def test_the_desk_s_page_of_a_case_opens_for_its_own_staff_only(town: Town, case: str) -> None:
    number = town.cases[case]
    mine = INSIDE | ({"handling_unit"} if case in {"thing", "sealed", "closed"} else set())
    for name, client in town.clients.items():
        status = client.get(f"/desk/cases/{number}").status_code
        expected = {"nobody": 303, "owner": 403, "neighbour": 403}.get(name, 404)
        assert status == (200 if name in mine else expected), name


@pytest.mark.parametrize("case", ["thing", "fresh", "sealed", "person", "closed"])
def test_who_reported_opens_for_the_centre_only(town: Town, case: str) -> None:
    for name, client in town.clients.items():
        status = client.get(f"/desk/cases/{town.cases[case]}/identity").status_code
        assert (status == 200) == (name == "city_centre"), (name, status)


@pytest.mark.parametrize("case", ["fresh", "sealed", "person", "closed", "thing"])
def test_a_photo_before_its_check_opens_for_its_reporter_and_the_staff(
    town: Town, case: str
) -> None:
    code = town.things[f"{case}_photo"]
    staff = INSIDE | ({"handling_unit"} if case in {"thing", "sealed", "closed"} else set())
    for name, client in town.clients.items():
        for url in (f"/reports/photos/{code}", f"/reports/photos/{code}/small"):
            response = client.get(url)
            assert (response.status_code == 200) == (name in staff | {"owner"}), (name, case)
            assert response.status_code in {200, 404}
            assert "public" not in response.headers["Cache-Control"]
        seen = client.get(f"/desk/photos/{code}").status_code == 200
        assert seen == (name in staff), (name, case)


MARKS = (NAME, PHONE.removeprefix("+86"), "199 0000 1277")
READERS = ("nobody", "neighbour", "street_desk", "handling_unit", "auditor", "administrator",
           "city_centre")  # fmt: skip
# the administrator's pages about accounts say nothing of reports
ABOUT_PEOPLE = {"accounts.people", "accounts.person"}


def test_the_administrator_s_page_of_a_person_says_nothing_of_her_reports(town: Town) -> None:
    number = town.people["owner"].number
    page = town.clients["administrator"].get(f"/admin/people/{number}").text
    assert NAME in page
    assert not [case for case in town.cases.values() if case in page]
    assert PHONE.removeprefix("+86") not in page.replace(" ", "")


def test_the_auditor_reads_that_somebody_looked_and_not_whom_she_saw(town: Town) -> None:
    centre, number = town.clients["city_centre"], town.cases["sealed"]
    data = {"csrf_token": town.token(centre), "idempotency_key": new_token(), "words": "核实"}
    centre.post(f"/desk/cases/{number}/identity", data=data)
    assert NAME in centre.get(f"/desk/cases/{number}").text
    audit = town.clients["auditor"].get("/audit/").text
    assert number in audit
    assert "核实" in audit
    assert NAME not in audit
    assert number in town.clients["owner"].get("/me/looks").text
    assert number not in town.clients["neighbour"].get("/me/looks").text

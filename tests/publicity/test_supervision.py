"""Supervision: each role opens what its row of roles.tsv says; what is masked stays masked."""

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.rules import Permission, roles
from portal.areas.models import Area
from portal.assessment.rules.periods import period_of
from portal.kernel.audit import AuditEntry
from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.kernel.instance import instance_of
from portal.reports.queries.masked import MaskedCase, masked_cases
from portal.reports.rules.codes import Source, State
from portal.site import supervision
from portal.site.evaluation import Wanted, package, periods_to_take
from tests.make.accounts import sign_in_as, staff
from tests.make.areas import small_tree
from tests.make.assessment import a_frozen
from tests.make.reports import case, text
from tests.pages import Browser

# nothing here differs between the engines
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

STREET, OTHER = "370283001", "370283002"
ALLOWED = {
    Permission.DESK_OPEN, Permission.PARTS_READ, Permission.SUPERVISION_LIST,
    Permission.SUPERVISION_READ, Permission.EVALUATION_EXPORT, Permission.FIGURES_READ,
}  # fmt: skip
SUPERVISORS = ("deputy", "political_adviser", "inspection", "press", "evaluator")
PAGES = {
    "/desk/supervisors/": Permission.SUPERVISION_READ,
    "/desk/supervisors/cases": Permission.SUPERVISION_LIST,
    "/desk/supervisors/package": Permission.EVALUATION_EXPORT,
}
# what belongs to those who work on cases, who see identities, or who assess
CLOSED = ("/desk/forum/", "/desk/answers/", "/audit/", "/desk/surveys/",
          "/desk/exposure/", "/admin/people")  # fmt: skip
HER = "楼下张阿姨说三单元门口"


@pytest.fixture
def town(app: Flask, database: Database) -> dict[str, Area]:
    with database.write() as session:
        return small_tree(session)


def _as(app: Flask, database: Database, role: str, area: Area) -> Browser:
    with database.write() as session:
        who = staff(session, role, area=area)
    browser = Browser(app).in_language("en")
    sign_in_as(browser, who)
    return browser


@pytest.mark.parametrize("role", SUPERVISORS)
def test_each_role_opens_what_its_row_says_and_nothing_of_those_who_work(
    app: Flask, database: Database, town: dict[str, Area], role: str
) -> None:
    assert roles()[role].permissions <= ALLOWED, "no rating, no identity, no work"
    assert roles()[role].staff, "supervisors need the second factor"
    browser = _as(app, database, role, town[STREET])
    for url, permission in PAGES.items():
        browser.get(url, status=200 if permission in roles()[role].permissions else 403)
    for url in CLOSED:
        browser.get(url, status=403)
    assert "As a resident" in browser.get("/questions/ask", status=200).text


def test_r064_the_list_is_masked_field_by_field_and_ends_at_ones_own_places(
    app: Flask, database: Database, town: dict[str, Area]
) -> None:
    with database.write() as session:
        here = case(session, town[f"{STREET}001"], state=State.REOPENED)
        here.lon, here.lat = 119.95, 36.78
        text(session, here, HER)
        case(session, town[f"{OTHER}001"])
        part = case(session, town[f"{STREET}001"])
        part.source = Source.PART  # counts with its whole
        number = here.number
    browser = _as(app, database, "deputy", town[STREET])
    page = browser.get("/desk/supervisors/cases", status=200)
    assert number in page.text
    assert number not in browser.get("/desk/", status=200).text, "nobody works on it here"
    for hidden in (HER, "119.95", "36.78", "Reopened"):
        assert hidden not in page.text
    with database.read() as session:
        zone = instance_of(session).city.zone
        rows = masked_cases(session, [town[STREET].path], zone=zone, now=now())
    assert [row.number for row in rows] == [number]
    assert set(MaskedCase.__dataclass_fields__) == {
        "number", "kind", "community", "source", "state", "found", "closed", "unit_id", "late",
        "listed",
    }  # fmt: skip
    assert rows[0].community == f"{STREET}001"


def test_r064_within_a_month_the_list_stands_by_random_numbers_and_pages_lose_nothing(
    app: Flask, database: Database, town: dict[str, Area]
) -> None:
    """The order of time would tell the day of a case whose kind is told by the month."""
    # the city's October begins eight hours before that of Greenwich
    november, october = (datetime(2026, month, 1, tzinfo=UTC) for month in (11, 10))
    moments = [
        *(november + timedelta(days=day) for day in range(6)), november - timedelta(hours=4),
        *(october + timedelta(days=day) for day in range(4)), october - timedelta(hours=4),
    ]  # fmt: skip
    numbers = [f"{char}0000-00000" for char in "53817294CADB"]
    with database.write() as session:
        for number, at in sorted(zip(numbers, moments, strict=True), key=lambda pair: pair[1]):
            case(session, town[f"{STREET}001"], at=at).number = number
        case(session, town[f"{OTHER}001"], at=october).number = "ELSE0-00000"
    months = [sorted(numbers[:7]), sorted(numbers[7:])]
    with database.read() as session:
        zone, after = instance_of(session).city.zone, ""
        found: list[str] = []
        places = [town[STREET].path]
        while some := masked_cases(
            session, places, zone=zone, now=now(), after=after, limit=5
        ):  # fmt: skip
            found, after = [*found, *(row.number for row in some)], some[-1].number
        elsewhere = masked_cases(session, places, zone=zone, now=now(), after="ELSE0-00000")
    assert found == [*months[0], *months[1]]
    assert len(elsewhere) == len(numbers), "a case of another place tells nothing of its time"


def test_r239_a_package_is_whole_hashed_audited_and_the_same_twice(
    app: Flask, database: Database, town: dict[str, Area]
) -> None:
    with database.write() as session:
        a_frozen(session, STREET)
        text(session, case(session, town[f"{STREET}001"]), HER)
    with database.read() as session:
        zone, names = instance_of(session).city.zone, periods_to_take(session)
        period = period_of(names[0])
        assert period is not None
        wanted = Wanted(period, None, zone, now())
        assert package(session, wanted) == package(session, wanted)
    browser = _as(app, database, "evaluator", town[STREET])
    form = browser.get("/desk/supervisors/package", status=200).form(button="Take it along (ZIP)")
    answered = form.fill(period=names[0]).send(status=200).response
    with answered, zipfile.ZipFile(io.BytesIO(answered.data)) as packed:
        found = {name: packed.read(name) for name in packed.namelist()}
    said = json.loads(found.pop("manifest.json"))
    assert said["files"] == {name: sha256(content).hexdigest() for name, content in found.items()}
    assert {"cases.csv", "method/indicators.tsv", "method/release-levels.tsv"} <= set(found)
    assert any(name.startswith("assessment/") and name.endswith("inputs.json") for name in found)
    assert HER not in found["cases.csv"].decode()
    with database.read() as session:
        row = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "evaluation:export")
        ).one()
        assert row.subject == f"evaluation:{names[0]}"


def _taken(database: Database) -> int:
    with database.read() as session:
        rows = session.scalars(select(AuditEntry).where(AuditEntry.action == "evaluation:export"))
        return len(rows.all())


def test_r239_a_second_click_gets_the_same_package_and_is_written_down_once(
    app: Flask, database: Database, town: dict[str, Area], monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.write() as session:
        a_frozen(session, STREET)
    browser = _as(app, database, "evaluator", town[STREET])
    form = browser.get("/desk/supervisors/package", status=200).form(button="Take it along (ZIP)")
    first, second = form.send_twice()
    assert first.response.data == second.response.data
    assert first.response.mimetype == second.response.mimetype == "application/zip"
    assert _taken(database) == 1
    later = now() + supervision.SECOND_CLICK + timedelta(minutes=1)
    monkeypatch.setattr(supervision, "now", lambda: later)
    form.send(status=200).response.close()
    assert _taken(database) == 2, "what is taken much later is taken anew"

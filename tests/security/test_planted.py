"""What is planted in every text that people or officers write must come out as text, everywhere."""

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import String, Text, select, update

from portal.accounts.models import Person
from portal.areas.models import Area, GridCard, PermittedPlace
from portal.areas.rules import PermittedKind
from portal.kernel.db import Database
from portal.kernel.delivery import Letter, deliver_due
from portal.kernel.ids import new_token
from portal.kernel.outbox import OutboxMessage, OutboxState
from portal.organisations.models import Organisation
from portal.reports.models import CaseText, Category
from portal.reports.rules.codes import Review
from portal.site.jobs import compose
from tests.make import intake as making
from tests.make.sign_in import last_code
from tests.pages import Browser
from tests.security.town import COMMUNITY, Town, build_town

PLANT = "<img src=x onerror=alert(7)>\"'{{7*1910031}}%(x)s%s"
RAW = re.compile(r"<img src=x|13370217")
ONE_ENGINE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def town(app: Flask, database: Database) -> Town:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return build_town(app, database)


def plant(town: Town) -> None:
    """Write the payload into every name, card and text there is."""
    with town.database.write() as session:
        area = session.scalars(select(Area).where(Area.code == COMMUNITY)).one()
        session.add(
            GridCard(area_id=area.id, objects=PLANT, standards=PLANT, responsible=PLANT,
                     duty_phone=PLANT[:40], updated_at=datetime.now(UTC))
        )  # fmt: skip
        session.add(
            PermittedPlace(area_id=area.id, kind=PermittedKind.MARKET, name_zh_hans=PLANT,
                           opens=1, closes=2, weekdays="1", valid_from=area.valid_from)
        )  # fmt: skip
        for model in (Area, Organisation, Person, Category, CaseText):
            columns = [
                column.name
                for column in model.__table__.columns
                if isinstance(column.type, String | Text)
                and column.name.startswith(("name_", "display_name", "text", "public_text", "hint"))
            ]
            session.execute(update(model).values(dict.fromkeys(columns, PLANT)))
        session.execute(update(CaseText).values(review=Review.APPROVED))


@ONE_ENGINE
def test_no_page_runs_what_somebody_wrote(town: Town) -> None:
    plant(town)
    faults = []
    for rule in town.app.url_map.iter_rules():
        if rule.endpoint == "static" or "GET" not in (rule.methods or ()):
            continue
        urls = {town.address(rule)}
        if "number" in rule.arguments and rule.endpoint.startswith("reports."):
            urls |= {town.address(rule, number=town.cases[name]) for name in ("thing", "closed")}
        queries = ("", f"?q={'%3Cimg src=x onerror=alert(7)%3E'}&next={'%22%3E%3Cimg src=x%3E'}")
        for url in (address + query for address in urls for query in queries):
            for client in (town.client_for(rule), town.clients["nobody"]):
                response = client.get(url, buffered=True)
                if response.mimetype not in {"text/html", "image/svg+xml"}:
                    continue
                if response.status_code >= 500 or RAW.search(response.text):
                    faults.append(f"{url}: {response.status_code}")
    assert not faults, "\n".join(faults)


def new_face(town: Town) -> Iterator[tuple[str, str]]:
    """(who, address) of pages that the map of routes alone does not lead to."""
    clerk, number = town.clients["street_desk"], town.cases["fresh"]
    for action in ("accept", "confirm", "dispatch", "reclassify"):
        asked = f"action={action}&case={number}&case={town.cases['person']}&task=all"
        yield "street_desk", f"/desk/batches/check?{asked}"
        yield "street_desk", f"/desk/batches/check?{asked}&kind=noise&to={town.units['east'].id}"
    form = {"csrf_token": town.token(clerk), "idempotency_key": new_token(),
            "wish": f"{number}.1.{town.units['east'].id.hex}"}  # fmt: skip
    done = clerk.post(f"/desk/batches/check?action=confirm&case={number}&task=all", data=form)
    assert done.status_code == 303
    yield "street_desk", done.headers["Location"]
    yield "street_desk", "/desk/batches/"
    for name in ("thing", "fresh", "sealed", "person", "closed"):
        yield "street_desk", f"/desk/cases/{town.cases[name]}?task=all"
        yield "handling_unit", f"/desk/cases/{town.cases[name]}?task=mine"
    for query in ("task=all", "task=open&late=1", f"task=all&number={ASKED}", f"unit={ASKED}"):
        yield "street_desk", f"/desk/?{query}"
    for path in ("/", "/places/mine", f"/places/mine?q={ASKED}", "/reports/map", "/reports/offline",
                 "/reports/offline/shell", f"/places/{COMMUNITY}", "/places/370283", "/help/paper",
                 f"/reports/map?area=370283001&q={ASKED}", f"/accessibility?back=/{ASKED}",
                 f"/help/paper/rate?page=/{ASKED}", f"/{ASKED}", "/reports/new/paper"):  # fmt: skip
        yield "owner", path
    for section in ("forms", "errors", "states", "lists", "matters", "figures", "paper", "frame"):
        yield "auditor", f"/parts/{section}?sort={ASKED}&lang={ASKED}&x={ASKED}"


ASKED = "%22%3E%3Cimg%20src=x%20onerror=alert(7)%3E"
LOOKS: tuple[dict[str, str], ...] = (
    {"place": COMMUNITY, "bar": "1"},
    {"plain": "1"},
    {"elder": "1", "text": '6"><img src=x>', "scheme": '"><img src=x>', "aids": "<img src=x>"},
)


@ONE_ENGINE
def test_no_page_runs_what_somebody_wrote_however_it_is_drawn(town: Town) -> None:
    plant(town)
    faults = []
    for who, url in list(new_face(town)):
        for look in LOOKS:
            for name, value in look.items():
                town.clients[who].set_cookie(name, value)
            response = town.clients[who].get(url, buffered=True)
            for name in look:
                town.clients[who].delete_cookie(name)
            text = response.text.replace("<wbr>", "")
            if response.status_code >= 500 or RAW.search(text) or "&amp;lt;" in text:
                faults.append(f"{who} {look} {url}: {response.status_code}")
    assert not faults, "\n".join(faults)


@ONE_ENGINE
def test_a_kind_brings_no_drawing_of_its_own(town: Town) -> None:
    with town.app.test_request_context("/"):
        template = (
            '{% from "ui/pictogram.html" import pictogram with context %}{{ pictogram(code) }}'
        )
        for code in ('x"><img src=x>', "../../x", "https://evil.example/x.svg#y", "", "litter#x"):
            drawn = town.app.jinja_env.from_string(template).render(code=code)
            (target,) = re.findall(r'href="([^"]*)"', drawn)
            assert re.fullmatch(r"/static/img/pictograms\.svg\?v=[0-9a-f]+#other", target), code


def test_messages_say_planted_names_as_they_are(town: Town) -> None:
    plant(town)
    desk, number = town.clients["street_desk"], town.cases["fresh"]
    form = {"csrf_token": town.token(desk), "idempotency_key": new_token(), "version": "1"}
    assert desk.post(f"/desk/cases/{number}/accept", data=form).status_code == 303
    form |= {"idempotency_key": new_token(), "version": "2", "unit": str(town.units["east"].id)}
    assert desk.post(f"/desk/cases/{number}/dispatch", data=form).status_code == 303
    mail: list[str] = []

    class Courier:
        def send(self, letter: Letter) -> None:
            mail.append(letter.text)

    with town.app.app_context():
        couriers = {channel: Courier() for channel in OutboxMessage.channel.type.enum_class}
        later = datetime.now(UTC) + timedelta(seconds=5)
        deliver_due(town.database, couriers, compose, lambda: later)
    assert any(PLANT in text for text in mail)
    with town.database.read() as session:
        rows = session.scalars(select(OutboxMessage)).all()
    assert {row.state for row in rows} == {OutboxState.SENT}
    assert not [row for row in rows if row.sealed_to or row.sealed_facts], "wiped once sent"


@ONE_ENGINE
def test_the_log_of_a_whole_report_and_a_sign_in_names_nobody(
    app: Flask, database: Database, lines: io.StringIO
) -> None:
    making.ready(database)
    browser = making.visitor(app)
    making.to_check(browser).form().send(status=200)
    browser.get("/reports/new/done", status=200)
    filed = making.filed(database)
    token = filed.token
    browser.get(f"/r/{token}", status=200)
    page = browser.get("/sign-in?next=/me", status=200).form().fill(phone="138 0000 1299").send()
    code = last_code(database)
    page.form().fill(code="000000" if code != "000000" else "111111").send(status=422)
    browser.get("/sign-in/code", status=200).form().fill(code=code).send(status=200)
    browser.get("/me/data.json")
    told = lines.getvalue()
    assert '"path": "/r/[token]"' in told
    for secret in (token, code, filed.lookup_code, "1299", "垃圾桶", "北门", "127.0.0.1"):
        assert secret not in told, secret


def test_a_line_break_in_an_address_makes_no_second_line_in_the_log(
    app: Flask, lines: io.StringIO
) -> None:
    app.test_client().get('/reports/x%0A{"event":"forged"}%0D%1B[2J')
    assert len(lines.getvalue().splitlines()) == 1
    assert "\x1b" not in lines.getvalue()


NEXTS = (
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example",
    "https:evil.example",
    "///evil.example",
    "/%0d%0aSet-Cookie:x=1",
    "/\r\nX: y",
    "/\t/evil.example",
    "/\x00//evil.example",
    " //evil.example",
    "javascript:alert(1)",
)


@ONE_ENGINE
@pytest.mark.parametrize("goal", NEXTS)
def test_no_next_leads_away(town: Town, goal: str) -> None:
    for path, name in (("/sign-in", "next"), ("/accessibility", "back")):
        response = town.clients["owner"].get(path, query_string={name: goal})
        target = response.headers.get("Location", "/me")
        assert target in {"/me", "/me/start"} or target.startswith("/%")
        assert "X" not in response.headers
        assert "x=1" not in response.headers.get("Set-Cookie", "")
        # percent signs that were typed stay part of a path of ours
        assert goal.startswith("/%") or f'href="{goal}' not in response.text


@ONE_ENGINE
def test_signing_in_leaves_no_session_that_somebody_planted(app: Flask, database: Database) -> None:
    """The token changes with the sign-in, the form token with it, and signing out ends both."""
    making.ready(database)
    browser = making.visitor(app)
    browser.get("/sign-in", status=200).form().fill(phone="13800001299").send(status=200)
    before = dict(_cookie(browser))
    assert "_user_id" not in before
    page = browser.get("/sign-in/code").form().fill(code=last_code(database)).send(status=200)
    after = _cookie(browser)
    assert after["_user_id"]
    assert after.get("csrf_token") != before["csrf_token"]
    stolen = browser.client.get_cookie("session")
    assert stolen is not None
    page.form(button="Sign out").send(status=200)
    assert "_user_id" not in _cookie(browser)
    thief = app.test_client()
    thief.set_cookie("session", stolen.value)
    assert thief.get("/me").status_code == 303, "the cookie is worth nothing any more"


def _cookie(browser: Browser) -> dict[str, object]:
    with browser.client.session_transaction() as cookie:
        return dict(cookie)

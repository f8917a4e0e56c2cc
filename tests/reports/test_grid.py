"""Grids: checks on the spot by hand and from a phone, and the sites inside of them."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from threading import Barrier
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.accounts.rules import NOBODY, Permission
from portal.areas.models import Area
from portal.areas.queries import sites_in
from portal.areas.service import import_sites
from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.kernel.errors import BadData
from portal.kernel.ids import new_id
from portal.kernel.instance import Instance
from portal.kernel.photos import CleanPhoto, clean_photo
from portal.kernel.uploads import KeptPhotos, keep_upload
from portal.reports.models import CaseEvent
from portal.reports.queries.case import photos_of
from portal.reports.queries.round import round_of
from portal.reports.rules.codes import Event, Review, State
from portal.reports.rules.offline import new_key
from portal.reports.rules.reasons import Reason
from portal.reports.rules.transitions import ActorFacts, CaseFacts, Offer, Refusal, why_not
from portal.reports.service.intake import file_report
from portal.reports.service.spot import SpotCheck, send_check
from tests.make import accounts, reports
from tests.make.accounts import sign_in_as
from tests.make.grid import NOW, POINT, STREET, lead
from tests.make.intake import COMMUNITY, answers, ready
from tests.make.photos import jpeg
from tests.make.rows import case_row
from tests.pages import Browser

SPOT = Offer(reason=Reason.SPOT_TRUE)
CHANCE = "0123456789abcdef" * 2


@pytest.fixture
def tree(database: Database) -> dict[str, Area]:
    return ready(database)


@pytest.mark.parametrize(("state", "event", "other"), [
    (State.REPORTED, Event.VERIFY_SPOT, Event.RECHECK_SPOT),
    (State.HANDLED, Event.RECHECK_SPOT, Event.VERIFY_SPOT),
])  # fmt: skip
def test_a_check_on_the_spot_looks_at_the_report_or_at_the_work(
    state: State, event: Event, other: Event
) -> None:
    who = ActorFacts(new_id(), frozenset({Permission.GRID_WORK}))
    assert why_not(event, CaseFacts(state), who, SPOT) is None
    assert why_not(event, CaseFacts(state), who, Offer()) is Refusal.REASON_MISSING
    assert why_not(other, CaseFacts(state), who, SPOT) is Refusal.WRONG_STATE


def test_whoever_handled_a_case_does_not_check_the_result_on_the_spot() -> None:
    me = new_id()
    who = ActorFacts(me, frozenset({Permission.GRID_WORK}))
    handled = CaseFacts(State.HANDLED, handler_id=me)
    assert why_not(Event.RECHECK_SPOT, handled, who, SPOT) is Refusal.HANDLED_IT
    of_unit = CaseFacts(State.HANDLED, unit_id=new_id())
    theirs = replace(who, of_unit=True)
    assert why_not(Event.RECHECK_SPOT, of_unit, theirs, SPOT) is Refusal.OF_THE_UNIT


def test_a_check_kept_on_a_phone_arrives_once_and_its_photo_stays_inside(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        collector = lead(session, tree, "collector")
        number = file_report(session, answers(), actor=NOBODY, now=NOW).number
        owner = "phone"
        token = keep_upload(session, clean(), owner=owner, now=NOW)
    check = SpotCheck(number, Reason.SPOT_TRUE, "属实", KeptPhotos(owner, (token,)))
    key = new_key(NOW, CHANCE)
    barrier = Barrier(2)

    def send(_turn: int) -> bool:
        barrier.wait()
        with database.write() as session:
            return send_check(session, key, check, actor=collector, now=NOW)[1]

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(send, range(2))) == [False, True]
    with database.read() as session:
        events = session.scalars(
            select(CaseEvent).where(CaseEvent.event == Event.VERIFY_SPOT)
        ).all()
        assert [(one.reason_code, one.public) for one in events] == [("spot_true", False)]
        photo = photos_of(session, case_row(session, number))[0]
        assert (photo.review, photo.by_reporter) == (Review.WITHHELD, False)
        [line] = round_of(session, collector, NOW)
        assert line.checked
        assert case_row(session, number).state is State.REPORTED


def clean() -> CleanPhoto:
    return clean_photo(jpeg(), ZoneInfo("Asia/Shanghai"))


def test_the_collector_checks_on_the_page_and_a_phone_is_answered_in_json(
    database: Database, tree: dict[str, Area], app: Flask
) -> None:
    with database.write() as session:
        person = accounts.staff(session, "collector", area=tree[COMMUNITY])
        number = file_report(session, answers(), actor=NOBODY, now=now()).number
        foreign = reports.case(session, tree["370283002001"]).number
    browser = Browser(app).in_language("en")
    sign_in_as(browser, person)
    page = browser.get("/desk/grid", status=200)
    assert number in page.text
    assert foreign not in page.text
    page = browser.get(f"/desk/grid/check?number={number}", status=200)
    form = page.form(button="Send now")
    page = form.fill(words="没有找到").send("Send now", status=422)
    page = (
        page.form(button="Send now").fill(finding="spot_cannot_find").send("Send now", status=200)
    )
    assert "Checked on the spot" in page.text
    client = browser.client
    answer = phone(client, foreign)
    assert answer.status_code == 422
    assert "no case with this number" in answer.get_json()["errors"][0]["text"]
    at = now()
    told = phone(client, number, at).get_json()
    assert (told["number"], told["again"]) == (number, False)
    assert phone(client, number, at).get_json()["again"] is True
    shell = app.test_client().get("/desk/grid/shell")
    assert shell.status_code == 200
    assert b"csrf_token" not in shell.data


def phone(client: FlaskClient, number: str, at: datetime | None = None) -> Any:
    token = client.get("/reports/offline/token").get_json()["csrf_token"]
    key = new_key(at or now(), number.encode().hex()[:32].ljust(32, "0"))
    data = {"csrf_token": token, "draft_key": key, "number": number, "finding": "spot_gone"}
    return client.post("/desk/grid/check", data=data, headers={"Accept": "application/json"})


SITES = """code,place,name,builder,valid_from,valid_to,lon,lat,measures
A-1,370283001001,东阁工地,平度建设,2026-03-01,,119.9,36.7,洒水
A-2,370283001001,旧工地,平度建设,2025-03-01,2026-03-01,,,
X-1,110000001001,外地工地,外地建设,2026-03-01,,,,
"""


BROKEN = """code,place,name,builder,valid_from,valid_to,lon,lat
A-1,370283001001,东阁工地,平度建设,20206月底前,,,
A-1,370283001001,东阁工地,平度建设,2026-03-01,2026-02-01,,
A-3,370283999999,东阁工地,,2026-03-01,,,
A-4,370283001001,东阁工地,平度建设,2026-03-01,,10.0,10.0
"""


def test_r129_sites_come_by_list_with_their_days_and_wrong_rows_by_their_lines(
    database: Database, instance: Instance, tree: dict[str, Area], app: Flask
) -> None:
    city = instance.city
    with database.write() as session:
        for _ in range(2):
            report = import_sites(session, SITES.encode(), "sites.csv", city=city, now=NOW)
        assert (report.added, report.changed, report.foreign) == (0, 2, 1)
    with pytest.raises(BadData) as refused, database.write() as session:
        import_sites(session, BROKEN.encode(), "sites.csv", city=city, now=NOW)
    assert [line for line, _ in refused.value.problems] == [2, 3, 3, 4, 4, 5]
    with database.read() as session:
        standing = sites_in(session, tree[COMMUNITY].path, on=NOW.date())
        assert [site.code for site in standing] == ["A-1"]
    with database.write() as session:
        person = accounts.staff(session, "street_desk", area=tree[STREET])
        made = reports.case(session, tree[COMMUNITY], category_code="dust")
        made.lon, made.lat = POINT[0] + 0.001, POINT[1]
        number = made.number
    page = Browser(app).in_language("en").get(f"/places/{COMMUNITY}", status=200)
    assert "东阁工地" in page.text
    browser = Browser(app).in_language("en")
    sign_in_as(browser, person)
    assert "东阁工地" in browser.get(f"/desk/cases/{number}", status=200).text

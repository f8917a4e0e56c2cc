"""R263: the report on dispatch is counted when its month is frozen, sealed, and never changed."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from portal.areas.models import Area
from portal.assessment.models.dispatch import DispatchReport
from portal.assessment.queries.dispatch import dispatch_report
from portal.assessment.rules.dispatch import (
    COUNTS,
    DispatchRow,
    DispatchTable,
    Rate,
    RowKind,
    bytes_of,
    csv_of,
    table_of,
)
from portal.assessment.service.dispatch import draw_up
from portal.kernel.db import Database
from portal.organisations.models import Organisation
from portal.reports.models import Case
from portal.reports.rules.codes import Event
from portal.reports.rules.dispatching import Limits, Promptness, Waited, limits_from, promptness
from portal.reports.service.counting import count_everything
from tests.make import assessment as make
from tests.make import releases, reports
from tests.make.assessment import EAST, MONTH
from tests.make.organisations import unit
from tests.pages import Browser

# Monday 12 October 2026, 10:00 in Shanghai
MONDAY = datetime(2026, 10, 12, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_r263_waiting_is_counted_against_its_limit_and_what_nobody_takes_up_is_late() -> None:
    rows = [Waited(30, 100), Waited(240, 241), Waited(600, None), Waited(None, None)]
    found = promptness(rows, Limits())
    assert found == Promptness(4, 2, 2, 1, accept_median=240, dispatch_median=170)
    assert promptness([], Limits()) == Promptness()


@pytest.mark.parametrize("bad", [0, -1, True, "240", 99_999])
def test_r263_a_limit_that_is_none_stops_the_start(bad: object) -> None:
    with pytest.raises(ValueError, match="accept_within_working_minutes"):
        limits_from({"accept_within_working_minutes": bad})


def test_r263_the_page_reads_what_the_file_says() -> None:
    counts = {name: at for at, name in enumerate(COUNTS)}
    names = {"zh_Hans": "=东阁街道", "en": "Dongge"}
    rows = [
        DispatchRow(RowKind.CITY, "", {}, counts),
        DispatchRow(RowKind.STREET, EAST, names, counts, 30, None),
    ]
    table = DispatchTable(MONTH, 240, 120, rows)
    text = csv_of(table)
    assert "'=东阁街道" in text
    assert table_of(MONTH, text) == table
    assert (rows[1].part(Rate.RIGHT), rows[1].whole(Rate.RIGHT)) == (5, 4)


def _given(session: Session, place: Area, to: Organisation, *, slowly: bool) -> Case:
    """A matter of that Monday: accepted after an hour or a day, given after three or 72."""
    case = reports.reported(session, place, found_at=MONDAY)
    accepted, filed = (
        (MONDAY + 23 * HOUR, MONDAY + 70 * HOUR) if slowly else (MONDAY, MONDAY + HOUR)
    )
    reports.walk(session, case, (Event.ACCEPT,), at=accepted)
    reports.walk(session, case, (Event.FILE, Event.DISPATCH), unit=to, at=filed)
    return case


@pytest.fixture
def month(database: Database) -> dict[str, Area]:
    """Three matters of the east: prompt, slow, and one that nobody took up; released."""
    with database.write() as session:
        places = releases.town(session)
        cleaners = unit(session, "CLEAN", "环卫中心", area=places["city"])
        _given(session, places["first"], cleaners, slowly=False)
        _given(session, places["second"], cleaners, slowly=True).times_returned = 1
        reports.reported(session, places["grid"], found_at=MONDAY)
        session.flush()
        count_everything(session, make.NOW)
    make.release(database)
    return places


def test_r263_a_frozen_month_has_its_report_with_counts_of_streets_and_units(
    database: Database, month: dict[str, Area]
) -> None:
    make.freeze(database)
    with database.read() as session:
        stored = dispatch_report(session, MONTH)
        assert stored is not None
        table = table_of(MONTH, stored.text)
        row = session.scalars(select(DispatchReport)).one()
        assert row.digest == sha256(bytes_of(row.table_csv)).hexdigest()
    rows = {(row.kind, row.code): row for row in table.rows}
    east = rows[RowKind.STREET, EAST]
    assert (east.part(Rate.ACCEPTED), east.whole(Rate.ACCEPTED)) == (1, 3)
    assert (east.part(Rate.DISPATCHED), east.whole(Rate.DISPATCHED)) == (1, 2)
    assert (east.part(Rate.RIGHT), east.whole(Rate.RIGHT)) == (1, 2)
    cleaners = rows[RowKind.UNIT, "CLEAN"]
    # an hour, and a working day: the middle of both
    assert (cleaners.whole(Rate.ACCEPTED), cleaners.accept_median) == (2, 270)
    assert rows[RowKind.CITY, ""].counts == east.counts
    assert cleaners.names["zh_Hans"] == "环卫中心"


def test_r263_what_happens_later_and_a_second_freeze_change_no_byte(
    database: Database, month: dict[str, Area]
) -> None:
    make.freeze(database)
    with database.read() as session:
        before = dispatch_report(session, MONTH)
        told = csv_of(draw_up(session, MONTH))
    with database.write() as session:
        session.execute(update(Case).values(accepted_at=MONDAY + HOUR))
        session.execute(update(Organisation).values(name_zh_hans="别的名字"))
    make.freeze(database)
    with database.read() as session:
        assert dispatch_report(session, MONTH) == before
        assert before is not None
        assert before.text == told != csv_of(draw_up(session, MONTH))
    with pytest.raises(DBAPIError), database.write() as session:
        session.execute(update(DispatchReport).values(table_csv=""))


def test_r263_the_report_is_public_with_its_file_beside_the_ranking(
    app: Flask, database: Database, month: dict[str, Area]
) -> None:
    make.freeze(database)
    browser = Browser(app)
    listed = browser.get("/assessment/", status=200)
    assert "/assessment/dispatch/" in listed.links()
    page = browser.get("/assessment/dispatch/", status=200)
    assert f"/assessment/dispatch/{MONTH}/" in page.links()
    page = browser.get(f"/assessment/dispatch/{MONTH}/", status=200)
    assert "东阁街道" in page.text
    assert "环卫中心" in page.text
    for table in page.soup.select("table"):
        heads = len(table.select("thead th"))
        assert heads == 2 + 1 + len(Rate)
        assert {len(row.select("th, td")) for row in table.select("tbody tr")} == {heads}
    answer = app.test_client().get(f"/assessment/dispatch/{MONTH}/dispatch.csv")
    with answer:
        with database.read() as session:
            digest = session.scalars(select(DispatchReport.digest)).one()
        assert sha256(answer.data).hexdigest() == digest
    browser.get("/assessment/dispatch/2026-09/", status=404)

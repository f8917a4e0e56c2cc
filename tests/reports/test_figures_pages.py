"""Figures, lists and work orders as pages and files; personal fields by two people."""

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from portal.accounts.models import Person
from portal.kernel import clock
from portal.kernel.audit import AuditEntry
from portal.kernel.clock import city_day
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Forbidden, Refused
from portal.kernel.instance import instance_of
from portal.reports.models import Case, ImportRun, PersonalExport
from portal.reports.queries.personal_export import export_by_number
from portal.reports.rules.codes import State
from portal.reports.rules.import_runs import RunState
from portal.reports.rules.personal_export import FIELDS, ExportRefusal, ExportState
from portal.reports.service.categories import load_categories
from portal.reports.service.counting import refresh_counts
from portal.reports.service.import_runs import forget_runs, run_imports
from portal.reports.service.personal_export import (
    ExportWish,
    ask_export,
    decide_export,
    take_export,
)
from tests.make import accounts, orders, reports
from tests.make.desk import AREA, City, small_city
from tests.make.sheets import spoilt_file
from tests.pages import Browser, Page

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
EVIL = "=HYPERLINK(1)"


@pytest.fixture
def city(app: Flask, database: Database) -> City:
    return small_city(app, database)


def sheet(page: Page) -> list[list[str]]:
    """The rows of a CSV file that was downloaded, which says that it is UTF-8."""
    content = page.response.get_data()
    assert content.startswith(b"\xef\xbb\xbf")
    assert "no-store" in page.response.headers["Cache-Control"]
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def entries(database: Database, action: str) -> list[AuditEntry]:
    with database.read() as session:
        found = session.scalars(select(AuditEntry).where(AuditEntry.action == action))
        return list(found.all())


@on_sqlite
def test_staff_see_figures_of_their_places_with_numerators_and_take_them_as_a_file(
    city: City,
) -> None:
    for state in (State.CLOSED, State.CLOSED, State.DISPATCHED):
        city.case(state=state)
    with city.database.write() as session:
        # a street's desk counts its own street only
        reports.case(session, city.tree["370283002"], at=clock.now() - timedelta(hours=1))
        city.unit = session.merge(city.unit)
        city.unit.name_zh_hans, city.unit.name_en = EVIL, EVIL
    refresh_counts(city.database, clock.now())
    desk = city.browser(city.desk)
    today = city_day(clock.now(), instance_zone(city.database))
    span = f"first={today - timedelta(days=2)}&last={today}"
    page = desk.get(f"/desk/figures?{span}&by=unit&compared=before&figure=closing_rate", status=200)
    assert "66.7% (2 of 3)" in page.text
    assert "3 cases found" in page.text
    assert "Compared with" in page.text
    assert "On-time rate" in page.click("On-time rate", status=200).text
    centre = city.browser(city.centre).get(f"/desk/figures?{span}", status=200)
    assert "4 cases found" in centre.text
    assert "make no span" in desk.get("/desk/figures?first=2026-11-30&last=2026-11-01").text
    wide = f"/desk/figures?{span}&by=unit&place=/370283/370283002/"
    assert "No case was found" in desk.get(wide, status=200).text
    rows = sheet(page.form().fill(kind="csv").send("Download", status=200))
    assert rows[0][:4] == ["Unit", "code", "cases found", "Found rate: value"]
    assert ["'" + EVIL, city.unit.id.hex, "3"] == rows[1][:3]
    closing = rows[0].index("Closing rate: value")
    assert rows[1][closing : closing + 3] == ["66.67", "2", "3"]
    assert any(row[:1] == ["Definitions"] for row in rows)
    answer = page.form().fill(kind="xlsx").send("Download", status=200)
    book = load_workbook(io.BytesIO(answer.response.get_data()))
    assert book.sheetnames[1] == "Definitions"
    cells = [cell for line in book.worksheets[0].iter_rows() for cell in line]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    (first, _second) = entries(city.database, "figures:export")
    assert first.actor_id == city.desk.id
    assert "by=unit" in (first.reason or "")
    assert "rows=2" in (first.reason or "")
    city.browser(city.worker).get("/desk/figures", status=403)


@on_sqlite
@pytest.mark.parametrize("compared", ["before", "year", "other"])
def test_days_at_the_ends_of_the_calendar_make_no_span(city: City, compared: str) -> None:
    desk = city.browser(city.desk)
    for first, last in (
        ("9999-12-01", "9999-12-31"),
        ("0001-01-01", "0001-01-01"),
        ("0002-01-01", "0011-12-31"),
    ):
        others = f"other_first={first}&other_last={last}&compared={compared}"
        page = desk.get(f"/desk/figures?first={first}&last={last}&{others}", status=200)
        assert "make no span" in page.text
        desk.get(f"/desk/digest/{first}", status=404)
    centre = city.browser(city.centre)
    form = centre.get("/desk/personal", status=200).form(button="Ask for it")
    form.fill(fields=["name"], purpose="回访", basis="条例", first="0001-01-01", last="0001-01-01")
    assert "Write a day like" in form.send("Ask for it", status=422).text
    out = centre.get("/desk/export", status=200).form(button="Download")
    out.fill(kind="csv", layout="12319-tasks", since="0001-01-01").send("Download", status=422)
    lead = city.browser(city.lead)
    for month in ("0001-01", "9999-12"):
        lead.get(f"/desk/grid/{AREA}/diary?month={month}", status=404)


def instance_zone(database: Database) -> Any:
    with database.read() as session:
        return instance_of(session).city.zone


@on_sqlite
def test_the_list_of_cases_is_taken_as_it_is_narrowed_and_says_no_words(city: City) -> None:
    one = city.case(state=State.DISPATCHED, words="电话13800001234")
    city.case(state=State.REPORTED)
    desk = city.browser(city.desk)
    queue = desk.get(f"/desk/?task=all&unit={city.unit.id}", status=200)
    page = queue.click("The list as a file", status=200)
    rows = sheet(page.form().fill(kind="csv").send("Download", status=200))
    assert [row[0] for row in rows[1:2]] == [one]
    assert len(rows[: rows.index([])]) == 2
    assert "13800001234" not in str(rows)
    (entry,) = entries(city.database, "cases:export")
    assert f"unit={city.unit.id}" in (entry.reason or "")
    assert "rows=1" in (entry.reason or "")


@on_sqlite
def test_work_orders_are_handed_in_checked_confirmed_and_taken_over_once(
    city: City, tmp_path: Path
) -> None:
    path = orders.csv_file(
        tmp_path / "orders.csv",
        [
            orders.task(),
            orders.task(taskid="T002", discovertime="20206月底前"),
            orders.task(taskid="T003", description="路灯不亮", infoscname="路灯"),
        ],
    )
    with city.database.write() as session:
        load_categories(session, instance_of(session).city, clock.now())
    centre = city.browser(city.centre)
    city.browser(city.desk).get("/desk/import", status=403)
    form = centre.get("/desk/import", status=200).form(button="Check the file")
    assert "Choose a file." in form.send("Check the file", status=422).text
    page = hand_in(centre, path)
    run_imports(city.database, clock.now())
    page = page.click("Load again", status=200)
    assert "Line" in page.text
    assert "20206月底前" in page.text
    assert "doubtful" in page.text
    address = page.path
    blob = run_of(city.database).blob_key
    assert blob
    with city.database.read() as session:
        # it may hold what people wrote, so it lies sealed
        assert b"taskid" not in instance_of(session).blobs.open(blob)
    confirm = page.form(button="Take over")
    assert "Mend the file" in confirm.send("Take over", status=422).text
    page = centre.get(address).form(button="Take over").fill(partial="y").send("Take over")
    assert "Being taken over" in page.text
    run_imports(city.database, clock.now())
    page = centre.get(address, status=200)
    assert "What came of it" in page.text
    with city.database.read() as session:
        numbers = session.scalars(select(Case.number)).all()
    assert [number for number in numbers if number in page.text]
    handed_in_again(city, centre, path, len(numbers), blob)


def handed_in_again(city: City, centre: Browser, path: Path, made: int, blob: str) -> None:
    """The same file does nothing twice, a damaged one is refused, and the files go in time."""
    again = hand_in(centre, path)
    run_imports(city.database, clock.now())
    again = centre.get(again.path)
    assert f"{made} are here already" in again.text
    again.form(button="Delete the file now").send("Delete the file now", status=200)
    with city.database.read() as session:
        assert len(session.scalars(select(Case.number)).all()) == made
    forget_runs(city.database, clock.now() + timedelta(days=4))
    with city.database.read() as session:
        assert set(session.scalars(select(ImportRun.blob_key))) == {None}
        with pytest.raises(KeyError):
            instance_of(session).blobs.open(blob)
    assert len(entries(city.database, "orders:import")) == 1
    (path.parent / "broken.csv").write_bytes(b"\xff\xfe\x00")
    broken = hand_in(centre, path.parent / "broken.csv")
    run_imports(city.database, clock.now())
    assert run_of(city.database).state is RunState.REFUSED
    assert "cannot be read" in centre.get(broken.path).text
    out = centre.get("/desk/export", status=200).form(button="Download")
    rows = sheet(out.fill(kind="csv", layout="12319-tasks", since="2026-11-01").send("Download"))
    assert rows[0][0] == "taskid"
    assert len(rows) == made + 1


def hand_in(browser: Browser, path: Path) -> Page:
    form = browser.get("/desk/import", status=200).form(button="Check the file")
    form.attach("file", path.read_bytes(), path.name, "text/csv")
    sent = form.fill(layout="12319-tasks").send("Check the file", status=200)
    for page in (sent, browser.get("/desk/import", status=200)):
        # a map has a name; its code is for commands
        assert "Tasks of digital city management (12319)" in page.text
        assert "12319-tasks" not in page.text
    return sent


def run_of(database: Database) -> ImportRun:
    with database.read() as session:
        return session.scalars(select(ImportRun).order_by(ImportRun.id.desc())).all()[0]


class Pair:
    """A resident with an open report, one whose identity is sealed, and an auditor."""

    def __init__(self, city: City) -> None:
        self.city = city
        with city.database.write() as session:
            self.resident = accounts.person(session, name="王居民")
            self.auditor: Person = accounts.staff(session, "auditor", area=city.tree["370283"])
            for name, sealed in (("甲", False), ("乙", True)):
                made = reports.case(session, city.area, at=clock.now() - timedelta(hours=2))
                row = session.get_one(Case, (made.district, made.id))
                row.sealed = sealed
                who = self.resident if not sealed else None
                reports.reporter(session, row, who, name=name, phone=f"+861380000{1234 + sealed}")

    def ask(self, **changes: Any) -> str:
        today = city_day(clock.now(), instance_zone(self.city.database))
        given: dict[str, Any] = {
            "purpose": "回访", "basis": "条例第三条", "fields": ("name", "phone"),
            "first": today - timedelta(days=3), "last": today,
        }  # fmt: skip
        with self.city.database.write() as session:
            actor = accounts.actor(session, self.city.centre)
            return ask_export(
                session, ExportWish(**(given | changes)), actor=actor, now=clock.now()
            )

    def decide(self, number: str, who: Person, *, allow: bool = True) -> None:
        with self.city.database.write() as session:
            row = export_by_number(session, number)
            assert row is not None
            actor = accounts.actor(session, who)
            decide_export(session, row, allow=allow, words="x", actor=actor, now=clock.now())

    def take(self, number: str, later: timedelta = timedelta()) -> list[list[object]]:
        with self.city.database.write() as session:
            actor = accounts.actor(session, self.city.centre)
            _, rows = take_export(session, number, actor=actor, now=clock.now() + later)
            return list(rows)


@on_sqlite
def test_personal_fields_are_asked_for_by_one_allowed_by_another_and_seen_by_whose_they_are(
    city: City,
) -> None:
    pair = Pair(city)
    centre, auditor = city.browser(city.centre), city.browser(pair.auditor)
    form = centre.get("/desk/personal", status=200).form(button="Ask for it")
    assert "Choose at least one field." in form.send("Ask for it", status=422).text
    form = centre.get("/desk/personal").form(button="Ask for it")
    page = form.fill(fields=["name", "phone"], purpose="回访", basis="条例").send("Ask for it")
    assert "Waits for a decision" in page.text
    assert "1 people when it was asked for; 1 are left out" in page.text
    address = page.path
    number = address.rpartition("/")[2]
    centre.get(f"/audit/personal/{number}", status=403)
    decide = auditor.get("/audit/").click("Personal data asked for in bulk").click(number)
    assert "回访" in decide.text
    assert "Choose whether" in decide.form(button="Decide").send("Decide", status=422).text
    decide = auditor.get(f"/audit/personal/{number}").form(button="Decide")
    assert "Allowed" in decide.fill(decision="allow").send("Decide", status=200).text
    rows = sheet(centre.get(address).form().fill(kind="csv").send("Download", status=200))
    assert rows[0] == ["number", "found_at", "name", "phone"]
    assert [row[2] for row in rows[1:]] == ["甲"]
    assert "乙" not in str(rows)
    assert "Handed out" in centre.get(address).text
    looks = city.browser(pair.resident).get("/me/looks", status=200)
    assert "中心" in looks.text
    assert pair.auditor.display_name in looks.text
    assert "回访" in looks.text
    # the table of personal fields decides what can be asked for at all
    assert set(FIELDS) == {"name", "phone", "words", "point"}


def test_nobody_decides_alone_or_twice_and_a_file_is_taken_once_even_in_a_race(
    city: City,
) -> None:
    pair = Pair(city)
    with pytest.raises(Refused) as nobody:
        pair.ask(place="370283002")
    assert nobody.value.code is ExportRefusal.NOBODY
    number = pair.ask()
    with pytest.raises(Refused):
        pair.take(number)
    assert race(lambda: pair.decide(number, pair.auditor)) == [None, Conflict]
    assert race(lambda: pair.take(number)) == [None, Conflict]
    with city.database.read() as session:
        row = session.scalars(select(PersonalExport)).one()
        assert (row.state, row.rows) == (ExportState.TAKEN, 1)
    assert len(entries(city.database, "identity:export")) == 2  # the file, and the look at one
    late = pair.ask()
    pair.decide(late, pair.auditor)
    with pytest.raises(Refused) as over:
        pair.take(late, timedelta(hours=24))
    assert over.value.code is ExportRefusal.RUN_OUT
    refused = pair.ask()
    pair.decide(refused, pair.auditor, allow=False)
    with pytest.raises(Conflict):
        pair.take(refused)


def test_what_was_allowed_is_of_those_and_for_the_reach_that_it_was_allowed_for(
    city: City,
) -> None:
    pair = Pair(city)
    number = pair.ask()
    pair.decide(number, pair.auditor)
    with city.database.write() as session:
        # a neighbour joins a matter that was there before
        row = session.scalars(select(Case).where(~Case.sealed)).one()
        later = reports.reporter(session, row, None, name="丙", phone="+8613800001299")
        later.created_at = clock.now() + timedelta(minutes=1)
        centre = accounts.actor(session, city.centre)
        small = {replace(g, place_path="/370283/370283001/") for g in centre.grants}
        with pytest.raises(Forbidden):
            take_export(session, number, actor=replace(centre, grants=frozenset(small)),
                        now=clock.now())  # fmt: skip
    assert [name for _, _, name, _ in pair.take(number)] == ["甲"]


def race(act: Any) -> list[Any]:
    """Two at once: what each got, None first."""
    start = Barrier(2)

    def one(_index: int) -> Any:
        start.wait()
        try:
            act()
        except Refused as refusal:
            return type(refusal)
        return None

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(one, range(2)), key=lambda found: found is not None)


@pytest.mark.parametrize("how", ["no number", "no date", "two thousand million rows"])
def test_a_spoilt_workbook_is_refused_and_the_next_file_is_looked_at(
    city: City, tmp_path: Path, how: str
) -> None:
    """It once stopped the job, was taken up again every ten minutes, and kept others waiting."""
    with city.database.write() as session:
        load_categories(session, instance_of(session).city, clock.now())
    centre = city.browser(city.centre)
    spoilt = hand_in(centre, spoilt_file(tmp_path / "spoilt.xlsx", how))
    good = hand_in(centre, orders.csv_file(tmp_path / "orders.csv", [orders.task()]))
    assert run_imports(city.database, clock.now()) == 2
    assert "cannot be read" in centre.get(spoilt.path).text
    assert "Take over" in centre.get(good.path).text

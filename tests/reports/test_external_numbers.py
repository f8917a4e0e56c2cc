"""One number for a matter whatever the channel: a hotline's number finds its case for who may."""

import csv
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from portal.kernel.ids import new_id
from portal.kernel.outbox import OutboxMessage
from portal.reports.models import Case, CaseReporter
from portal.reports.queries.exchange import cases_by_external
from portal.reports.rules.codes import Source
from portal.reports.rules.doors import Behalf, Filing, FilingRefusal
from portal.reports.rules.exchange import Problem
from portal.reports.rules.layouts import Says
from portal.reports.service.categories import load_categories
from portal.reports.service.exchange.export import export_file
from portal.reports.service.exchange.maps import load_map
from portal.reports.service.filing import file_for, join_for
from portal.site import schema
from tests.house.test_migrations import empty_url, opened
from tests.house.words import import_everything
from tests.make import accounts, orders
from tests.make.desk import small_city
from tests.make.doors import filer
from tests.make.intake import answers, visitor
from tests.make.orders import CASES, MESSAGES, NOW, TASKS
from tests.make.rows import case_row

# a fixture is used by being imported
__all__ = ["empty_url"]

CALL = Filing(Source.HOTLINE_12319, Behalf.ANONYMOUS, external_number="GD-2026-77")


@pytest.fixture
def city(database: Database) -> Database:
    orders.city(database)
    return database


def take(database: Database, folder: Path, layout: str, rows: Sequence[orders.Row]) -> None:
    file = orders.handed(orders.csv_file(folder / "orders.csv", rows), layout)
    orders.check_and_import(database, file, partial=False, at=NOW)


def test_r060_a_number_is_unique_in_its_own_system_only(city: Database, tmp_path: Path) -> None:
    take(city, tmp_path, TASKS, [orders.task(taskid="7001")])
    take(city, tmp_path, MESSAGES, [orders.message()])
    with city.read() as session:
        found = cases_by_external(session, " 7001 ")
    assert [case.source for case in found] == [Source.HOTLINE_12319, Source.HOTLINE_12345]


def test_a_caller_whose_phone_the_file_has_is_kept_sealed(city: Database, tmp_path: Path) -> None:
    layout = load_map(TASKS)
    own = replace(layout, columns={**layout.columns, "phone": Says.PHONE})
    rows = [orders.task(phone="138 0000 1234"), orders.task(taskid="T2", phone="12345x")]
    path = orders.csv_file(tmp_path / "own.csv", rows)
    file = replace(orders.handed(path, TASKS), layout=own)
    checked, _ = orders.check_and_import(city, file, partial=True, at=NOW)
    assert [(flaw.problem, flaw.value) for flaw in checked.flaws] == [(Problem.BAD_PHONE, "")]
    with city.read() as session:
        row = session.scalars(select(CaseReporter)).one()
    assert row.sealed_phone is not None
    assert "13800001234" not in row.sealed_phone


def test_r060_a_hotlines_number_and_the_callers_phone_get_her_a_link_to_her_phone_only(
    city: Database, app: Flask, tmp_path: Path
) -> None:
    layout = load_map(TASKS)
    own = replace(layout, columns={**layout.columns, "phone": Says.PHONE})
    path = orders.csv_file(tmp_path / "own.csv", [orders.task(phone="13800001234")])
    orders.check_and_import(
        city, replace(orders.handed(path, TASKS), layout=own), partial=False, at=NOW
    )
    browser = visitor(app)

    def ask(number: str, phone: str) -> tuple[str, int]:
        form = browser.get("/track/link").form().fill(number=number, phone=phone)
        page = form.send("Send the link", status=200)
        return page.text, queued(city)

    wrong_phone, none_sent = ask("T001", "13800009999")
    wrong_number, still_none = ask("T999", "13800001234")
    right, sent = ask(" T001 ", "13800001234")
    assert (none_sent, still_none, sent) == (0, 0, 1)
    # all three pages say the same
    assert wrong_phone == wrong_number == right


def test_r060_the_desk_finds_a_case_by_the_hotlines_number_where_it_may_look(
    app: Flask, database: Database, tmp_path: Path
) -> None:
    town = small_city(app, database)
    with database.write() as session:
        load_categories(session, None, NOW)
    take(database, tmp_path, TASKS, [orders.task()])
    take(database, tmp_path, MESSAGES, [orders.message(留言编号="T001")])
    take(database, tmp_path, CASES, [orders.counted(REC_ID="R-7")])
    with database.read() as session:
        [case] = cases_by_external(session, "R-7")
    number = case.number
    centre, desk = town.browser(town.centre), town.browser(town.desk)
    assert number in centre.get("/desk/?number=R-7", status=200).text
    both = centre.get("/desk/?number=T001")
    assert "Several systems have a case with this number" in both.text
    # the street's own desk reaches one of the two, and nothing of the other street
    assert "Hotline 12319 (T001)" in desk.get("/desk/?number=T001").text
    assert "There is no case with this number" in desk.get("/desk/?number=R-7").text


def queued(database: Database) -> int:
    with database.read() as session:
        return len(session.scalars(select(OutboxMessage.id)).all())


def test_the_order_of_a_caller_who_joins_is_kept_found_and_handed_back(
    app: Flask, database: Database, tmp_path: Path
) -> None:
    town = small_city(app, database)
    with database.write() as session:
        load_categories(session, None, orders.NOW)
    first = orders.handed(orders.csv_file(tmp_path / "in.csv", [orders.task()]), orders.TASKS)
    orders.check_and_import(database, first, partial=False, at=orders.NOW)
    with database.write() as session:
        session.execute(update(Case).values(listed=True))
        [case] = cases_by_external(session, "T001")
        who = filer(session, town.desk)
        join_for(session, case, answers(words="还没清"), CALL, who, now=now())
        # the caller of this very order, and that of the case's own one, are no new matter either
        for number in ("GD-2026-77", "T001"):
            again = replace(CALL, external_number=number)
            join_for(session, case, answers(words="又打来"), again, who, now=now())
        with pytest.raises(Refused) as refused:
            file_for(session, answers(), CALL, who, now=now())
        assert refused.value.code is FilingRefusal.KNOWN_NUMBER
    with database.read() as session:
        assert [one.id for one in cases_by_external(session, "GD-2026-77")] == [case.id]
        assert case_row(session, case.number).external_number == "T001"
        written = tmp_path / "out.csv"
        since = orders.NOW - timedelta(days=30)
        export_file(session, written, load_map(orders.TASKS), since=since, now=orders.NOW)
    with written.open(encoding="utf-8-sig") as file:
        assert [row["taskid"] for row in csv.DictReader(file)] == ["T001", "GD-2026-77"]
    page = town.browser(town.desk).get(f"/desk/cases/{case.number}", status=200)
    assert "Orders of callers who joined GD-2026-77 (12319)" in page.text


def test_an_order_typed_during_a_call_is_known_when_the_hotlines_file_brings_it(
    database: Database, tmp_path: Path
) -> None:
    orders.city(database)
    with database.write() as session:
        desk = accounts.staff(session, "city_centre", area=None)
        file_for(session, answers(), CALL, filer(session, desk), now=now())
    row = orders.task(taskid="GD-2026-77")
    file = orders.handed(orders.csv_file(tmp_path / "in.csv", [row]), orders.TASKS)
    _, taken = orders.check_and_import(database, file, partial=False, at=orders.NOW)
    assert (taken.new, taken.differ) == (0, [(2, "GD-2026-77")])
    with database.read() as session:
        assert len(session.scalars(select(Case)).all()) == 1


def test_an_upgrade_gives_what_call_takers_typed_the_numbering_of_the_files(empty_url: str) -> None:
    import_everything()
    with opened(empty_url) as database:
        schema.upgrade(database, "0024")
        with database.writer.begin() as connection:
            for system, number in (
                ("hotline_12319", "A"), ("hotline_12345", "A"), ("hotline_12319", "B"),
                ("12319", "B"), ("media", "A"),
            ):  # fmt: skip
                case = new_id()
                connection.execute(
                    text(
                        "INSERT INTO external_order (system, number, district, case_id, told,"
                        " progress, version, no_answer, imported_at, changed_at) VALUES"
                        " (:system, :number, '370283', :case, '', '', 1, :no, :at, :at)"
                    ),
                    {
                        "system": system, "number": number, "no": False, "at": NOW.isoformat(),
                        "case": case.hex if database.is_sqlite else str(case),
                    },
                )  # fmt: skip
        schema.upgrade(database, "0025")
        with database.read() as session:
            rows = session.execute(text("SELECT system, number FROM external_order"))
            assert sorted(tuple(row) for row in rows) == [
                ("12319", "A"), ("12319", "B"), ("12345", "A"),
                # a number that both have stays twice: nobody knows whether it is one matter
                ("hotline_12319", "B"), ("media", "A"),
            ]  # fmt: skip

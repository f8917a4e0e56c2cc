"""Work orders go out in the layouts they come in, safe to open, and nobody's name in them."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import delete, select

from portal.areas.models import Area
from portal.kernel.city import LANGUAGES
from portal.kernel.db import Base, Database
from portal.kernel.instance import Instance
from portal.reports.models import Case, ExternalOrder
from portal.reports.rules.codes import State, Target
from portal.reports.rules.kinds import BEHAVIOUR
from portal.reports.service.exchange.export import export_file
from portal.reports.service.exchange.maps import load_map, map_names, shipped_maps
from portal.site.cli import cli
from tests.make import orders, reports
from tests.make.areas import small_tree
from tests.make.orders import CASES, MESSAGES, NOW, REQUESTS, TASKS

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
REPLIED = "2019/5/6 10:00:00"
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", "＋1", "－1", "＠a")


@dataclass
class Tools:
    """What commands get, of the test's installation."""

    instance: Instance
    database: Database
    app: Flask


@pytest.fixture
def city(database: Database) -> Database:
    orders.city(database)
    return database


def out(database: Database, path: Path, layout: str) -> list[list[str]]:
    with database.read() as session:
        export_file(session, path, load_map(layout), since=LONG_AGO, now=NOW)
    if path.suffix == ".xlsx":
        sheet = load_workbook(path).worksheets[0]
        return [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def wipe(database: Database) -> None:
    """Nothing but the places, units and kinds is left."""
    kept = {"cases", "case_event", "case_text", "case_reporter", "case_search", "external_order"}
    with database.writer.begin() as connection:
        if database.is_sqlite:
            connection.exec_driver_sql("DROP TRIGGER case_event_no_delete")
        else:
            connection.exec_driver_sql("SET session_replication_role = replica")
        for table in reversed(Base.metadata.sorted_tables):
            if table.name in kept:
                connection.execute(delete(table))


_SAMPLES: dict[str, Sequence[orders.Row]] = {
    TASKS: [
        orders.task(description="=HYPERLINK(1)\n电话13800001234"),
        orders.task(taskid="T2", x="", y="", streetname="", executedeptname="某某办"),
        orders.task(taskid="T3", infotypename="部件", infoscname="路灯", description=""),
    ],
    CASES: [
        orders.counted(),
        orders.counted(REC_ID="R2", OPERATE_NUM="1", EVENT_SRC_NAME="12345"),
        orders.counted(REC_ID="R3", OPERATE_NUM="1", OVERTIME_ARCHIVE_NUM="1"),
    ],
    MESSAGES: [
        orders.message(),
        orders.message(留言编号="7002", 留言详情="", 答复意见="已修好", 答复时间=REPLIED),
        orders.message(留言编号="7003", 答复意见="留言已收悉", 答复时间=REPLIED),
    ],
    REQUESTS: [
        orders.request(),
        orders.request(CASE_ENQUIRY_ID="2", CLOSED_DT="", CASE_STATUS="Open", CLOSURE_REASON=""),
        orders.request(CASE_ENQUIRY_ID="3", TARGET_DT="", OnTime_Status="ONTIME"),
    ],
}  # fmt: skip


def test_every_shipped_map_has_a_name_for_people_in_every_language() -> None:
    assert {code: set(names) for code, names in map_names().items()} == {
        code: set(LANGUAGES) for code in shipped_maps()
    }


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
@pytest.mark.parametrize("layout", shipped_maps())
def test_r142_what_goes_out_comes_in_again_as_the_same_rows(
    city: Database, tmp_path: Path, layout: str, ending: str
) -> None:
    source = orders.csv_file(tmp_path / "in.csv", _SAMPLES[layout])
    orders.check_and_import(city, orders.handed(source, layout), partial=False, at=NOW)
    first, again = tmp_path / f"first{ending}", tmp_path / f"again{ending}"
    rows = out(city, first, layout)
    assert len(rows) == 1 + len(_SAMPLES[layout])
    assert rows[0] == list(load_map(layout).columns)
    wipe(city)
    checked, taken = orders.check_and_import(
        city, orders.handed(first, layout), partial=False, at=NOW
    )
    assert (checked.flaws, taken.new) == ([], len(_SAMPLES[layout]))
    assert sorted(out(city, again, layout)) == sorted(rows)


def test_r058_our_own_cases_go_out_under_our_number_without_who_reported(
    database: Database, tmp_path: Path
) -> None:
    with database.write() as session:
        tree = small_tree(session)
        area = tree["370283001001"]
        made = reports.case(session, area, state=State.CLOSED, phone="+8613800001234",
                            words="垃圾堆了三天，找13800009999")  # fmt: skip
        reports.case(session, area, state=State.REPORTED, words="没人看过")
        reports.case(session, area, state=State.VOID, words="作废")
        number = made.number
    [header, row] = out(database, tmp_path / "out.csv", TASKS)
    cells = dict(zip(header, row, strict=True))
    assert (cells["taskid"], cells["description"]) == (number, "垃圾堆了三天，找■■■■")
    assert "1380000" not in (tmp_path / "out.csv").read_text("utf-8-sig")


def test_R259_a_report_on_conduct_goes_out_to_the_system_alone_that_it_came_from(
    city: Database, tmp_path: Path
) -> None:
    with city.write() as session:
        area = session.scalars(select(Area).where(Area.code == "370283001001")).one()
        reports.category(session, BEHAVIOUR, target=Target.PERSON_OR_SHOP, name="不文明行为")
        made = reports.case(
            session, area, category_code=BEHAVIOUR, state=State.ACCEPTED, words="李四扔垃圾",
            at=NOW - timedelta(days=2),
        )  # fmt: skip
    rows = out(city, tmp_path / "out.csv", TASKS)
    assert made.number not in str(rows)
    assert "李四" not in str(rows)
    with city.write() as session:
        session.add(
            ExternalOrder(
                system=load_map(TASKS).system, number="T9", district=made.district,
                case_id=made.id, told="", progress="", version=1, no_answer=False,
                imported_at=NOW, changed_at=NOW,
            )
        )  # fmt: skip
    assert "T9" in str(out(city, tmp_path / "back.csv", TASKS))


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_no_cell_that_goes_out_is_run_as_a_formula(
    city: Database, tmp_path: Path, ending: str
) -> None:
    rows = [orders.task(taskid=f"T{at}", description=words) for at, words in enumerate(FORMULAS)]
    source = orders.csv_file(tmp_path / "in.csv", rows)
    orders.check_and_import(city, orders.handed(source, TASKS), partial=False, at=NOW)
    found = out(city, tmp_path / f"out{ending}", TASKS)[1:]
    assert sorted(row[1] for row in found) == sorted(f"'{words}" for words in FORMULAS)


def run(tools: Tools, *line: str) -> Result:
    return CliRunner().invoke(cli, list(line), obj=tools)


def test_r058_the_commands_take_over_and_hand_out(
    city: Database, instance: Instance, app: Flask, tmp_path: Path
) -> None:
    tools = Tools(instance, city, app)
    rows = [orders.task(), orders.task(taskid="T2", discovertime="20206月底前")]
    source = orders.csv_file(tmp_path / "in.csv", rows)
    refused = run(tools, "reports", "import", str(source), "--map", TASKS)
    assert refused.exit_code != 0
    assert "line 3, discovertime" in refused.stderr
    partial = run(tools, "reports", "import", str(source), "--map", TASKS, "--partial")
    assert partial.exit_code == 0, partial.output
    assert "1 new cases" in partial.stdout
    bad = (tmp_path / "in.csv.bad.csv").read_text("utf-8-sig").splitlines()
    assert len(bad) == 2
    assert bad[1].startswith("T2,")
    assert ",3,discovertime: " in bad[1]
    to = tmp_path / "out.xlsx"
    done = run(tools, "reports", "export", "--since", "2026-01-01", str(to))
    assert "1 work orders" in done.stdout
    assert [path.name for path in tmp_path.glob("*half*")] == []
    assert to.read_bytes()[:2] == b"PK"
    with city.read() as session:
        assert session.query(Case).count() == 1


def test_an_own_map_is_read_from_its_file_and_a_damaged_one_says_what_is_wrong(
    city: Database, instance: Instance, app: Flask, tmp_path: Path
) -> None:
    tools = Tools(instance, city, app)
    source = orders.csv_file(tmp_path / "in.csv", [{"nr": "1", "when": "2026-11-20 08:00"}])
    own = tmp_path / "own.toml"
    own.write_text(
        'system = "own"\nsource = "media"\n[columns]\nnr = "number"\nwhen = "found_at"\n'
        '[times]\nformats = ["%Y-%m-%d %H:%M"]\n[categories]\ndefault = "litter"\n',
        "utf-8",
    )
    assert run(tools, "reports", "import", str(source), "--map", str(own)).exit_code == 0
    own.write_text(own.read_text("utf-8").replace("[times]", "[tmes]"), "utf-8")
    failed = run(tools, "reports", "import", str(source), "--map", str(own))
    assert failed.exit_code != 0
    assert "unknown key tmes" in str(failed.exception.facts)

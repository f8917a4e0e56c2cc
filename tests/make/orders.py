"""Files of other systems for tests: made-up rows of the four layouts."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from openpyxl import Workbook
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Grant, Permission
from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.kernel.ids import new_number
from portal.kernel.sheets import Encoding
from portal.reports.models import ImportRun
from portal.reports.rules.codes import Source
from portal.reports.rules.column_maps import MapWish
from portal.reports.rules.exchange import ExchangeRefusal
from portal.reports.rules.import_runs import RunState
from portal.reports.rules.layouts import Says
from portal.reports.service.exchange.files import (
    Checked,
    Handed,
    check_file,
    import_file,
    refuse_bad_rows,
)
from portal.reports.service.exchange.maps import load_map, save_map
from portal.reports.service.exchange.writing import Taken
from tests.make.intake import ready
from tests.make.organisations import unit

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TASKS, CASES, MESSAGES, REQUESTS = (
    "12319-tasks", "district-cases", "12345-messages", "311-requests",
)  # fmt: skip
# a point of community 370283001001 as GCJ-02 shows it
GCJ = ("119.905500", "36.700600")

Row = dict[str, Any]


def task(**changes: Any) -> Row:
    """Layout (a)."""
    return {
        "taskid": "T001", "description": "垃圾堆了三天", "discovertime": "2026-11-20 09:32:09",
        "infobcname": "市容环境", "infoscname": "暴露垃圾", "streetname": "东阁街道",
        "communityname": "", "infotypename": "事件", "address": "人民路12号门口", "x": GCJ[0],
        "y": GCJ[1], "executedeptname": "环卫中心",
    } | changes  # fmt: skip


def counted(**changes: Any) -> Row:
    """Layout (b)."""
    return {
        "REC_ID": "R1", "REPORT_NUM": "1", "CREATE_TIME": "2026-11-20 09:32:09",
        "STREET_NAME": "李园街道", "COMMUNITY_NAME": "", "EVENT_TYPE_NAME": "事件",
        "MAIN_TYPE_NAME": "市容环境", "SUB_TYPE_NAME": "道路不洁", "DISPOSE_UNIT_NAME": "市政中心",
        "EVENT_SRC_NAME": "采集员", "OPERATE_NUM": "0", "OVERTIME_ARCHIVE_NUM": "0",
    } | changes  # fmt: skip


def message(**changes: Any) -> Row:
    """Layout (c)."""
    return {
        "留言编号": "7001", "留言用户": "U0000001", "留言主题": "路灯不亮",
        "留言时间": "2019/4/25 9:32:09", "留言详情": "小区门口的路灯三天不亮，电话13800001234",
        "答复意见": "", "答复时间": "",
    } | changes  # fmt: skip


_UNREAD = ("SUBJECT", "QUEUE", "SubmittedPhoto", "ClosedPhoto", "fire_district", "pwd_district",
           "city_council_district", "police_district", "neighborhood_services_district", "ward",
           "precinct", "land_usage", "LOCATION_STREET_NAME", "LOCATION_ZIPCODE", "Property_Type",
           "Property_ID", "Source", "Geocoded_Location")  # fmt: skip


def request(**changes: Any) -> Row:
    """Layout (d)."""
    return {
        "": "1", "CASE_ENQUIRY_ID": "101000000001", "OPEN_DT": "01/24/2025 02:36:52 PM",
        "TARGET_DT": "01/27/2025 08:30:00 AM", "CLOSED_DT": "01/27/2025 08:34:04 AM",
        "OnTime_Status": "OVERDUE", "CASE_STATUS": "Closed", "CLOSURE_REASON": "Case Closed",
        "CASE_TITLE": "Missing Sign", "REASON": "Signs & Signals", "TYPE": "Missing Sign",
        "Department": "BTDT", "Location": "1 Main St", "neighborhood": "", "LATITUDE": "36.7",
        "LONGITUDE": "119.9",
    } | dict.fromkeys(_UNREAD, "") | changes  # fmt: skip


def csv_file(path: Path, rows: Sequence[Row], encoding: str = "utf-8") -> Path:
    """A CSV file of rows, its columns those of the first."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def xlsx_file(path: Path, rows: Sequence[Row]) -> Path:
    """The same as a spreadsheet."""
    book = Workbook()
    sheet: Any = book.active
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append(list(row.values()))
    book.save(path)
    return path


def handed(path: Path, layout: str, encoding: Encoding = Encoding.UTF8) -> Handed:
    """A file as somebody hands it in."""
    return Handed(path, load_map(layout), encoding)


def check_and_import(
    database: Database, file: Handed, *, partial: bool, at: datetime
) -> tuple[Checked, Taken]:
    """What the command does, without its words."""
    checked = check_file(database, file, now=at)
    if not partial:
        refuse_bad_rows(checked)
    return checked, import_file(database, file, now=at)


def city(database: Database) -> None:
    """The small Pingdu with two units."""
    tree = ready(database)
    with database.write() as session:
        unit(session, "CLEAN", "环卫中心", area=tree["370283"])
        unit(session, "ROADS", "市政中心", area=tree["370283002"])


def orders_without_a_map(session: Session, by: UUID) -> dict[str, str]:
    """A file whose columns no map knows, and a map that somebody saved; what leads to them."""
    header = ["工单编号", "受理时间", "诉求内容", "问题小类"]
    found = {"refusal": ExchangeRefusal.UNKNOWN_HEADER, "facts": {}, "header": header}
    run = ImportRun(
        number=new_number(), state=RunState.REFUSED, handed_by=by, handed_at=now(),
        file_name="新系统.csv", blob_key=f"{'0' * 64}.sealed", layout="", encoding="utf-8",
        found=json.dumps(found),
    )  # fmt: skip
    says = (Says.NUMBER, Says.FOUND_AT, Says.WORDS, Says.KIND)
    wish = MapWish(
        "区级平台", "district-2", Source.HOTLINE_12319, dict(zip(header, says, strict=True)),
        "%Y-%m-%d %H:%M:%S",
    )  # fmt: skip
    actor = Actor(person_id=by, grants=frozenset({Grant(Permission.ORDER_EXCHANGE)}))
    session.add(run)
    return {"run_unread": run.number, "column_map": save_map(session, wish, actor=actor, now=now())}

"""Files of shifts: 250 wardens on 50 roads, and lines that are wrong (R275)."""

import csv
import io

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from portal.kernel.db import Database
from portal.kernel.errors import Refused
from tests.make.volunteers import NOW
from tests.volunteers.planning import (
    OTHER,
    STREET,
    Town,
    in_days,
)
from volunteers.models import Shift, ShiftPost
from volunteers.rules.batches import BatchRefusal
from volunteers.rules.roster_file import LineProblem
from volunteers.service.roster_files import BadLines, import_shifts


def count(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Shift)) or 0


ROADS = [f"{name}路" for name in "一二三四五六七八九十"] + [f"第{at}大街" for at in range(1, 41)]


def roster(days: int = 7) -> list[list[object]]:
    """250 wardens on 50 roads, every day of a week (R275)."""
    rows: list[list[object]] = [["日期", "开始", "结束", "区划代码", "集合地点", "职责", "人数"]]
    for ahead in range(1, days + 1):
        day = in_days(ahead).isoformat()
        rows += [[day, "07:30", "09:30", STREET, road, "巡查", 5] for road in ROADS]
    return rows


def as_csv(rows: list[list[object]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(rows: list[list[object]]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(out)
    return out.getvalue()


def take_in(town: Town, activity: str, content: bytes) -> None:
    with town.database.write() as session:
        import_shifts(session, town.actor(session), activity, content, now=NOW)


@pytest.mark.parametrize("written", [as_csv, as_xlsx])
def test_250_wardens_on_50_roads_come_from_a_file_once(town: Town, written: object) -> None:
    activity = town.activity()
    content = as_csv(roster()) if written is as_csv else as_xlsx(roster())
    for _ in range(2):
        take_in(town, activity, content)
    assert count(town.database) == 350
    with town.database.read() as session:
        assert session.scalar(select(func.sum(ShiftPost.seats))) == 250 * 7


def test_one_bad_line_is_named_and_nothing_is_made(town: Town) -> None:
    rows = roster(1)
    rows[3][0] = "昨天"
    rows[4][6] = "many"
    rows[5][3] = OTHER
    with pytest.raises(BadLines) as bad:
        take_in(town, town.activity(), as_csv(rows))
    # what cannot be read is told before anything is looked up
    assert [(one.line, one.code) for one in bad.value.problems] == [
        (4, LineProblem.DAY), (5, LineProblem.SEATS),
    ]  # fmt: skip
    rows = roster(1)
    rows[5][3] = OTHER
    with pytest.raises(BadLines) as bad:
        take_in(town, town.activity(), as_csv(rows))
    assert [(one.line, one.code) for one in bad.value.problems] == [(6, LineProblem.PLACE)]
    assert count(town.database) == 0


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", BatchRefusal.NO_FILE),
        (b"\xff\xfe\x00", BatchRefusal.NOT_READ),
        ("日期,开始\n".encode(), BatchRefusal.NO_COLUMN),
    ],
)
def test_a_file_that_is_none_is_refused(town: Town, content: bytes, code: BatchRefusal) -> None:
    with pytest.raises(Refused) as refused:
        take_in(town, town.activity(), content)
    assert refused.value.code is code

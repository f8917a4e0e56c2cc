"""Work orders of other systems become cases: each once, with their own times, never half a file."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, update

from portal.areas.models import Area
from portal.kernel.db import Database
from portal.kernel.errors import BadData, Refused
from portal.kernel.sheets import Encoding
from portal.reports.models import (
    Case,
    CaseEvent,
    CaseSearch,
    CaseText,
    ExternalOrder,
)
from portal.reports.rules.codes import Event, Review, Source, State, TextKind
from portal.reports.rules.exchange import (
    ExchangeRefusal,
    Problem,
    is_canned,
    is_on_time,
    read_moment,
)
from portal.reports.rules.transitions import TRANSITIONS
from portal.reports.service.exchange.files import Checked, check_file
from portal.reports.service.exchange.maps import canned_replies, load_map
from portal.reports.service.exchange.writing import Taken
from tests.make import orders
from tests.make.orders import CASES, MESSAGES, NOW, REQUESTS, TASKS


@pytest.fixture
def city(database: Database) -> Database:
    orders.city(database)
    return database


def take(
    database: Database, folder: Path, layout: str, rows: Sequence[orders.Row], *,
    partial: bool = False,
) -> tuple[Checked, Taken]:  # fmt: skip
    file = orders.handed(orders.csv_file(folder / "orders.csv", rows), layout)
    return orders.check_and_import(database, file, partial=partial, at=NOW)


def look(
    database: Database, folder: Path, layout: str, rows: Sequence[orders.Row]
) -> list[tuple[int, Problem, str]]:
    file = orders.handed(orders.csv_file(folder / "orders.csv", rows), layout)
    checked = check_file(database, file, now=NOW)
    return [(flaw.line, flaw.problem, flaw.column) for flaw in checked.flaws]


def case_of(database: Database, number: str) -> Case:
    with database.read() as session:
        return session.scalars(select(Case).where(Case.external_number == number)).one()


def history(database: Database, case: Case) -> list[tuple[Event, State, datetime]]:
    with database.read() as session:
        rows = session.execute(
            select(CaseEvent.event, CaseEvent.to_state, CaseEvent.at, CaseEvent.from_state)
            .where(CaseEvent.case_id == case.id)
            .order_by(CaseEvent.id)
        ).all()
    for row in rows[1:]:
        assert row.from_state in TRANSITIONS[row.event].sources, "no edge of the table"
    return [(row.event, row.to_state, row.at) for row in rows]


def texts(database: Database, case: Case) -> dict[TextKind, CaseText]:
    with database.read() as session:
        rows = session.scalars(select(CaseText).where(CaseText.case_id == case.id))
        return {row.kind: row for row in rows}


def count(database: Database, model: type) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_r215_an_order_of_12319_keeps_its_number_place_and_unit(
    city: Database, tmp_path: Path
) -> None:
    take(city, tmp_path, TASKS, [orders.task()])
    case = case_of(city, "T001")
    assert (case.source, case.state, case.category_code) == (
        Source.HOTLINE_12319, State.DISPATCHED, "litter",
    )  # fmt: skip
    assert case.found_at == datetime(2026, 11, 20, 1, 32, 9, tzinfo=UTC)
    # the point lies 170 to 600 m beside where GCJ-02 shows it, in a grid of the named street
    assert case.lon == pytest.approx(119.9, abs=0.001)
    assert case.place_path.startswith("/370283/370283001/")
    assert case.place_path.endswith("/370283001001/370283001001G01/")
    assert [event for event, _, _ in history(city, case)] == [
        Event.REPORT, Event.ACCEPT, Event.FILE, Event.DISPATCH,
    ]  # fmt: skip
    assert case.unit_id is not None
    assert case.promised_at is not None


def test_r057_imported_words_are_never_public_without_a_check(
    city: Database, tmp_path: Path
) -> None:
    reply = {"答复意见": "路灯已于4月26日修好，问13900005678", "答复时间": "2019/5/6 10:00:00"}
    take(city, tmp_path, MESSAGES, [orders.message(**reply)])
    said = texts(city, case_of(city, "7001"))
    assert set(said) == {TextKind.DESCRIPTION, TextKind.OUTSIDE_REPLY}
    assert {text.review for text in said.values()} == {Review.PENDING}
    assert said[TextKind.OUTSIDE_REPLY].public_text == "路灯已于4月26日修好，问■■■■"
    assert "13800001234" not in (said[TextKind.DESCRIPTION].public_text or "")
    with city.read() as session:
        found = session.scalars(select(CaseSearch.words)).all()
    assert len(found) == 1, "the case itself can be found, by its kind and place"
    assert "路" not in found[0].replace("街", "")


def test_a_message_with_an_answer_waits_for_the_check_of_the_work(
    city: Database, tmp_path: Path
) -> None:
    reply = {"答复意见": "路灯已修好", "答复时间": "2019/5/6 10:00:00"}
    take(city, tmp_path, MESSAGES, [orders.message(**reply)])
    case = case_of(city, "7001")
    assert (case.state, case.category_code) == (State.HANDLED, "unsure")
    assert case.handled_at == datetime(2019, 5, 6, 2, 0, tzinfo=UTC)
    assert case.closed_at is None


@pytest.mark.parametrize(
    "reply",
    [
        "留言已收悉",
        "网友“UU0081681”您好！您反映的问题已收悉，我们将尽快处理。感谢您的支持！2019年4月25日",
    ],
)
def test_a_canned_reply_is_no_answer_and_closes_nothing(
    city: Database, tmp_path: Path, reply: str
) -> None:
    row = orders.message(答复意见=reply, 答复时间="2019/5/6 10:00:00")
    checked, taken = take(city, tmp_path, MESSAGES, [row])
    case = case_of(city, "7001")
    assert (checked.unanswered, taken.unanswered) == (1, 1)
    assert (case.state, case.handled_at) == (State.ACCEPTED, None)
    assert case.responded_at == datetime(2019, 5, 6, 2, 0, tzinfo=UTC)
    with city.read() as session:
        assert session.scalars(select(ExternalOrder.no_answer)).all() == [True]


@pytest.mark.parametrize("reply", ["已清理", "经查该处不属于我局管辖，请向住建局反映", "不属实"])
def test_a_reply_that_says_anything_is_an_answer(reply: str) -> None:
    assert not is_canned(reply, canned_replies())


def test_a_count_tells_what_happened_and_never_when(city: Database, tmp_path: Path) -> None:
    take(
        city, tmp_path, CASES,
        [
            orders.counted(),
            orders.counted(REC_ID="R2", OPERATE_NUM="1"),
            orders.counted(REC_ID="R3", OPERATE_NUM="1", OVERTIME_ARCHIVE_NUM="1"),
        ],
    )  # fmt: skip
    cases = [case_of(city, number) for number in ("R1", "R2", "R3")]
    assert [case.state for case in cases] == [State.DISPATCHED, State.HANDLED, State.CLOSED]
    assert {case.source for case in cases} == {Source.COLLECTOR}
    assert {(case.handled_at, case.closed_at) for case in cases} == {(None, None)}
    assert [event for event, _, _ in history(city, cases[2])][-2:] == [Event.HANDLE, Event.CLOSE]


def test_a_request_of_311_has_the_limit_and_the_end_of_its_file(
    city: Database, tmp_path: Path
) -> None:
    take(city, tmp_path, REQUESTS, [orders.request()])
    case = case_of(city, "101000000001")
    assert (case.state, case.category_code) == (State.CLOSED, "traffic_sign")
    assert case.promised_at == datetime(2025, 1, 27, 13, 30, tzinfo=UTC)
    assert case.closed_at == datetime(2025, 1, 27, 13, 34, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "good"),
    [
        ({}, True),
        ({"OnTime_Status": "ONTIME"}, False),
        ({"CLOSED_DT": "01/27/2025 08:30:00 AM", "OnTime_Status": "ONTIME"}, True),
        ({"CLOSED_DT": "01/27/2025 08:30:01 AM", "OnTime_Status": "ONTIME"}, False),
        ({"TARGET_DT": "", "OnTime_Status": "ONTIME"}, True),
        ({"CLOSED_DT": "", "CASE_STATUS": "Open"}, True),
        ({"CLOSED_DT": ""}, False),
        ({"CASE_STATUS": "Open"}, False),
    ],
)  # fmt: skip
def test_on_time_or_overdue_must_come_out_of_the_times(
    city: Database, tmp_path: Path, changes: orders.Row, good: bool
) -> None:
    found = look(city, tmp_path, REQUESTS, [orders.request(**changes)])
    assert ([] if good else [Problem.CONTRADICTION]) == [problem for _, problem, _ in found]


def test_r163_doubtful_dates_are_refused_and_never_guessed() -> None:
    zone, formats = ZoneInfo("Asia/Shanghai"), load_map(MESSAGES).formats
    good = datetime(2019, 4, 25, 1, 32, 9, tzinfo=UTC)
    assert read_moment("2019/4/25 9:32:09", formats, zone) == good
    damaged = ("20206月底前", "201996", "2019⠂9⠂6", "2019/4/25", "2019/13/1 9:00:00",
               "2019/2/29 9:00:00", "19/4/25 9:3:09", "0019/4/25 9:32:09", "43580", "",
               "0001/1/1 0:00:00", "9999/12/31 23:59:59")  # fmt: skip
    assert [read_moment(text, formats, zone) for text in damaged] == [None] * len(damaged)
    # an hour that summer time skips or doubles names no moment, or two
    boston = ZoneInfo("America/New_York")
    for text in ("03/08/2015 02:30:00 AM", "11/01/2015 01:30:00 AM"):
        assert read_moment(text, load_map(REQUESTS).formats, boston) is None


def test_r163_every_bad_line_is_told_with_its_number_and_column(
    city: Database, tmp_path: Path
) -> None:
    rows = [
        orders.task(),
        orders.task(taskid="T2", discovertime="20206月底前"),
        orders.task(taskid="T3", description="2020⠂6月"),
        orders.task(taskid="T4", infoscname="没有这一类"),
        orders.task(taskid="T5", streetname="不存在街道"),
        orders.task(taskid="T1", discovertime="2026-11-24 09:00:00"),
        orders.task(),
        orders.task(taskid="", x="abc"),
        orders.task(taskid="T8", x="100.1"),
    ]
    assert look(city, tmp_path, TASKS, rows) == [
        (3, Problem.DOUBTFUL_DATE, "discovertime"),
        (4, Problem.STRAY_SIGN, "description"),
        (5, Problem.UNKNOWN_CATEGORY, "infoscname"),
        (6, Problem.UNKNOWN_PLACE, "streetname"),
        (7, Problem.AHEAD_OF_TIME, "discovertime"),
        (8, Problem.TWICE, "taskid"),
        (9, Problem.EMPTY, "taskid"),
        (10, Problem.OUTSIDE_CITY, "x"),
    ]


def test_one_bad_row_refuses_the_file_and_partial_keeps_the_rest(
    city: Database, tmp_path: Path
) -> None:
    rows = [orders.task(), orders.task(taskid="T2", discovertime="201996")]
    with pytest.raises(Refused) as refusal:
        take(city, tmp_path, TASKS, rows)
    assert refusal.value.code is ExchangeRefusal.BAD_ROWS
    assert count(city, Case) == count(city, ExternalOrder) == 0
    _, taken = take(city, tmp_path, TASKS, rows, partial=True)
    assert (taken.new, count(city, Case)) == (1, 1)


def test_a_missing_column_refuses_the_file_by_its_name(city: Database, tmp_path: Path) -> None:
    row = orders.task()
    del row["discovertime"], row["y"]
    with pytest.raises(Refused) as refusal:
        look(city, tmp_path, TASKS, [row])
    assert refusal.value.facts == {"columns": "discovertime, y"}


def test_a_file_in_gb18030_says_so_and_is_read_when_it_is_named(
    city: Database, tmp_path: Path
) -> None:
    file = orders.csv_file(tmp_path / "gbk.csv", [orders.task()], "gb18030")
    with pytest.raises(BadData, match=r"GB18030.*--encoding gb18030"):
        check_file(city, orders.handed(file, TASKS), now=NOW)
    named = orders.handed(file, TASKS, Encoding.GB18030)
    assert check_file(city, named, now=NOW).flaws == []
    marked = orders.csv_file(tmp_path / "bom.csv", [orders.task()], "utf-8-sig")
    assert check_file(city, orders.handed(marked, TASKS), now=NOW).flaws == []


def test_a_spreadsheet_reads_the_same_and_its_lost_digits_are_seen(
    city: Database, tmp_path: Path
) -> None:
    moment = datetime(2026, 11, 20, 9, 32, 9)  # noqa: DTZ001  as a cell holds it
    rows = [
        orders.task(discovertime=moment, x=119.9055, y=36.7006),
        orders.task(taskid=1234567890123456789),
        orders.task(taskid="=1+1"),
    ]
    file = orders.xlsx_file(tmp_path / "orders.xlsx", rows)
    checked = check_file(city, orders.handed(file, TASKS), now=NOW)
    assert [(flaw.line, flaw.problem) for flaw in checked.flaws] == [
        (3, Problem.ROUNDED), (4, Problem.FORMULA), (4, Problem.EMPTY),
    ]  # fmt: skip
    orders.check_and_import(city, orders.handed(file, TASKS), partial=True, at=NOW)
    assert case_of(city, "T001").found_at == datetime(2026, 11, 20, 1, 32, 9, tzinfo=UTC)


def test_a_name_that_repeats_is_taken_only_below_the_place_named_before(
    city: Database, tmp_path: Path
) -> None:
    """Both streets have a community of one name; without a street nobody knows which is meant."""
    with city.write() as session:
        twins = Area.code.in_(("370283001002", "370283002002"))
        session.execute(update(Area).where(twins).values(name_zh_hans="新村"))
    codes = {"x": "", "y": "", "streetname": "370283002", "communityname": "370283002001"}
    no_point = {"x": "", "y": "", "communityname": "新村"}
    take(
        city, tmp_path, TASKS,
        [
            orders.task(**no_point),
            orders.task(taskid="T2", **no_point | {"streetname": ""}),
            orders.task(taskid="T3", **codes),
        ],
    )  # fmt: skip
    paths = [case_of(city, number).place_path for number in ("T001", "T2", "T3")]
    assert paths[0].endswith("/370283001002/")
    assert paths[1] == "/370283/"
    assert paths[2].endswith("/370283002001/")


def test_the_same_file_twice_makes_nothing_new(city: Database, tmp_path: Path) -> None:
    rows = [orders.task(taskid=f"T{at}") for at in range(5)]
    take(city, tmp_path, TASKS, rows)
    before = [count(city, model) for model in (Case, CaseEvent, CaseText)]
    _, taken = take(city, tmp_path, TASKS, rows)
    assert (taken.new, taken.moved, taken.same, taken.differ) == (0, 0, 5, [])
    assert [count(city, model) for model in (Case, CaseEvent, CaseText)] == before


def test_a_repeat_moves_a_case_on_only_forward_and_only_while_nobody_here_did(
    city: Database, tmp_path: Path
) -> None:
    first = [orders.counted(), orders.counted(REC_ID="R2"), orders.counted(REC_ID="R3")]
    take(city, tmp_path, CASES, first)
    with city.write() as session:
        moved = update(Case).where(Case.external_number == "R2")
        session.execute(moved.values(version=Case.version + 1))
    later = [
        orders.counted(OPERATE_NUM="1"),
        orders.counted(REC_ID="R2", OPERATE_NUM="1"),
        orders.counted(REC_ID="R3", SUB_TYPE_NAME="暴露垃圾"),
    ]
    _, taken = take(city, tmp_path, CASES, later)
    assert (taken.moved, taken.differ) == (1, [(3, "R2"), (4, "R3")])
    assert case_of(city, "R1").state is State.HANDLED
    assert [event for event, _, _ in history(city, case_of(city, "R1"))][-1] is Event.HANDLE
    assert case_of(city, "R2").state is State.DISPATCHED
    assert case_of(city, "R3").category_code == "dirty_road"
    _, taken = take(city, tmp_path, CASES, [orders.counted()])
    assert taken.differ == [(2, "R1")]
    assert case_of(city, "R1").state is State.HANDLED


def test_two_imports_of_one_file_at_once_make_each_row_once(city: Database, tmp_path: Path) -> None:
    rows = [orders.task(taskid=f"T{at:04}") for at in range(600)]
    file = orders.handed(orders.csv_file(tmp_path / "orders.csv", rows), TASKS)
    start = Barrier(2)

    def act(_at: int) -> Taken:
        start.wait()
        return orders.check_and_import(city, file, partial=False, at=NOW)[1]

    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(act, range(2)))
    assert sum(taken.new for taken in both) == 600
    assert sum(taken.same for taken in both) == 600
    assert count(city, Case) == count(city, ExternalOrder) == 600


def test_a_limit_is_kept_to_its_last_second() -> None:
    assert is_on_time(NOW, NOW, NOW)
    assert not is_on_time(NOW, None, NOW.replace(second=1))

"""Lists of inspections: as many queries however long, the walk in its order, tables that run
nothing."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from pledges.models import (
    Breach,
    DoorVisit,
    PledgePhoto,
    Premises,
    PremisesOperator,
    Standing,
)
from pledges.queries.due import on_road, why_due
from pledges.queries.visits import plan_by_number, stops_of
from pledges.rules.breaches import BreachState
from pledges.rules.inspections import Body, Due, InspectionRefusal, PhotoSide, along
from pledges.rules.visits import VisitPurpose
from pledges.service.visits import PlanWish, make_plan
from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from portal.kernel.ids import new_token
from tests.make import pledges as make
from tests.make.inspections import DAY, STREET, Frontage, frontage
from tests.make.pledges import NOW, TODAY
from tests.pledges.test_inspection_pages import browser_of
from tests.reports.test_queries_per_page import counted

LISTS = (
    "inspections/", "inspections/table.csv", "breaches/", "breaches/table.csv", "visits/",
    "photos/",
)  # fmt: skip


@pytest.fixture
def made(app: Flask, database: Database) -> Frontage:
    return frontage(database)


def fill(session: Session, made: Frontage, door: str, code: str) -> Premises:
    """A shop with an inspection, an open breach, one that was put right with a photo, a visit."""
    area = made.tree[STREET]
    shop = make.premises(session, area, door)
    runs = make.operator(session, shop)
    text = make.clauses(session, area, code)
    found = make.inspection(
        session, make.pledge(session, runs, text, place_path=area.path), text[1], broken="swept"
    )
    make.breach(session, found, text[1][0])
    make.breach(session, found, text[1][1], state=BreachState.RECTIFIED, ended_at=NOW)
    session.add_all(
        [
            PledgePhoto(
                district=shop.district, code=new_token(), premises_id=shop.id, at=NOW,
                inspection_id=found.id, side=PhotoSide.BEFORE, blob_key="a.jpg",
                thumbnail_key="b.jpg", width=1, height=1,
            ),
            DoorVisit(
                district=shop.district, premises_id=shop.id, operator_id=runs.id,
                place_path=area.path, purpose=VisitPurpose.EXPLAIN, body=Body.STREET, at=NOW,
                agreed=False,
            ),
        ]
    )  # fmt: skip
    return shop


def test_long_lists_take_no_more_queries(app: Flask, made: Frontage) -> None:
    desk, found = browser_of(app, made, made.desk), list[list[int]]()
    for doors in (range(2), range(2, 12)):
        with made.database.write() as session:
            for at in doors:
                fill(session, made, f"{40 + at}号", f"lists_{at}")
        desk.get("/desk/pledges/visits/")
        found.append([])
        for url in LISTS:
            with counted(made.database) as statements:
                desk.get(f"/desk/pledges/{url}", status=200)
            found[-1].append(len(statements))
    assert found[0] == found[1]
    assert max(found[1]) <= 9


def test_a_long_walk_takes_no_more_queries(app: Flask, made: Frontage) -> None:
    desk, found = browser_of(app, made, made.desk), list[int]()
    for doors in (range(30, 32), range(32, 50)):
        with made.database.write() as session:
            for at in doors:
                make.premises(session, made.tree[STREET], f"{at}号")
        plan = planned(made)
        desk.get("/desk/pledges/visits/")
        with counted(made.database) as statements:
            desk.get(f"/desk/pledges/inspections/plans/{plan}", status=200)
        found.append(len(statements))
    assert found[0] == found[1]


def planned(made: Frontage, *, due: bool = False, at: Any = NOW) -> str:
    wish = PlanWish("本周巡查", STREET, "胜利路", Body.LIAISON, TODAY, TODAY + 7 * DAY, due=due)
    number: str = made.do(make_plan, made.desk, wish, now=at)
    return number


def doors_of(made: Frontage, plan: str) -> list[str]:
    with made.database.read() as session:
        row = plan_by_number(session, plan)
        assert row is not None
        return [one.door for one in stops_of(session, row)]


def test_a_walk_goes_by_the_numbers_of_the_doors() -> None:
    doors = ["10号", "2号", "2号甲", "１号", "乙号"]
    assert sorted(doors, key=lambda one: along("路", one)) == [
        "乙号",
        "１号",
        "2号",
        "2号甲",
        "10号",
    ]


def test_what_is_due_this_week_and_why(made: Frontage) -> None:
    with made.database.write() as session:
        area = made.tree[STREET]
        starred = make.premises(session, area, "2号")
        make.premises(session, area, "101号", road="另一条路")
        runs = make.operator(session, starred, phone="13900000032")
        figures = {"inspections": 3, "reports": 0, "figures": "{}", "formula": "1"}
        session.add(
            Standing(
                district=starred.district, premises_id=starred.id, quarter="2026-4",
                operator_id=runs.id, place_path=area.path, stars=2, low=1.5, high=2.5,
                computed_at=NOW, **figures,
            )
        )  # fmt: skip
    made.demanded(made.breach())
    soon = NOW + 4 * DAY
    with made.database.read() as session:
        found = why_due(session, on_road(made.tree[STREET].path, "胜利路"), soon.date(), soon)
        told = {session.get_one(Premises, ("370283", key)).door: due for key, due in found.items()}
    assert told == {"12号": [Due.BREACH_DAY], "2号": [Due.FEW_STARS, Due.LONG_AGO]}
    assert doors_of(made, planned(made, due=True, at=soon)) == ["2号", "12号"]


def test_where_nothing_is_due_no_plan_is_made(made: Frontage) -> None:
    made.inspected()
    with pytest.raises(Refused) as told:
        planned(made, due=True)
    assert told.value.code is InspectionRefusal.NO_STOPS


def test_a_month_later_a_door_is_due_again(made: Frontage) -> None:
    made.inspected()
    assert doors_of(made, planned(made, due=True, at=NOW + timedelta(days=31))) == ["12号"]


def test_the_walk_and_the_checklist_are_printed(app: Flask, made: Frontage) -> None:
    plan = planned(made)
    phone = browser_of(app, made, made.inspector)
    walk = phone.get(f"/desk/pledges/inspections/plans/{plan}", status=200)
    assert "Walk list" in walk.text
    assert "not looked at for 30 days" in walk.text
    paper = walk.click("东阁早点铺", status=200).click("Checklist to print", status=200)
    assert "within 14 days" in paper.text
    assert made.door in paper.text
    assert paper.text.count("could not be seen") == len(made.clauses)
    browser_of(app, made, made.elsewhere).get(paper.path, status=404)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_tables_hold_no_person_and_no_cell_that_runs(
    app: Flask, made: Frontage, form: str, tmp_path: Any
) -> None:
    with made.database.write() as session:
        session.scalars(select(Premises)).one().title = '=HYPERLINK("http://x","x")'
    made.inspected("swept", now=now(), words="看见纸箱")
    made.breach(now=now())
    desk = browser_of(app, made, made.desk)
    for name, words in (("inspections", "a liaison officer"), ("breaches", "reminded")):
        answer = desk.client.get(f"/desk/pledges/{name}/table.{form}")
        assert answer.status_code == 200
        assert name in answer.headers["Content-Disposition"]
        if form == "csv":
            text = answer.data.decode("utf-8-sig")
            assert "'=HYPERLINK" in text
        else:
            path = tmp_path / f"{name}.xlsx"
            path.write_bytes(answer.data)
            cells = [one for row in load_workbook(path).active.iter_rows() for one in row]
            assert not any(one.data_type == "f" for one in cells)
            text = " ".join(str(one.value) for one in cells)
        assert words in text
        for secret in ("王秀英", "李同志", str(made.inspector.person_id)):
            assert secret not in text
    assert desk.get("/desk/pledges/breaches/table.pdf").status == 404
    browser_of(app, made, made.inspector).get(f"/desk/pledges/breaches/table.{form}", status=403)


def test_the_table_of_a_street_holds_nothing_of_the_next_one(app: Flask, made: Frontage) -> None:
    made.breach(now=now())
    other = browser_of(app, made, made.elsewhere)
    for name in ("inspections", "breaches"):
        assert "东阁早点铺" not in other.client.get(f"/desk/pledges/{name}/table.csv").data.decode()
    with made.database.read() as session:
        assert session.scalars(select(Breach.number)).all()
        assert session.scalars(select(PremisesOperator.id)).all()

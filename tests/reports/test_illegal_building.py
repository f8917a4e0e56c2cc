"""R126: a new illegal building is told at once, and compared with earlier photos of the place."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from portal.accounts.rules import NOBODY
from portal.accounts.service import Place, grant_role
from portal.areas.models import Area
from portal.areas.rules import Keeper
from portal.areas.service import save_card
from portal.kernel.db import Database
from portal.kernel.instance import instance_of
from portal.kernel.outbox import OutboxMessage
from portal.organisations.rules import OrganisationKind
from portal.reports.models import Case, CaseAlert, CasePhoto
from portal.reports.queries.round import alerts_for
from portal.reports.queries.same_place import photos_of_place
from portal.reports.rules.grid import NEWS
from portal.reports.service.alerts import raise_alert
from portal.reports.service.handling import reclassify_case
from portal.reports.service.intake import file_report
from tests.make import accounts, orders, reports
from tests.make.grid import DAY, NOW, POINT, STREET, sent
from tests.make.intake import COMMUNITY, answers, ready
from tests.make.organisations import unit
from tests.make.rows import case_row


@pytest.fixture
def tree(database: Database) -> dict[str, Area]:
    return ready(database)


def test_r126_a_new_illegal_building_is_told_once_to_the_street_and_the_grid(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        for role, place in (("street_desk", STREET), ("grid_lead", COMMUNITY)):
            accounts.staff(session, role, area=tree[place])
        accounts.staff(session, "city_centre", area=tree["370283"])
        desk = accounts.actor(session, accounts.staff(session, "street_desk", area=tree[STREET]))
        given = answers(category_code="illegal_building", publish=None)
        number = file_report(session, given, actor=NOBODY, now=NOW).number
        other = file_report(session, answers(), actor=NOBODY, now=NOW).number
    # two desks and the grid lead, and not "a new report" besides; the city's desk not
    assert (sent(database, "desk.alert"), sent(database, "desk.reported")) == (3, 1)
    with database.read() as session:
        [alert] = alerts_for(session, desk, NOW + timedelta(minutes=35))
        assert (alert.number, alert.minutes, alert.left, alert.over) == (number, 35, 205, False)
        assert alerts_for(session, desk, NOW + timedelta(hours=5))[0].over
    with database.write() as session:
        reclassify_case(
            session, case_row(session, other), actor=desk, now=NOW, category_code="illegal_building"
        )
    assert sent(database, "desk.alert") == 6


def test_r126_of_two_who_tell_of_one_building_one_does(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        accounts.staff(session, "grid_lead", area=tree[COMMUNITY])
        made = reports.case(session, tree[COMMUNITY], category_code="illegal_building")
        number = made.number
    barrier = Barrier(4)

    def tell(_turn: int) -> bool:
        barrier.wait()
        with database.write() as session:
            return raise_alert(session, case_row(session, number), now=NOW)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(tell, range(4))) == [False, False, False, True]
    assert sent(database, "desk.alert") == 1
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(CaseAlert)) == 1


def test_r126_the_desk_compares_with_photos_of_the_same_place_and_of_no_other(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        desk = accounts.actor(session, accounts.staff(session, "street_desk", area=tree[STREET]))
        west = accounts.actor(
            session, accounts.staff(session, "street_desk", area=tree["370283002"])
        )
        new = reports.case(session, tree[COMMUNITY], category_code="illegal_building", at=NOW)
        near, far = (reports.case(session, tree[COMMUNITY], at=NOW - 9 * DAY) for _ in range(2))
        for made, east in ((new, 0.0), (near, 0.0003), (far, 0.003)):
            made.lon, made.lat = POINT[0] + east, POINT[1]
        shown = reports.photo(session, near)
        reports.photo(session, far)
        for photo in session.scalars(select(CasePhoto)):
            photo.created_at = NOW - 9 * DAY
        code, number = shown.code, new.number
    with database.read() as session:
        found = photos_of_place(session, case_row(session, number), desk)
        assert [one.code for one in found] == [code]
        assert 20 < found[0].metres < 40
        assert photos_of_place(session, case_row(session, number), west) == []


def test_r126_a_hotlines_order_alerts_like_a_report_when_it_is_new_and_open(
    database: Database, tree: dict[str, Area], tmp_path: Path
) -> None:
    with database.write() as session:
        accounts.staff(session, "street_desk", area=tree[STREET])
    edge = NOW - NEWS
    rows = [
        _order("new", NOW - timedelta(hours=2)),
        _order("last-minute", edge + timedelta(seconds=1)),
        _order("old", edge),
        _order("other-kind", NOW, infobcname="市容环境", infoscname="暴露垃圾"),
    ]
    file = orders.handed(orders.csv_file(tmp_path / "orders.csv", rows), orders.TASKS)
    orders.check_and_import(database, file, partial=False, at=NOW)
    with database.read() as session:
        told = select(Case.external_number).join(CaseAlert, CaseAlert.case_id == Case.id)
        assert set(session.scalars(told)) == {"new", "last-minute"}
    assert sent(database, "desk.alert") == 2
    # the hotline hands over the same orders every day: nobody is told again
    orders.check_and_import(database, file, partial=False, at=NOW)
    assert sent(database, "desk.alert") == 2


def _order(number: str, at: datetime, **changes: str) -> orders.Row:
    found = at.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%d %H:%M:%S")
    kind = {"infobcname": "", "infoscname": "0101"}
    place = {"x": "", "y": "", "executedeptname": ""}
    return orders.task(taskid=number, discovertime=found, **{**kind, **place, **changes})


def test_r126_a_duty_desk_without_an_account_hears_of_it_on_its_own_telephone(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        keeper = Keeper(None, None)
        # the community's card has a telephone that receives no messages, the street's has one
        for place, phone in ((COMMUNITY, "0532-88880000"), (STREET, "19900000001")):
            save_card(
                session, keeper, place, objects="路面", standards="整洁", responsible="值班",
                duty_phone=phone, now=NOW,
            )  # fmt: skip
        office = partial(unit, session, kind=OrganisationKind.STREET_OFFICE)
        office("OFFICE", area=tree[STREET], phone="19900000002")
        office("OTHER", area=tree["370283002"], phone="19900000003")
        desk = accounts.person(session, phone="+8619900000001")
        grant_role(session, None, desk.id, "street_desk", Place(area_id=tree[STREET].id), now=NOW)
    with database.write() as session:
        given = answers(category_code="illegal_building", publish=None)
        file_report(session, given, actor=NOBODY, now=NOW)
    with database.read() as session:
        rows = session.scalars(select(OutboxMessage).where(OutboxMessage.template == "desk.alert"))
        vault = instance_of(session).vault
        # who sits at the duty desk and has its telephone in her account is told once
        assert sorted(vault.unseal(row.sealed_to or "") for row in rows) == [
            "+8619900000001", "+8619900000002",
        ]  # fmt: skip

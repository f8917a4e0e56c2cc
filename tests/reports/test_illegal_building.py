"""R126: a new illegal building is told at once, and compared with earlier photos of the place."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from portal.accounts.rules import NOBODY
from portal.areas.models import Area
from portal.kernel.db import Database
from portal.reports.models import CaseAlert, CasePhoto
from portal.reports.queries.round import alerts_for
from portal.reports.queries.same_place import photos_of_place
from portal.reports.service.alerts import raise_alert
from portal.reports.service.handling import reclassify_case
from portal.reports.service.intake import file_report
from tests.make import accounts, reports
from tests.make.grid import DAY, NOW, POINT, STREET, sent
from tests.make.intake import COMMUNITY, answers, ready
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

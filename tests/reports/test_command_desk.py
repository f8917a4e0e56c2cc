"""R026, R065, R141: the street's command desk, and what of command the portal supplies."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.models import Person
from portal.accounts.queries import actor_for
from portal.kernel.db import Database
from portal.reports.models import Case
from portal.reports.queries.desk.reach import waits_for
from portal.reports.rules.codes import Event, Means, State
from portal.reports.rules.desk import Task
from portal.reports.rules.reasons import Reason
from portal.reports.service.loop import Brought, move_case
from tests.make import accounts, reports
from tests.make.desk import City, small_city
from tests.make.reports import AFTER_PHOTO
from tests.make.rows import case_row
from tests.pages import Browser

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
NOTHING = Brought()


def waiting(city: City, person: Person, task: Task, now: datetime = NOW) -> list[str]:
    """What of a task waits for somebody."""
    with city.database.read() as session:
        actor = actor_for(session, person.id, now, second_factor=True)
        mine = waits_for(actor, task, now, now.date())
        return list(session.scalars(select(Case.number).where(mine)))


@pytest.fixture
def city(app: Flask, database: Database) -> City:
    return small_city(app, database)


def test_r026_the_street_takes_in_dispatches_takes_back_and_has_it_verified(city: City) -> None:
    with city.database.write() as session:
        number = reports.reported(session, city.area, found_at=NOW).number
        other = reports.reported(session, city.tree["370283002001"], found_at=NOW).number
        session.flush()
    # its inbox: what was reported in the street, and nothing of another one
    assert number in waiting(city, city.desk, Task.CHECK)
    assert other not in waiting(city, city.desk, Task.CHECK)

    def step(person: Person, event: Event, hours: int, brought: Brought = NOTHING) -> None:
        now = NOW + hours * HOUR
        with city.database.write() as session:
            actor = actor_for(session, person.id, now, second_factor=True)
            move_case(
                session, case_row(session, number), event, actor=actor, now=now, brought=brought
            )

    step(city.desk, Event.ACCEPT, 1)
    step(city.desk, Event.FILE, 2)
    to_the_unit = Brought(unit_id=city.unit.id)
    step(city.desk, Event.DISPATCH, 3, to_the_unit)
    step(city.worker, Event.RETURN, 4, Brought(reason=Reason.NOT_OURS))
    assert waiting(city, city.desk, Task.DISPATCH, NOW + 5 * HOUR) == [number]
    step(city.desk, Event.DISPATCH, 5, to_the_unit)
    step(city.worker, Event.HANDLE, 6, Brought(words="已清理", photos=(AFTER_PHOTO,)))
    # whoever dispatched it does not verify it
    assert waiting(city, city.desk, Task.VERIFY, NOW + 7 * HOUR) == []
    assert waiting(city, city.verifier, Task.VERIFY, NOW + 7 * HOUR) == [number]
    step(city.verifier, Event.CLOSE, 7, Brought(means=Means.SERVICE))
    case = city.row(number)
    assert (case.state, case.times_returned) == (State.CLOSED, 1)


def test_r065_r141_the_portal_supplies_service_analysis_supervision_and_shared_data(
    city: City,
) -> None:
    anybody, desk, centre = (Browser(city.app) for _ in range(3))
    accounts.sign_in_as(desk, city.desk)
    accounts.sign_in_as(centre, city.centre)
    areas = {
        "online service": (anybody, ("/reports/new", "/track", "/reports/")),
        "public supervision": (anybody, ("/reports/board", "/assessment/", "/standards/")),
        "analysis": (centre, ("/desk/figures", "/desk/hotspots", "/desk/warnings/", "/desk/means")),
        "command": (desk, ("/desk/", "/desk/supervision", "/desk/digest/")),
        "sharing": (anybody, ("/data/", "/feeds/reports.geojson", "/openapi.json")),
    }
    for browser, addresses in areas.values():
        for address in addresses:
            browser.get(address, status=200)

"""The volunteer cloud (R231): out and in by number, each clash by its line, nothing twice."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts.models import Person
from portal.kernel.db import Database
from portal.kernel.errors import BadData, Conflict, Refused
from portal.kernel.sheets import open_sheet, write_table
from tests.make import volunteers as make
from tests.make.accounts import actor, person
from tests.make.together import at_once
from tests.volunteers.test_hours import STARTS, World
from volunteers.models import CloudLink, ServiceHours
from volunteers.queries.hours import hours_of
from volunteers.rules.cloud import COLUMNS, CloudProblem, CloudRefusal, clean_cloud_id
from volunteers.rules.hours import NOTICE
from volunteers.service.cloud import export_cloud, import_cloud, link_cloud

ID = "1301AB"
NOW = make.NOW + NOTICE


@pytest.fixture
def world(database: Database) -> World:
    world = World(database)
    world.confirm(0)
    world.write(lambda session: link(session, world.people[0]))
    return world


def link(session: Any, who: Person, number: str = ID) -> None:
    me = actor(session, session.get_one(Person, who.id), NOW)
    link_cloud(session, me, number, now=NOW)


def row(**changes: str) -> list[str]:
    given = {
        "cloud_id": ID, "record_id": "R-1", "title": "社区清扫", "starts_at": "2026-11-01 08:00",
        "ends_at": "2026-11-01 10:00", "minutes": "110",
    }  # fmt: skip
    return [(given | changes)[name] for name in COLUMNS]


def taken(world: World, folder: Path, *rows: list[str], ending: str = "csv", **options: Any) -> Any:
    path = folder / f"cloud.{ending}"
    write_table(path, COLUMNS, rows)
    return import_cloud(world.database, path, **{"partial": False, "now": NOW} | options)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_certified_time_goes_out_without_a_name(world: World, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"out.{ending}"
    first, last = STARTS.date(), make.NOW.date()
    assert export_cloud(world.database, path, first, last, make.NOW) == 0
    assert export_cloud(world.database, path, first, last, NOW) == 1
    sheet = open_sheet(path)
    [line] = list(sheet.rows)
    assert (line.cells["cloud_id"], line.cells["minutes"]) == (ID, "120")
    assert world.people[0].display_name not in "".join(line.cells.values())


def test_time_comes_in_once_and_overlaps_count_once(world: World, tmp_path: Path) -> None:
    mine = f"{STARTS.astimezone():%Y-%m-%dT%H:%M%z}"
    end = f"{(STARTS + timedelta(hours=3)).astimezone():%Y-%m-%dT%H:%M%z}"
    rows = [row(), row(record_id="R-2", starts_at=mine, ends_at=end, minutes="180")]
    report = taken(world, tmp_path, *rows)
    assert (report.taken, report.known) == (2, 0)
    assert [(clash.line, clash.problem) for clash in report.clashes] == [(3, CloudProblem.OVERLAP)]
    again = taken(world, tmp_path, *rows)
    assert (again.taken, again.known) == (0, 2)
    with world.database.read() as session:
        found = hours_of(session, world.people[0].id)
    # two hours of a shift here, one more of the three there, two elsewhere
    assert sum(one.counted for one in found) == 120 + 60 + 120


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"cloud_id": "??"}, CloudProblem.NO_ID),
        ({"record_id": " "}, CloudProblem.NO_RECORD),
        ({"title": ""}, CloudProblem.NO_TITLE),
        ({"starts_at": "1. November"}, CloudProblem.BAD_TIME),
        ({"ends_at": "2026-11-01 08:00"}, CloudProblem.BAD_TIME),
        ({"minutes": "121"}, CloudProblem.BAD_MINUTES),
        ({"minutes": "-5"}, CloudProblem.BAD_MINUTES),
        ({"starts_at": "2027-01-01 08:00", "ends_at": "2027-01-01 09:00"}, CloudProblem.FUTURE),
        ({"cloud_id": "9999"}, CloudProblem.UNKNOWN_PERSON),
        ({"record_id": "R-0"}, CloudProblem.TWICE),
    ],
)
def test_a_bad_row_refuses_the_file_with_its_line_and_partial_leaves_it_out(
    world: World, tmp_path: Path, changes: dict[str, str], problem: CloudProblem
) -> None:
    rows = [row(record_id="R-0"), row(**changes)]
    with pytest.raises(BadData) as caught:
        taken(world, tmp_path, *rows)
    assert [line for line, _ in caught.value.problems] == [3]
    report = taken(world, tmp_path, *rows, partial=True)
    assert [(clash.line, clash.problem) for clash in report.refused] == [(3, problem)]
    assert report.taken == 1


def test_a_record_that_changed_meanwhile_is_reported_and_left_alone(
    world: World, tmp_path: Path
) -> None:
    taken(world, tmp_path, row())
    report = taken(world, tmp_path, row(minutes="60"), partial=True)
    assert [clash.problem for clash in report.refused] == [CloudProblem.DIFFERENT]
    with world.database.read() as session:
        cloud = ServiceHours.outside_id.is_not(None)
        assert session.scalars(select(ServiceHours.minutes).where(cloud)).all() == [110]


def test_a_number_of_the_cloud_is_one_persons_however_fast_two_type_it(world: World) -> None:
    two = world.write(lambda session: [person(session), person(session)])

    def act(who: Person) -> str:
        try:
            world.write(lambda session: link(session, who, "zz 77"))
        except Conflict as refusal:
            return refusal.code.value
        return "done"

    found = at_once(lambda: act(two[0]), lambda: act(two[1]))
    assert sorted(found) == sorted(["done", CloudRefusal.TAKEN.value])
    world.write(lambda session: link(session, world.people[0], ""))
    with world.database.read() as session:
        assert session.scalars(select(CloudLink.cloud_id)).all() == ["ZZ77"]
    with pytest.raises(Refused):
        world.write(lambda session: link(session, world.people[0], "号码"))
    assert clean_cloud_id("１２３４") is None

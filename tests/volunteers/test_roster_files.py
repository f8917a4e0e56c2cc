"""Files of shifts: 250 wardens on 50 roads, and lines that are wrong (R275)."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from portal.areas.models import Area
from portal.areas.service import import_places
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from portal.kernel.instance import instance_of
from tests.make import roster_sheets
from tests.make.roster_sheets import as_csv, as_xlsx
from tests.make.volunteers import NOW
from tests.volunteers.planning import OTHER, STREET, Town, in_days
from volunteers.models import Shift, ShiftPost
from volunteers.rules.batches import BatchRefusal
from volunteers.rules.roster_file import LineProblem
from volunteers.service.roster_files import BadLines, import_shifts


def count(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Shift)) or 0


WEEK = [in_days(ahead) for ahead in range(1, 8)]


@pytest.fixture
def roads(town: Town) -> Town:
    """The roads are places of the town."""
    with town.database.write() as session:
        city = instance_of(session).city
        listed = roster_sheets.roads(STREET)
        import_places(session, listed, "roads.csv", city=city, since=NOW.date())
    return town


def take_in(town: Town, activity: str, content: bytes) -> None:
    with town.database.write() as session:
        import_shifts(session, town.actor(session), activity, content, now=NOW)


@pytest.mark.parametrize("written", [as_csv, as_xlsx])
def test_r275_250_wardens_on_50_roads_come_from_a_file_once(
    roads: Town, written: Callable[[list[list[object]]], bytes]
) -> None:
    activity = roads.activity()
    content = written(roster_sheets.roster(STREET, WEEK))
    for _ in range(2):
        take_in(roads, activity, content)
    assert count(roads.database) == 350
    with roads.database.read() as session:
        assert session.scalar(select(func.sum(ShiftPost.seats))) == 250 * 7
        places = select(Area.level).join(Shift, Shift.area_id == Area.id).distinct()
        assert session.scalars(places).all() == ["road"]


def test_one_bad_line_is_named_and_nothing_is_made(roads: Town) -> None:
    rows = roster_sheets.roster(STREET, WEEK[:1])
    rows[3][0] = "昨天"
    rows[4][7] = "many"
    rows[5][3] = OTHER
    with pytest.raises(BadLines) as bad:
        take_in(roads, roads.activity(), as_csv(rows))
    # what cannot be read is told before anything is looked up
    assert [(one.line, one.code) for one in bad.value.problems] == [
        (4, LineProblem.DAY), (5, LineProblem.SEATS),
    ]  # fmt: skip
    rows = roster_sheets.roster(STREET, WEEK[:1])
    rows[5][3] = OTHER
    with pytest.raises(BadLines) as bad:
        take_in(roads, roads.activity(), as_csv(rows))
    assert [(one.line, one.code) for one in bad.value.problems] == [(6, LineProblem.PLACE)]
    assert count(roads.database) == 0


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

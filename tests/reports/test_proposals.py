"""What is proposed beside a case: only what something speaks for, and why."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from portal.kernel.db import Database
from portal.kernel.ids import new_id
from portal.reports.queries.categories import categories_on
from portal.reports.queries.proposals import handled_lately, kinds_on, open_nearby
from portal.reports.rules.categories import CategoryRow
from portal.reports.rules.codes import State
from portal.reports.rules.proposals import (
    Handled,
    NearCase,
    Point,
    likely_same,
    places_around,
    propose_kind,
    propose_unit,
)
from portal.reports.service.categories import load_categories
from tests.make import reports
from tests.make.areas import small_tree
from tests.make.organisations import unit
from tests.make.reports import NOW

GRID, STREET, CITY = "/1/2/3/", "/1/2/", "/1/"
A, B, C = new_id(), new_id(), new_id()


def habit(unit_id: UUID, place: str, times: int) -> list[Handled]:
    return [Handled(unit_id, place)] * times


def test_the_places_around_are_the_finest_first() -> None:
    assert list(places_around(GRID)) == [GRID, STREET, CITY]


def test_the_unit_with_the_habit_of_the_finest_place_is_proposed() -> None:
    handled = [*habit(A, GRID, 3), *habit(B, GRID, 1), *habit(B, STREET, 40)]
    found = propose_unit(GRID, handled, [B, A])
    assert found is not None
    assert (found.unit_id, found.times, found.of, found.place_path) == (A, 3, 4, GRID)


def test_two_matters_are_no_habit_and_a_wider_place_is_asked() -> None:
    handled = [*habit(A, GRID, 2), *habit(B, "/1/2/9/", 12)]
    found = propose_unit(GRID, handled, [A, B])
    assert found is not None
    assert (found.unit_id, found.times, found.of, found.place_path) == (B, 12, 14, STREET)


def test_whoever_returned_the_case_or_does_not_serve_the_place_is_not_proposed() -> None:
    handled = [*habit(A, GRID, 9), *habit(C, GRID, 4), *habit(B, GRID, 3)]
    found = propose_unit(GRID, handled, [A, B], never={A})
    assert found is not None
    assert (found.unit_id, found.times, found.of) == (B, 3, 16)


def test_without_a_habit_it_is_the_nearest_and_without_units_nobody() -> None:
    found = propose_unit(GRID, [], [B, A])
    assert found is not None
    assert (found.unit_id, found.times, found.place_path) == (B, 0, None)
    assert propose_unit(GRID, habit(A, GRID, 9), []) is None


@pytest.fixture
def kinds(database: Database) -> list[CategoryRow]:
    with database.write() as session:
        load_categories(session, None, NOW)
    with database.read() as session:
        return categories_on(session, NOW.date())


@pytest.mark.parametrize(
    ("words", "chosen", "proposed"),
    [
        ("小区门口的路灯一闪一闪的", "unsure", "street_lamp"),
        ("下水道堵了，污水流到人行道上", "unsure", "drain"),
        ("下水道堵了，污水流到人行道上", "litter", "drain"),
        # a word of the chosen kind is said: it stands
        ("下水道旁边的垃圾，污水流到路上", "litter", None),
        # the tree is where, not what
        ("井盖不见了，有人放了一根树枝提醒", "manhole", None),
        ("请尽快来看看", "unsure", None),
        ("", "unsure", None),
    ],
)
def test_a_kind_is_proposed_when_the_words_clearly_name_another(
    kinds: list[CategoryRow], words: str, chosen: str, proposed: str | None
) -> None:
    found = propose_kind(kinds, [words], chosen)
    assert (found.code if found else None) == proposed


def near(number: str, *, metres: float = 0, days: float = 0) -> NearCase:
    at = datetime(2026, 11, 20, tzinfo=UTC) - timedelta(days=days)
    return NearCase(number, State.REPORTED, Point(119.9, 36.7 + metres / 111_320, at))


def test_near_in_place_and_time_is_likely_the_same_the_likeliest_first() -> None:
    here = near("here").point
    found = likely_same(
        here,
        [
            near("old", metres=5, days=29),
            near("close", metres=20, days=1),
            near("far", metres=151),
            near("long ago", days=31),
        ],
    )
    assert [(one.case.number, one.metres) for one in found] == [("close", 20), ("old", 5)]
    assert len(likely_same(here, [near(str(n)) for n in range(9)])) == 5


def test_the_reads_are_bounded_by_place_kind_and_reach(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        grid, other = tree["370283001001"], tree["370283002001"]
        owner = unit(session, area=tree["370283"])
        done = reports.case(session, grid, state=State.CLOSED, unit=owner)
        mine = reports.reported(session, grid)
        twin = reports.reported(session, grid, lon=119.9501)
        elsewhere = reports.reported(session, other)
        reports.reported(session, grid, lon=119.99)
        row, owner_id, path = reports.row_of(session, mine), owner.id, tree["370283001"].path
        other_path = tree["370283002"].path
        places = (done.place_path, twin.number, elsewhere.number)
    with database.read() as session:
        boss = reports.desk()
        habits = [Handled(owner_id, places[0])]
        assert handled_lately(session, row.district, "litter", boss) == habits
        assert handled_lately(session, row.district, "lamp", boss) == []
        # what was handled in another street is no business of hers
        assert handled_lately(session, row.district, "litter", reports.desk(path)) == habits
        stranger = reports.desk(other_path)
        assert handled_lately(session, row.district, "litter", stranger) == []
        found = open_nearby(session, row, {"litter"}, reports.desk())
        assert {case.number for case in found} == {places[1], places[2]}
        # somebody of the first street learns nothing of the second
        found = open_nearby(session, row, {"litter"}, reports.desk(path))
        assert {case.number for case in found} == {places[1]}
        assert open_nearby(session, row, {"lamp"}, reports.desk()) == []


def test_the_newest_of_a_kind_are_found_by_their_index(database: Database) -> None:
    query = (
        "SELECT unit_id FROM cases WHERE district = '370283' AND category_code = 'litter' "
        "AND handled_at IS NOT NULL ORDER BY found_at DESC LIMIT 400"
    )
    # PostgreSQL chooses by what it has counted: a table that was empty when it counted says nothing
    with database.write() as session:
        street = small_tree(session)["370283001"]
        for at in range(200):
            kind = "litter" if at % 20 == 0 else f"kind_{at % 20}"
            found_at = NOW - timedelta(hours=at)
            reports.reported(session, street, category_code=kind, found_at=found_at)
        if not database.is_sqlite:
            session.flush()
            session.execute(text("ANALYZE cases"))
    with database.read() as session:
        if database.is_sqlite:
            plan = session.execute(text(f"EXPLAIN QUERY PLAN {query}")).all()
        else:
            session.execute(text("SET LOCAL enable_seqscan = off"))
            session.execute(text("SET LOCAL enable_bitmapscan = off"))
            plan = session.execute(text(f"EXPLAIN {query}")).all()
    said = " ".join(str(row) for row in plan)
    assert "ix_cases_district_category_code_found_at" in said
    assert "SORT" not in said.upper().replace("SORT KEY", "SORT")


def test_kinds_come_with_the_limit_that_is_in_force(database: Database) -> None:
    with database.write() as session:
        reports.category(session, "litter", minutes=480)
    with database.read() as session:
        [(kind, limit)] = kinds_on(session, NOW.date())
    assert limit is not None
    assert (kind.code, limit.minutes, limit.round_the_clock) == ("litter", 480, False)

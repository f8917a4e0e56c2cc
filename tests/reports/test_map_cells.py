"""Points are kept counted in squares: exact at any moment, on both engines, whoever folds when."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random
from threading import Barrier

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from portal.kernel.db import Database
from portal.kernel.ids import new_id
from portal.reports.jobs import fold_map
from portal.reports.models import CaseSearch, MapCell, MapChange
from portal.reports.queries.cells import counts_in
from portal.reports.queries.pins import pins
from portal.reports.rules.cells import COARSEST, FINEST, finest_cell, middle, window
from portal.reports.rules.codes import Event
from portal.reports.rules.listing import MOST_PINS, Filters
from portal.reports.rules.publicity import Box, tile
from portal.reports.rules.reasons import Reason
from portal.reports.service.cells import fold_changes, note_moves
from portal.reports.service.loop import Brought, move_case
from portal.reports.service.search import index_case
from portal.site import schema
from tests.house.test_migrations import empty_url, opened
from tests.house.words import import_everything
from tests.make import reports as make
from tests.make.areas import small_tree

__all__ = ["empty_url"]
CITY = Box(119.5, 36.5, 120.3, 37.1)


def kept(session: Session, box: Box = CITY) -> int:
    """How many points the kept squares of a window hold."""
    on = window(box, whole=True)
    assert on is not None
    return sum(counts_in(session, on).values())


def test_squares_of_a_window_are_at_most_nine_wide_and_hold_their_middles() -> None:
    chance = Random(3)
    for _ in range(300):
        west, south = chance.uniform(80, 130), chance.uniform(20, 50)
        box = Box(west, south, west + chance.uniform(0.1, 20), south + chance.uniform(0.1, 9))
        for whole in (True, False):
            on = window(box, whole=whole)
            if on is None:
                continue
            assert COARSEST <= on.zoom <= FINEST
            columns = on.drawn((on.east, 0))[0] - on.drawn((on.west, 0))[0]
            assert columns <= 10 or on.zoom == COARSEST
        cell = finest_cell(west, south)
        assert tile(*middle(cell, FINEST), FINEST) == cell


def test_a_matter_is_counted_while_it_is_public_and_no_longer(database: Database) -> None:
    with database.write() as session:
        place = small_tree(session)["370283001001"]
        cases = [make.case(session, place, listed=True) for _ in range(3)]
        for case in cases:
            index_case(session, case)
            # once too often is no harm
            index_case(session, case)
        assert kept(session) == 3
    fold_map(database, make.NOW)
    with database.write() as session:
        assert kept(session) == 3
        assert session.scalar(select(func.count()).select_from(MapChange)) == 0
        row = make.row_of(session, cases[0])
        brought = Brought(reason=Reason.TEST)
        now = make.NOW + timedelta(hours=1)
        move_case(session, row, Event.VOID, actor=make.desk(), now=now, brought=brought)
        assert kept(session) == 2
    fold_map(database, make.NOW)
    with database.read() as session:
        assert kept(session) == 2


def test_the_whole_map_is_drawn_from_the_kept_counts_and_no_point_is_lost(
    database: Database,
) -> None:
    chance = Random(5)
    points = {
        new_id(): (chance.uniform(119.6, 120.2), chance.uniform(36.6, 37.0))
        for _ in range(3 * MOST_PINS)
    }
    with database.write() as session:
        note_moves(session, {}, points)
        session.flush()
        shown = pins(session, Filters(), CITY, everywhere=True)
        assert shown.total == sum(pin.count for pin in shown.rows) == len(points)
        assert all(CITY.holds(pin.lon, pin.lat) for pin in shown.rows)
        # of a cut window each square belongs to it whose middle lies inside
        half = Box(119.5, 36.5, 119.9, 37.1)
        part = pins(session, Filters(), half)
        inside = sum(half.holds(*point) for point in points.values())
        assert abs(part.total - inside) < 0.1 * inside
        assert len(part.rows) > 10
        # filtered counts are not kept, and these points are no reports
        assert pins(session, Filters(category="litter"), CITY, everywhere=True).total == 0


def test_two_that_fold_at_once_count_every_change_once(database: Database) -> None:
    here, there = (119.9, 36.7), (119.95, 36.75)
    for at in range(12):
        with database.write() as session:
            note_moves(session, {}, {new_id(): here, new_id(): there, at: here})
    start = Barrier(4)

    def act(at: int) -> None:
        start.wait()
        for _ in range(5):
            with database.write() as session:
                if at < 2:
                    fold_changes(session)
                else:
                    note_moves(session, {at: here}, {at: there})

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(act, range(4)))
    with database.read() as session:
        assert kept(session) == 36
        on = window(CITY, whole=True)
        assert on is not None
    fold_map(database, make.NOW)
    with database.read() as session:
        by_zoom = select(MapCell.zoom, func.sum(MapCell.points)).group_by(MapCell.zoom)
        assert set(dict(session.execute(by_zoom).all()).values()) == {36}
        finest = select(MapCell.x, MapCell.y, MapCell.points).where(MapCell.zoom == FINEST)
        found = {(row.x, row.y): row.points for row in session.execute(finest)}
        assert found == {finest_cell(*here): 14, finest_cell(*there): 22}


def test_an_upgrade_counts_the_points_that_are_there(empty_url: str) -> None:
    import_everything()
    with opened(empty_url) as database:
        schema.upgrade(database, "0017")
        with database.writer.begin() as connection:
            for key, lon in enumerate((119.9, 119.9, 120.01, None)):
                case = new_id()
                connection.execute(
                    text(
                        "INSERT INTO case_search (key, district, case_id, lon, lat, words)"
                        " VALUES (:key, '370283', :case, :lon, :lat, '')"
                    ),
                    {
                        "key": key,
                        "case": case.hex if database.is_sqlite else str(case),
                        "lon": lon,
                        "lat": 36.7 if lon else None,
                    },
                )
        schema.upgrade(database, "0024")
        with database.read() as session:
            assert kept(session) == 3
            finest = select(MapCell.x, MapCell.y, MapCell.points).where(MapCell.zoom == FINEST)
            found = {(row.x, row.y): row.points for row in session.execute(finest)}
            assert found == {finest_cell(119.9, 36.7): 2, finest_cell(120.01, 36.7): 1}
            assert session.scalar(select(func.count()).select_from(CaseSearch)) == 4

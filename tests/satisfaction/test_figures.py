"""A month's figures: made once, for good, by whoever comes first."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError

from portal.areas.models import Area
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Refused
from portal.satisfaction.models import MonthFigure, MonthRelease
from portal.satisfaction.queries import FigureRow, figures_of, release_of
from portal.satisfaction.rules import FigureRefusal, Level
from portal.satisfaction.service import months_to_close, publish_month
from tests.make.areas import area
from tests.make.ratings import rate, rate_often

# the city's October: it begins at 16:00 UTC of the day before
OCTOBER = datetime(2026, 9, 30, 16, tzinfo=UTC)
NOVEMBER = datetime(2026, 10, 31, 16, tzinfo=UTC)
MIDDLE = datetime(2026, 10, 15, tzinfo=UTC)


def places(database: Database) -> dict[str, Area]:
    """平度市 with one street of two communities, and another street."""
    with database.write() as session:
        city = area(session, "370283", "city", "平度市")
        east = area(session, "370283001", "street", "东阁街道", city)
        west = area(session, "370283002", "street", "李园街道", city)
        first = area(session, "370283001001", "community", "第一社区", east)
        second = area(session, "370283001002", "community", "第二社区", east)
        grid = area(session, "370283001001G01", "grid", "第一网格", first)
    rows = {"city": city, "east": east, "west": west}
    return rows | {"first": first, "second": second, "grid": grid}


def many(database: Database, place: Area) -> None:
    """40 ratings in a place, 20 unsolved and 20 others dissatisfied (so 20 of each kind)."""
    with database.write() as session:
        rate_often(session, place.path, 40, window_ends=MIDDLE)


def rows_of(database: Database, month: str = "2026-10") -> dict[str, FigureRow]:
    with database.read() as session:
        return {row.path: row for row in figures_of(session, month)}


def publish(
    database: Database, closed: dict[str, int] | None = None, now: datetime = NOVEMBER
) -> None:
    with database.write() as session:
        publish_month(session, "2026-10", closed or {}, now=now)


def test_what_happened_is_counted_by_place_and_above(database: Database) -> None:
    tree = places(database)
    for name in ("grid", "second", "west"):
        many(database, tree[name])
    many(database, tree["east"])
    publish(database, {tree["grid"].path: 30, tree["second"].path: 25, tree["west"].path: 20})
    rows = rows_of(database)
    first = rows[tree["first"].path]
    assert (first.closed, first.answered, first.solved, first.satisfied) == (30, 40, 20, 20)
    assert rows[tree["second"].path].closed is None
    elsewhere = rows[tree["east"].path + "*/"]
    assert (elsewhere.closed, elsewhere.answered, elsewhere.rest) == (None, 40, True)
    east = rows[tree["east"].path]
    assert (east.closed, east.answered, east.solved, east.satisfied) == (55, 120, 60, 60)
    assert (east.solved_share, east.satisfied_share) == (0.5, 0.5)
    assert tree["grid"].path not in rows


def test_a_rating_belongs_to_the_month_in_which_its_window_ends(database: Database) -> None:
    tree = places(database)
    with database.write() as session:
        for shift in (OCTOBER, NOVEMBER - timedelta(microseconds=1)):
            rate_often(session, tree["west"].path, 20, window_ends=shift)
        for shift in (OCTOBER - timedelta(microseconds=1), NOVEMBER):
            rate_often(session, tree["west"].path, 100, window_ends=shift)
    publish(database)
    assert rows_of(database)[tree["city"].path].answered == 40


def test_an_open_month_is_refused_until_its_last_moment(database: Database) -> None:
    places(database)
    with pytest.raises(Refused) as refused:
        publish(database, now=NOVEMBER - timedelta(microseconds=1))
    assert refused.value.code is FigureRefusal.MONTH_OPEN
    publish(database)


@pytest.mark.parametrize("month", ["2026-13", "october", "2026-10-01", ""])
def test_what_is_no_month_is_refused(database: Database, month: str) -> None:
    with pytest.raises(Refused) as refused, database.write() as session:
        publish_month(session, month, {}, now=NOVEMBER)
    assert refused.value.code is FigureRefusal.BAD_MONTH


def test_a_released_month_is_never_made_again(database: Database) -> None:
    tree = places(database)
    publish(database)
    before = rows_of(database)
    many(database, tree["west"])
    with pytest.raises(Conflict) as refused:
        publish(database, {tree["west"].path: 500})
    assert refused.value.code is FigureRefusal.MONTH_STORED
    assert rows_of(database) == before
    assert len(before) == 5 + 2


def test_the_database_itself_refuses_to_change_a_released_month(database: Database) -> None:
    places(database)
    publish(database)
    for statement in (
        update(MonthFigure).values(closed=7),
        delete(MonthFigure),
        update(MonthRelease).values(released_by="8/8"),
        delete(MonthRelease),
    ):
        with pytest.raises(DBAPIError, match="never changes"), database.write() as session:
            session.execute(statement)


def test_withheld_numbers_are_not_stored_at_all(database: Database) -> None:
    tree = places(database)
    with database.write() as session:
        rate(session, tree["first"].path, window_ends=MIDDLE)
    publish(database, {tree["first"].path: 3})
    with database.read() as session:
        columns = (MonthFigure.closed, MonthFigure.answered, MonthFigure.solved)
        assert {value for row in session.execute(select(*columns)) for value in row} == {None}


def test_a_month_says_how_it_was_made(database: Database) -> None:
    places(database)
    publish(database)
    with database.read() as session:
        release = release_of(session, "2026-10")
    assert release is not None
    assert (release.released_by, release.window_days, release.smallest_cell) == ("1/8", 14, 10)
    assert release.satisfied_levels == Level.FAIRLY_SATISFIED


def test_two_runs_at_once_make_one_set_of_figures(database: Database) -> None:
    tree = places(database)
    many(database, tree["west"])
    start, outcomes = Barrier(4), []

    def run(closed: int) -> None:
        start.wait()
        try:
            publish(database, {tree["west"].path: closed})
            outcomes.append(closed)
        except Conflict:
            outcomes.append(None)

    threads = [Thread(target=run, args=(closed,)) for closed in (100, 200, 300, 400)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = [closed for closed in outcomes if closed is not None]
    assert len(outcomes) == 4
    assert rows_of(database)[tree["city"].path].closed == winner
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(MonthFigure)) == 7


def test_every_month_that_is_over_is_due_from_the_first_rating_on(database: Database) -> None:
    tree = places(database)
    with database.read() as session:
        assert months_to_close(session, NOVEMBER) == []
    with database.write() as session:
        rate(session, tree["west"].path, window_ends=MIDDLE)
        rate(session, tree["west"].path, window_ends=MIDDLE + timedelta(days=90))
    with database.read() as session:
        assert months_to_close(session, NOVEMBER - timedelta(seconds=1)) == []
        assert months_to_close(session, NOVEMBER) == ["2026-10"]
        assert months_to_close(session, NOVEMBER + timedelta(days=40)) == ["2026-10", "2026-11"]
    publish(database)
    with database.read() as session:
        assert months_to_close(session, NOVEMBER + timedelta(days=40)) == ["2026-11"]

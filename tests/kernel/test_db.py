"""One committer, readers that cannot write, writers that take their turn."""

import threading
import time
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError, StatementError

from portal.kernel.db import PLANNED_ONCE, Database, Turnstile
from portal.kernel.errors import Busy
from portal.kernel.idempotency import SpentKey, once
from tests.make.together import at_once

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def test_a_block_that_ends_well_is_kept_and_one_that_fails_is_not(database: Database) -> None:
    with database.write() as session:
        session.add(SpentKey(key="kept", spent_at=NOW))

    def fail() -> None:
        with database.write() as session:
            session.add(SpentKey(key="lost", spent_at=NOW))
            session.flush()
            raise RuntimeError("the machine sneezed")

    with pytest.raises(RuntimeError):
        fail()
    with database.read() as session:
        assert session.scalars(select(SpentKey.key)).all() == ["kept"]


def test_the_database_itself_refuses_a_write_by_a_reader(database: Database) -> None:
    def write_while_reading() -> None:
        with database.read() as session:
            session.add(SpentKey(key="x", spent_at=NOW))
            session.flush()

    with pytest.raises(DBAPIError, match=r"readonly|read-only"):
        write_while_reading()


def test_what_a_page_reads_stands_alone_and_cannot_write_either(database: Database) -> None:
    session = database.open_reader()
    planned = select(SpentKey.key).execution_options(**PLANNED_ONCE)
    free = select(SpentKey.spent_at)
    for at in range(7):
        with database.write() as writing:
            writing.add(SpentKey(key=f"{at}", spent_at=NOW))
        assert len(session.scalars(planned).all()) == len(session.scalars(free).all())
        session.close()
    with pytest.raises(DBAPIError, match=r"readonly|read-only"):
        session.execute(delete(SpentKey))
    session.close()
    if not database.is_sqlite:
        # what was prepared outlives the page; what may need another plan each time is not
        with database.read() as reading:
            kept = reading.scalars(text("SELECT statement FROM pg_prepared_statements")).all()
        assert [one for one in kept if "spent_key.key" in one]
        assert not [one for one in kept if "spent_key.spent_at" in one]


def test_a_naive_moment_is_refused(database: Database) -> None:
    def store_naive() -> None:
        with database.write() as session:
            session.add(SpentKey(key="x", spent_at=NOW.replace(tzinfo=None)))

    with pytest.raises(StatementError, match="naive"):
        store_naive()


def test_moments_come_back_aware_and_equal(database: Database) -> None:
    with database.write() as session:
        session.add(SpentKey(key="x", spent_at=NOW))
    with database.read() as session:
        assert session.scalar(select(SpentKey.spent_at)) == NOW


def test_many_writers_lose_nothing(database: Database) -> None:
    def write(number: int) -> None:
        with database.write() as session:
            session.add(SpentKey(key=f"key-{number}", spent_at=NOW))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(SpentKey)) == 24


def test_a_double_click_acts_once_and_both_see_the_first_result(database: Database) -> None:
    ran: list[int] = []
    urls: list[str] = []
    together = threading.Barrier(8)

    def click(number: int) -> None:
        together.wait()
        with database.write() as session:

            def act(_session: object) -> str:
                ran.append(number)
                return f"/result/{number}"

            urls.append(once(session, "one-form", act, now=NOW))

    threads = [threading.Thread(target=click, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ran) == 1
    assert urls == [f"/result/{ran[0]}"] * 8


def test_a_refused_act_leaves_its_key_unspent(database: Database) -> None:
    def refuse(_session: object) -> str:
        raise RuntimeError("no")

    def click() -> None:
        with database.write() as session:
            once(session, "form", refuse, now=NOW)

    with pytest.raises(RuntimeError):
        click()
    with database.write() as session:
        assert once(session, "form", lambda _session: "/done", now=NOW) == "/done"


def test_of_two_writes_that_wait_for_each_other_one_is_told_that_it_is_busy(
    database: Database,
) -> None:
    """On PostgreSQL; on SQLite writes take turns, and both come to their end."""
    with database.write() as session:
        session.add_all(SpentKey(key=key, spent_at=NOW) for key in ("one", "two"))
    both_hold = threading.Barrier(2)

    def write(first: str, second: str) -> str:
        try:
            with database.write() as session:
                session.execute(update(SpentKey).where(SpentKey.key == first).values(spent_at=NOW))
                with suppress(threading.BrokenBarrierError):
                    both_hold.wait(0.5)
                session.execute(update(SpentKey).where(SpentKey.key == second).values(spent_at=NOW))
        except Busy:
            return "busy"
        return "written"

    told = at_once(lambda: write("one", "two"), lambda: write("two", "one"))
    assert sorted(told) == (["written", "written"] if database.is_sqlite else ["busy", "written"])


def test_the_turnstile_is_fair_and_gives_up_in_time() -> None:
    gate = Turnstile()
    order: list[int] = []
    gate.enter()
    threads = []
    for number in range(5):

        def pass_through(number: int = number) -> None:
            with gate.turn():
                order.append(number)

        threads.append(threading.Thread(target=pass_through))
        threads[-1].start()
        time.sleep(0.02)
    with pytest.raises(Busy):
        gate.enter(timeout=0.01)
    gate.leave()
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2, 3, 4]

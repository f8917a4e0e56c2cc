"""Limits are shared by all workers, cannot be overrun by racing, and say when to come back."""

import threading
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from portal.kernel.db import Database
from portal.kernel.ratelimit import (
    EVERYBODY,
    Limit,
    RateWindow,
    allow,
    forget_windows,
    release,
    take,
)

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def tries(database: Database, count: int, *, key: str = "k", at: datetime = NOW) -> list[bool]:
    found = []
    for _ in range(count):
        with database.write() as session:
            found.append(allow(session, bucket="b", key=key, limit=3, seconds=60, now=at))
    return found


def test_a_full_window_refuses_until_it_ends(database: Database) -> None:
    assert tries(database, 5) == [True, True, True, False, False]
    assert tries(database, 1, at=NOW + timedelta(seconds=59)) == [False]
    assert tries(database, 4, at=NOW + timedelta(seconds=60)) == [True, True, True, False]


def test_keys_and_buckets_do_not_disturb_each_other(database: Database) -> None:
    tries(database, 4)
    assert tries(database, 1, key="other") == [True]
    with database.write() as session:
        assert allow(session, bucket="c", key="k", limit=1, seconds=60, now=NOW)


def test_the_fullest_limit_says_when_to_try_again(database: Database) -> None:
    limits = [(Limit("minute", 1, 60), "k"), (Limit("day", 2, 86400), EVERYBODY)]
    with database.write() as session:
        assert take(session, limits, now=NOW) is None
    with database.write() as session:
        assert take(session, limits, now=NOW) == NOW + timedelta(seconds=60)
    later = NOW + timedelta(seconds=60)
    with database.write() as session:
        assert take(session, limits, now=later) is None
    with database.write() as session:
        again = take(session, limits, now=later + timedelta(seconds=60))
    assert again == NOW + timedelta(days=1)


def test_racing_tries_cannot_overrun_the_limit(database: Database) -> None:
    gate, allowed = threading.Barrier(8), []

    def run() -> None:
        gate.wait()
        allowed.extend(tries(database, 1))

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(allowed) == [False] * 5 + [True] * 3


def test_a_success_gives_the_tries_back(database: Database) -> None:
    tries(database, 3)
    with database.write() as session:
        release(session, bucket="b", key="k")
    assert tries(database, 1) == [True]


def test_keys_are_not_readable_and_are_forgotten(database: Database) -> None:
    tries(database, 1, key="+8613800001201")
    with database.read() as session:
        assert "1380000" not in session.scalars(select(RateWindow.key_hash)).one()
    with database.write() as session:
        forget_windows(session, now=NOW + timedelta(seconds=60))
    with database.read() as session:
        assert session.scalars(select(RateWindow)).all() == []

"""Recurring work: on its beat, by one runner at a time, and no defect of one stops the others."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from portal.kernel import jobs
from portal.kernel.db import Database

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def only_our_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_JOBS", {})


def run(database: Database, at: datetime = NOW, only: str | None = None) -> list[str]:
    return jobs.run_due(database, lambda: at, only=only)


def state(database: Database) -> jobs.JobRow:
    with database.read() as session:
        (row,) = jobs.job_rows(session)
    return row


def test_a_job_runs_on_its_beat(database: Database) -> None:
    seen: list[datetime] = []
    jobs.register("t.count", 60, lambda _db, now: seen.append(now))
    assert run(database) == ["t.count"]
    assert run(database, NOW + timedelta(seconds=59)) == []
    assert run(database, NOW + timedelta(seconds=60)) == ["t.count"]
    assert seen == [NOW, NOW + timedelta(seconds=60)]
    assert state(database).ok is True


def test_a_job_asked_for_by_name_runs_at_once(database: Database) -> None:
    seen: list[int] = []
    jobs.register("t.a", 3600, lambda _db, _now: seen.append(1))
    jobs.register("t.b", 3600, lambda _db, _now: seen.append(2))
    run(database)
    assert run(database, only="t.b") == ["t.b"]
    assert seen == [1, 2, 2]


def test_a_failing_job_is_noted_and_the_others_still_run(database: Database) -> None:
    def fail(_database: Database, _now: datetime) -> None:
        raise ValueError("13800001201 is not a number")

    seen: list[int] = []
    jobs.register("t.a_fails", 60, fail)
    jobs.register("t.b_works", 60, lambda _db, _now: seen.append(1))
    assert run(database) == ["t.a_fails", "t.b_works"]
    with database.read() as session:
        failed, worked = jobs.job_rows(session)
    assert (failed.ok, worked.ok, seen) == (False, True, [1])
    assert failed.error == "ValueError: [phone] is not a number"
    assert run(database, NOW + timedelta(seconds=60)) == ["t.a_fails", "t.b_works"]


def test_only_one_of_many_runners_runs_a_job(database: Database) -> None:
    seen: list[int] = []
    inside = threading.Event()

    def slow(_database: Database, _now: datetime) -> None:
        seen.append(1)
        inside.wait(0.3)

    jobs.register("t.slow", 60, slow)
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        run(database)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert seen == [1]


def test_a_runner_that_died_is_replaced_when_its_lease_ends(database: Database) -> None:
    jobs.register("t.job", 60, lambda _db, _now: None, lease_seconds=300)
    (job,) = jobs.registered()
    with database.write() as session:
        assert jobs._lease(session, job, NOW, at_once=False) is not None
    assert run(database, NOW + timedelta(seconds=299)) == []
    assert run(database, NOW + timedelta(seconds=299), only="t.job") == []
    assert run(database, NOW + timedelta(seconds=300)) == ["t.job"]


def test_jobs_are_alive_while_somebody_runs_them(database: Database) -> None:
    jobs.register("t.job", 60, lambda _db, _now: None, lease_seconds=3600)

    def alive(at: datetime) -> bool:
        with database.read() as session:
            return jobs.alive(session, now=at)

    assert not alive(NOW)
    run(database)
    assert alive(NOW + timedelta(seconds=60))
    assert not alive(NOW + jobs.ALIVE)
    (job,) = jobs.registered()
    with database.write() as session:
        jobs._lease(session, job, NOW + timedelta(hours=1), at_once=False)
    assert alive(NOW + timedelta(hours=1, minutes=30)), "in the middle of a long job"


def test_a_runner_works_until_it_is_stopped(database: Database) -> None:
    done = threading.Event()
    jobs.register("t.job", 60, lambda _db, _now: done.set())
    runner = jobs.Runner(database, lambda: NOW)
    thread = runner.start()
    assert done.wait(10)
    runner.stop()
    thread.join(10)
    assert not thread.is_alive()

"""The sealer: nothing lost, dense numbers, a tree that others can check, killed anywhere."""

from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from credit.models import Checkpoint, Entry, Sealed, Unsealed
from credit.queries.entries import entry
from credit.queries.log import current_log, leaves_from, sealed_entry
from credit.rules.checkpoint import open_checkpoint
from credit.rules.merkle import root_of, verify_consistency, verify_inclusion
from credit.rules.standing import LogStop
from credit.rules.tiles import TiledTree
from credit.service import logfiles, sealing
from credit.service.halting import why_stopped
from credit.service.logfiles import LogFiles
from credit.service.sealing import Stopped, seal, seal_due
from credit.service.writing import leaf_hash
from portal.kernel import clock
from portal.kernel.db import Database, open_database
from portal.kernel.ids import id_at
from portal.kernel.jobs import JobRun
from tests.make.credit import DISTRICT, NOW, account, given
from tests.make.together import at_once


def files_of(database: Database) -> LogFiles:
    return LogFiles(database.info["instance"].config.instance / "ledger")


def give(database: Database, count: int, mine: UUID | None = None) -> UUID:
    with database.write() as session:
        mine = mine or account(session)
        for _ in range(count):
            given(session, mine, 1)
    return mine


def check(database: Database) -> int:
    """Everything that is sealed and served fits together; the size of the log."""
    files = files_of(database)
    served = files.published()
    key = files.verifier()
    assert served is not None
    assert key is not None
    told = open_checkpoint(served, [key]).checkpoint
    tree = TiledTree(told.size, files.read_tile)
    with database.read() as session:
        log = current_log(session)
        assert log is not None
        assert (log.origin, log.size) == (told.origin, told.size)
        leaves = leaves_from(session, log.number, 0)
        rows = session.execute(
            select(Sealed.seq, Sealed.district, Sealed.entry_id).order_by(Sealed.seq)
        ).all()
        assert [row.seq for row in rows] == list(range(log.size))
        for row, leaf in zip(rows, leaves, strict=True):
            found = entry(session, row.district, row.entry_id)
            assert found is not None
            assert leaf_hash(found) == leaf
        entries = session.scalar(select(func.count()).select_from(Entry)) or 0
        waiting = session.scalar(select(func.count()).select_from(Unsealed)) or 0
        assert entries == log.size + waiting
        assert why_stopped(session) is None
    assert tree.root() == told.root == root_of(leaves)
    noted = files.noted()
    assert noted is not None
    assert (noted.size, noted.root) == (told.size, told.root)
    return told.size


def test_what_waits_gets_dense_numbers_and_a_checkpoint_that_proves_it(database: Database) -> None:
    mine = give(database, 3)
    assert seal(database, NOW) == 3
    assert check(database) == 3
    give(database, 300, mine)
    assert seal(database, NOW) == 300
    assert check(database) == 303
    tree = TiledTree(303, files_of(database).read_tile)
    with database.read() as session:
        last = session.scalars(select(Entry.id).order_by(Entry.id.desc())).first()
        assert last is not None
        row = sealed_entry(session, DISTRICT, last)
        assert row is not None
        verify_inclusion(row.leaf_hash, row.seq, 303, tree.inclusion(row.seq), tree.root())
        old = session.scalar(select(Checkpoint.root).where(Checkpoint.size == 3))
        assert old is not None
    verify_consistency(3, 303, old, tree.root(), tree.consistency(3))


def test_nothing_waits_nothing_is_sealed(database: Database) -> None:
    assert seal_due(database, NOW) == 0
    give(database, 1)
    seal(database, NOW)
    assert seal(database, NOW) == 0
    assert check(database) == 1


def test_the_job_seals_each_minute_or_when_a_thousand_wait(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = give(database, 1)
    assert seal_due(database, NOW) == 1
    give(database, 3, mine)
    assert seal_due(database, NOW + timedelta(seconds=59)) == 0
    monkeypatch.setattr(sealing, "ENOUGH", 3)
    assert seal_due(database, NOW + timedelta(seconds=59)) == 3
    give(database, 1, mine)
    assert seal_due(database, NOW + timedelta(seconds=119)) == 1
    check(database)


def test_more_than_one_batch_is_sealed_in_order(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "BATCH", 4)
    give(database, 10)
    assert seal(database, NOW) == 10
    assert check(database) == 10
    with database.read() as session:
        in_order = session.scalars(select(Sealed.entry_id).order_by(Sealed.seq)).all()
        assert list(in_order) == sorted(in_order)


def test_an_entry_that_commits_late_with_an_early_id_is_not_lost(database: Database) -> None:
    """Reading "id above the last sealed one" would never see it."""
    mine = give(database, 1)
    early = id_at(NOW - timedelta(days=1))
    if database.is_sqlite:  # writers take turns: late is all that it can be
        give(database, 1, mine)
        seal(database, NOW)
        with database.write() as session:
            given(session, mine, 1, entry_id=early)
    else:
        other = open_database(database.url.render_as_string(False), database.info)
        with database.write() as session:
            theirs = account(session)
        with other.write() as session:
            given(session, theirs, 1, entry_id=early)
            give(database, 1, mine)
            assert seal(database, NOW) == 2
            assert check(database) == 2
        other.dispose()
    with database.read() as session:
        assert sealed_entry(session, DISTRICT, early) is None
    assert seal(database, NOW) == 1
    assert check(database) == 3
    with database.read() as session:
        row = sealed_entry(session, DISTRICT, early)
        assert row is not None
        assert row.seq == 2


def test_sealers_and_writers_at_once_lose_nothing_and_number_nothing_twice(
    database: Database,
) -> None:
    accounts = [give(database, 0) for _ in range(3)]

    def write(mine: UUID) -> None:
        for _ in range(8):
            give(database, 1, mine)

    def keep_sealing() -> None:
        for _ in range(12):
            seal(database, NOW)

    writers = [partial(write, mine) for mine in accounts]
    at_once(*writers, keep_sealing, keep_sealing)
    seal(database, NOW)
    assert check(database) == 24


class Killed(BaseException):
    """Like a power cut: nothing after it runs, and no handler of the product knows it."""


def kill(*_args: object, **_options: object) -> None:
    raise Killed


@pytest.mark.parametrize(
    ("where", "what"),
    [
        (LogFiles, "signer"),
        (LogFiles, "write_tiles"),
        (logfiles, "_rename_all"),
        (sealing, "_grow"),
        (LogFiles, "note"),
        (LogFiles, "publish"),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_killed_at_any_step_the_next_run_goes_on(
    database: Database, monkeypatch: pytest.MonkeyPatch, where: Any, what: str, *, first: bool
) -> None:
    mine = give(database, 2)
    sealed = 0 if first else seal(database, NOW)
    give(database, 300, mine)
    with monkeypatch.context() as patch:
        patch.setattr(where, what, kill)
        with pytest.raises(Killed):
            seal(database, NOW)
    before = files_of(database).published()
    assert (before is None) is first
    assert sealed in {0, 2}
    give(database, 1, mine)
    seal_due(database, NOW + timedelta(minutes=2))
    seal(database, NOW)
    assert check(database) == 303


def test_a_run_cut_off_before_serving_is_finished_by_the_job(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(database, 2)
    seal(database, NOW)
    with monkeypatch.context() as patch:
        patch.setattr(LogFiles, "publish", kill)
        give(database, 1)
        with pytest.raises(Killed):
            seal(database, NOW)
    assert seal_due(database, NOW) == 0
    assert check(database) == 3


def test_tiles_that_are_gone_are_made_again_from_the_database(database: Database) -> None:
    mine = give(database, 300)
    seal(database, NOW)
    for path in sorted((files_of(database).public / "tile").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    give(database, 5, mine)
    seal(database, NOW)
    assert check(database) == 305


def stopped(database: Database) -> LogStop:
    with database.read() as session:
        why = why_stopped(session)
    with pytest.raises(Stopped) as caught:
        seal(database, NOW)
    assert caught.value.why is why
    assert why is not None
    return why


def test_a_database_behind_what_was_noted_stops_the_sealer(database: Database) -> None:
    mine = give(database, 2)
    seal(database, NOW)
    files = files_of(database)
    yesterday = (files.folder / "state").read_bytes()
    give(database, 1, mine)
    seal(database, NOW)
    # the same as restoring the database of yesterday: what is noted is ahead of it
    signer = files.signer("x")
    ahead = sealing.checkpoints.Checkpoint(signer.name, 9, b"r" * 32).signed(signer)
    give(database, 1, mine)
    files.note(ahead)
    assert stopped(database) is LogStop.DATABASE_BEHIND
    files.note(sealing.checkpoints.Checkpoint(signer.name, 2, b"r" * 32).signed(signer))
    assert stopped(database) is LogStop.OTHER_ROOT
    (files.folder / "state").write_bytes(yesterday.replace(b"\n2\n", b"\n3\n"))
    assert stopped(database) is LogStop.OTHER_LOG
    (files.folder / "state").unlink()
    assert stopped(database) is LogStop.NO_STATE
    files.note(yesterday)
    assert seal(database, NOW) == 1
    assert check(database) == 4


def test_a_log_that_is_noted_but_gone_from_the_database_stops_the_sealer(
    database: Database, tmp_path: Path
) -> None:
    files = files_of(database)
    with files.alone() as is_alone:
        assert is_alone
    give(database, 1)
    signer = files.signer("gone.example/credit/log")
    files.note(sealing.checkpoints.Checkpoint(signer.name, 7, b"r" * 32).signed(signer))
    assert stopped(database) is LogStop.DATABASE_BEHIND


def test_readyz_says_why_nothing_is_sealed_and_the_city_stays_online(
    app: Flask, database: Database
) -> None:
    give(database, 1)
    seal(database, NOW)
    with database.write() as session:
        session.add(JobRun(name="credit.seal", due_at=clock.now(), started_at=clock.now()))
    browser = app.test_client()
    assert "ledger" not in browser.get("/readyz").text
    (files_of(database).folder / "state").unlink()
    answer = browser.get("/readyz")
    assert answer.status_code == 200
    assert "ledger: nothing is posted or sealed, log_stop.no_state" in answer.text


def test_one_machine_has_one_sealer_at_a_time(database: Database) -> None:
    give(database, 1)
    with files_of(database).alone() as is_alone:
        assert is_alone
        assert seal(database, NOW) == 0
    assert seal(database, NOW) == 1


def test_the_key_is_nobodys_but_the_servers_and_in_no_table(database: Database) -> None:
    give(database, 1)
    seal(database, NOW)
    key = files_of(database).folder / "key"
    assert key.stat().st_mode & 0o777 == 0o600
    # PRIVATE+KEY+name+id+secret, and a plus may stand in the secret too
    secret = key.read_text().strip().split("+", 4)[4]
    assert len(secret) > 40
    with database.read() as session:
        assert secret not in _notes(session)


def _notes(session: Session) -> str:
    return "".join(session.scalars(select(Checkpoint.note)))

"""``gongzhi ledger verify``: an honest ledger is well, and what was changed is found and named."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from shutil import rmtree
from typing import Any

import pytest
from sqlalchemy import bindparam, func, select, text, update

from credit.models import Entry, EntryDetail, Sealed, Unsealed
from credit.queries import whole
from credit.queries.entries import entry
from credit.rules.checkpoint import Checkpoint
from credit.rules.kinds import TRANSFERS, Kind
from credit.service import opening
from credit.service.due import settle_due
from credit.service.sealing import seal
from credit.service.verifying import verify
from credit.service.writing import leaf_hash
from portal.accounts.service import erase_person
from portal.kernel.db import Database
from tests.credit.life import give_ruled, live
from tests.credit.signers import LOG
from tests.credit.tamper import ACTS, Copy, Hand, unguarded, with_salt
from tests.credit.test_sealing import files_of
from tests.make.credit import DISTRICT, NOW
from tests.make.together import at_once


def test_an_honest_ledger_is_well(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    assert verify(database, now=NOW).is_well
    life = live(database)
    with database.read() as session:
        entries = session.scalar(select(func.count()).select_from(Entry))
        waiting = session.scalar(select(func.count()).select_from(Unsealed))
        kinds = set(session.scalars(select(Entry.kind)))
    verdict = verify(database, now=life.now)
    assert verdict.problems == []
    assert (verdict.entries + verdict.waiting, verdict.waiting) == (entries, waiting)
    assert waiting
    assert kinds >= {*TRANSFERS, Kind.RULE_PUBLISHED, Kind.CONSENT, Kind.RELEASE}
    # read in small parts it is the same
    monkeypatch.setattr(whole, "CHUNK", 7)
    assert verify(database, now=life.now) == verdict


def problems(database: Database, now: Any = NOW, **options: Any) -> list[str]:
    return [str(problem) for problem in verify(database, now=now, **options).problems]


@pytest.mark.parametrize("count", [30, pytest.param(1_000, marks=pytest.mark.long)])
def test_whatever_is_changed_behind_its_back_is_found(
    database: Database, tmp_path: Path, count: int
) -> None:
    life = live(database, 20)
    whole_copy = Copy.of(database, tmp_path / "copy")
    chance = Random(count)
    done = Counter[str]()
    while done.total() < count:
        # each kind comes, in an order of chance
        for change in chance.sample(ACTS, len(ACTS)):
            with unguarded(database) as connection:
                vault = database.info["instance"].vault
                what = change(Hand(connection, chance, files_of(database), vault))
            if what is not None:
                found = verify(database, now=life.now)
                assert not found.is_well, f"{change.__name__}: {what} was not found"
                done[change.__name__] += 1
            whole_copy.put_back(database)
    assert verify(database, now=life.now).is_well
    assert set(done) == {change.__name__ for change in ACTS}


def test_the_database_of_yesterday_is_found(database: Database, tmp_path: Path) -> None:
    life = live(database, 7)
    yesterday = Copy.of(database, tmp_path / "yesterday")
    seal(database, life.now)
    yesterday.put_back(database, files=False)
    assert problems(database, life.now) == [
        "the ledger is stopped",
        "the public checkpoint is none of this log",
    ]


# --- the first number that is wrong ---------------------------------------------------------------


def _sealed(database: Database, seq: int) -> Any:
    with database.read() as session:
        return session.execute(
            select(Sealed.entry_id, Sealed.leaf_hash).where(Sealed.seq == seq)
        ).one()


@pytest.mark.parametrize("chunk", [5, 4_000])
def test_the_first_bad_number_is_named(
    database: Database, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(whole, "CHUNK", chunk)
    life = live(database, 8)
    for seq in (19, 11):
        with unguarded(database) as connection:
            change = update(Entry).where(Entry.id == _sealed(database, seq).entry_id)
            connection.execute(change.values(salt=bytes(16)))
        assert problems(database, life.now) == [
            f"entry {seq}: its entry is not the one that was sealed"
        ]


def test_who_also_changes_the_hash_is_betrayed_by_the_tree_and_the_number_by_the_tiles(
    database: Database,
) -> None:
    life = live(database, 8)
    with database.read() as session:
        found = entry(session, DISTRICT, _sealed(database, 13).entry_id)
    assert found is not None
    forged = replace(found, salt=bytes(16))
    with unguarded(database) as connection:
        connection.execute(update(Entry).where(Entry.id == found.id).values(salt=bytes(16)))
        connection.execute(
            update(Sealed).where(Sealed.seq == 13).values(leaf_hash=leaf_hash(forged))
        )
    told = "entry 13: the tree has another root than the checkpoint"
    assert problems(database, life.now) == [told]
    # without the tiles all that is known is the last checkpoint that is still right
    rmtree(files_of(database).public / "tile")
    size = int(problems(database, life.now)[0].split(":")[0].removeprefix("entry "))
    assert 0 < size <= 13


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE credit_entry SET until = NULL WHERE kind = 'award' AND id = :id",
         "the moment at which it ends is another one, or missing"),
        ("UPDATE credit_rule SET valid_from = :late", "no rule that was sealed before"),
    ],
)  # fmt: skip
def test_N6_an_award_without_a_rule_that_counted_then_is_found(
    database: Database, statement: str, words: str
) -> None:
    life = live(database, 8)
    with database.read() as session:
        first = session.scalar(
            select(func.min(Sealed.seq)).join(Entry, Entry.id == Sealed.entry_id).where(
                Entry.kind == Kind.AWARD
            )
        )  # fmt: skip
    mine = _sealed(database, first or 0).entry_id
    given = {"id": mine, "late": life.now + timedelta(days=9)}
    kinds = {"id": Entry.id.type, "late": Entry.at.type}
    with unguarded(database) as connection:
        wish = text(statement)
        connection.execute(
            wish.bindparams(
                *[bindparam(n, given[n], kinds[n]) for n in given if f":{n}" in statement]
            )
        )
    assert problems(database, life.now)[0].startswith(f"entry {first}: {words}")


@pytest.mark.parametrize(
    ("kind", "change", "words"),
    [
        (Kind.DEDUCTION_NOTICE, timedelta(days=-15), "it came before its time"),
        (Kind.DEDUCTION_POST, timedelta(days=90), "it lasts longer than the law allows"),
    ],
)
def test_L7_L12_a_notice_leaves_fifteen_days_and_a_deduction_ends_in_ninety(
    database: Database, kind: Kind, change: timedelta, words: str
) -> None:
    life = live(database, 10)
    with unguarded(database) as connection:
        row = connection.execute(
            select(Entry.id, Entry.until, Sealed.seq)
            .join(Sealed, Sealed.entry_id == Entry.id)
            .where(Entry.kind == kind)
            .order_by(Sealed.seq)
        ).first()
        assert row is not None
        assert row.until is not None
        connection.execute(update(Entry).where(Entry.id == row.id).values(until=row.until + change))
    assert problems(database, life.now)[0] == f"entry {row.seq}: {words}"


def test_L12_what_nobody_ended_in_time_is_named(database: Database) -> None:
    life = live(database, 10)
    assert problems(database, life.now) == []
    late = [line for line in problems(database, life.now + timedelta(days=40)) if "ended" in line]
    assert late
    settle_due(database, life.now + timedelta(days=40))
    assert problems(database, life.now + timedelta(days=40)) == []


def test_erased_details_are_missed_by_nobody(database: Database) -> None:
    life = live(database, 4)
    with database.write() as session:
        erase_person(session, None, life.holders[0].id, now=life.now)
    seal(database, life.now)
    assert problems(database, life.now) == []


# --- an old checkpoint ----------------------------------------------------------------------------


def test_against_a_checkpoint_that_somebody_kept(database: Database) -> None:
    mine = give_ruled(database, 3)
    seal(database, NOW)
    kept = files_of(database).published() or b""
    give_ruled(database, 4, mine)
    seal(database, NOW)
    assert problems(database, against=kept) == []
    files = files_of(database)
    signer = files.signer("x")
    for size, words in (
        (3, "entry 2: the old checkpoint is of another tree"),
        (90, "90 entries: the old checkpoint has more entries than the log"),
        (0, "the old checkpoint is of another tree"),
    ):
        other = Checkpoint(signer.name, size, b"r" * 32).signed(signer)
        assert problems(database, against=other) == [words]
    stranger = Checkpoint(LOG.name, 3, b"r" * 32).signed(LOG)
    assert problems(database, against=stranger) == [
        "the old checkpoint is of no log of this ledger"
    ]


def test_a_log_without_its_key_is_not_called_well(database: Database) -> None:
    give_ruled(database, 3)
    seal(database, NOW)
    (files_of(database).folder / "key").unlink()
    assert "the key of the log is missing, so no signature could be checked" in problems(database)


def test_it_reads_one_moment_while_others_write_and_seal(database: Database) -> None:
    mine = give_ruled(database, 30)
    seal(database, NOW)

    def work() -> None:
        for _ in range(12):
            give_ruled(database, 2, mine)
            seal(database, NOW)

    def look() -> None:
        for _ in range(6):
            assert problems(database) == []

    at_once(work, look, look)


def test_a_large_ledger_has_its_details_opened_by_other_processes(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "LARGE", 1)
    monkeypatch.setattr(whole, "CHUNK", 4)
    life = live(database, 10)
    assert problems(database, life.now) == []
    for seq in (30, 9):
        with unguarded(database) as connection:
            mine = EntryDetail.entry_id == _sealed(database, seq).entry_id
            sealed = connection.scalar(select(EntryDetail.sealed_details).where(mine))
            other = with_salt(database.info["instance"].vault, str(sealed), lambda _: bytes(16))
            connection.execute(update(EntryDetail).where(mine).values(sealed_details=other))
        assert problems(database, life.now) == [
            f"entry {seq}: its details are not the ones that were sealed"
        ]
    with unguarded(database) as connection:
        change = update(Entry).where(Entry.id == _sealed(database, 7).entry_id)
        connection.execute(change.values(salt=bytes(16)))
    assert problems(database, life.now) == ["entry 7: its entry is not the one that was sealed"]

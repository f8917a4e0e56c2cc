"""Somebody with every password: rows and files of a ledger are changed behind its back.

Triggers and foreign keys are switched off first, as whoever owns the database can. Each act says
what it did, or None when there was nothing to do it to.
"""

import shutil
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Connection, Table, delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from credit.models import (
    Account,
    Checkpoint,
    Due,
    Entry,
    EntryDetail,
    Log,
    RuleVersion,
    Sealed,
    Unsealed,
)
from credit.rules.leaf import pack, unpack
from credit.rules.merkle import Frontier
from portal.kernel.db import Base, Database
from portal.kernel.ids import new_id
from portal.kernel.vault import Vault
from tests.credit.test_sealing import files_of

TABLES = [table for table in Base.metadata.sorted_tables if table.name.startswith("credit_")]


@contextmanager
def unguarded(database: Database) -> Iterator[Connection]:
    """A connection that no trigger, no foreign key and no check stands in the way of."""
    with database.writer.connect() as connection:
        if database.is_sqlite:
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA foreign_keys=OFF")
            driver.execute("PRAGMA ignore_check_constraints=ON")
            kept = dict(
                driver.execute(
                    "SELECT name, sql FROM sqlite_master "
                    "WHERE type = 'trigger' AND name LIKE 'credit_%'"
                )
            )
        with connection.begin():
            if database.is_sqlite:
                for name in kept:
                    connection.execute(text(f"DROP TRIGGER {name}"))
            else:
                connection.execute(text("SET LOCAL session_replication_role = replica"))
            yield connection
            for statement in kept.values() if database.is_sqlite else []:
                connection.execute(text(statement))
        if database.is_sqlite:
            driver.execute("PRAGMA ignore_check_constraints=OFF")
            driver.execute("PRAGMA foreign_keys=ON")


@dataclass
class Copy:
    """Database and files as they were, to be put back."""

    rows: dict[str, list[dict[str, Any]]]
    folder: Path

    @classmethod
    def of(cls, database: Database, folder: Path) -> "Copy":
        shutil.copytree(files_of(database).folder, folder)
        with database.read() as session:
            return cls(
                {
                    table.name: [dict(row) for row in session.execute(select(table)).mappings()]
                    for table in TABLES
                },
                folder,
            )

    def put_back(self, database: Database, *, files: bool = True) -> None:
        with unguarded(database) as connection:
            for table in TABLES:
                connection.execute(delete(table))
                if rows := self.rows[table.name]:
                    connection.execute(insert(table), rows)
        if files:
            shutil.rmtree(files_of(database).folder)
            shutil.copytree(self.folder, files_of(database).folder)


@dataclass
class Hand:
    """Whose chance it is, and on what."""

    connection: Connection
    chance: Random
    files: Any
    vault: Vault

    def row(self, table: type[Base], *where: Any) -> Any:
        """Some row."""
        rows = self.connection.execute(select(_table(table)).where(*where)).all()
        return self.chance.choice(rows) if rows else None

    def set(self, table: type[Base], row: Any, **values: Any) -> None:
        self.connection.execute(update(_table(table)).where(*_is(table, row)).values(**values))

    def drop(self, table: type[Base], *where: Any) -> None:
        self.connection.execute(delete(_table(table)).where(*where))

    def flip(self, data: bytes) -> bytes:
        at, bit = self.chance.randrange(len(data)), 1 << self.chance.randrange(8)
        return data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :]


def with_salt(vault: Vault, sealed: str, other: Callable[[bytes], bytes]) -> str:
    """Sealed details with another salt."""
    salt, details = unpack(vault.unseal(sealed))
    return vault.seal(pack(other(salt), details))


def _table(model: type[Base]) -> Table:
    return Base.metadata.tables[model.__tablename__]


def _is(model: type[Base], row: Any) -> list[Any]:
    return [column == getattr(row, column.name) for column in _table(model).primary_key]


Act = Callable[[Hand], str | None]
ACTS: list[Act] = []


def act(function: Act) -> Act:
    ACTS.append(function)
    return function


@act
def a_bit_of_an_entry(hand: Hand) -> str | None:
    row = hand.row(Entry)
    there = [name for name, value in row._mapping.items() if value is not None]
    name = hand.chance.choice(sorted(set(there) - {"district", "until"}))
    try:
        with hand.connection.begin_nested():
            hand.set(Entry, row, **{name: _other(hand, name, row._mapping[name])})
    except IntegrityError:
        # a second award of one source, for one: the database itself refuses it
        return None
    return f"{name} of {row.id}"


def _other(hand: Hand, name: str, value: Any) -> Any:
    if isinstance(value, bytes):
        return hand.flip(value)
    if isinstance(value, int):
        return value ^ 1 << hand.chance.randrange(3) or value + 1
    if isinstance(value, datetime):
        return value + timedelta(seconds=hand.chance.choice([-1, 1, 3600]))
    if name == "rule":
        return str(value) + "1"
    if name in {"kind", "unit"}:
        kinds = sorted(set(type(value)) - {value})
        return hand.chance.choice(kinds)
    return new_id()


@act
def details_of_another(hand: Hand) -> str:
    one = hand.row(EntryDetail)
    # of one length they may say the same under another nonce: then nothing would be changed
    length = func.length(EntryDetail.sealed_details)
    two = hand.row(EntryDetail, length != len(one.sealed_details))
    hand.set(EntryDetail, one, sealed_details=two.sealed_details)
    return f"details of {one.entry_id}"


@act
def details_damaged(hand: Hand) -> str | None:
    row = hand.row(EntryDetail)
    sealed = hand.flip(urlsafe_b64decode(row.sealed_details))
    hand.set(EntryDetail, row, sealed_details=urlsafe_b64encode(sealed).decode())
    return f"details of {row.entry_id}, damaged"


@act
def a_salt_of_details(hand: Hand) -> str | None:
    """By whoever has SECRET_KEY too."""
    row = hand.row(EntryDetail)
    hand.set(EntryDetail, row, sealed_details=with_salt(hand.vault, row.sealed_details, hand.flip))
    return f"salt of {row.entry_id}"


@act
def an_entry_removed(hand: Hand) -> str | None:
    row = hand.row(Entry)
    hand.drop(Entry, *_is(Entry, row))
    hand.drop(EntryDetail, EntryDetail.entry_id == row.id)
    return f"entry {row.id}"


@act
def an_entry_and_its_number_removed(hand: Hand) -> str | None:
    row = hand.row(Sealed)
    hand.drop(Entry, Entry.id == row.entry_id)
    hand.drop(EntryDetail, EntryDetail.entry_id == row.entry_id)
    hand.drop(Sealed, *_is(Sealed, row))
    return f"number {row.seq}"


@act
def a_number_removed(hand: Hand) -> str | None:
    row = hand.row(Sealed)
    hand.drop(Sealed, *_is(Sealed, row))
    return f"number {row.seq}"


@act
def an_entry_taken_out_of_the_queue(hand: Hand) -> str | None:
    row = hand.row(Unsealed)
    hand.drop(Unsealed, *_is(Unsealed, row))
    return f"waiting {row.entry_id}"


@act
def an_entry_taken_out_and_the_rest_moved_up(hand: Hand) -> str | None:
    row = hand.row(Sealed)
    hand.drop(Sealed, *_is(Sealed, row))
    hand.drop(Entry, Entry.id == row.entry_id)
    moved = update(_table(Sealed)).where(Sealed.seq == hand.connection.scalar(
        select(func.max(Sealed.seq))
    ))  # fmt: skip
    hand.connection.execute(moved.values(seq=row.seq))
    return f"number {row.seq}"


@act
def an_entry_put_in(hand: Hand) -> str | None:
    row = hand.row(Entry, Entry.amount.is_not(None))
    new = {**row._mapping, "id": new_id(), "source_hash": hand.flip(row.source_hash)}
    # past the key that lets a hold be ended once
    new["of_id"] = new_id() if row.of_id else None
    hand.connection.execute(insert(_table(Entry)), new)
    if hand.chance.random() < 0.5:
        hand.connection.execute(
            insert(_table(Unsealed)),
            {"district": row.district, "entry_id": new["id"], "leaf_hash": bytes(32)},
        )
    return f"new {new['id']}"


@act
def an_entry_put_at_the_end(hand: Hand) -> str | None:
    waiting = hand.row(Unsealed)
    size = hand.connection.scalar(select(Log.size))
    hand.connection.execute(insert(_table(Sealed)), {"log": 1, "seq": size, **waiting._mapping})
    hand.drop(Unsealed, *_is(Unsealed, waiting))
    return f"waiting {waiting.entry_id} sealed as {size}"


@act
def two_entries_swapped(hand: Hand) -> str | None:
    one, two = hand.row(Sealed), hand.row(Sealed)
    if one.seq == two.seq:
        return None
    # over a third name, because no entry may stand twice
    hand.set(Sealed, one, entry_id=new_id())
    hand.set(Sealed, two, entry_id=one.entry_id, leaf_hash=one.leaf_hash)
    hand.set(Sealed, one, entry_id=two.entry_id, leaf_hash=two.leaf_hash)
    return f"{one.seq} and {two.seq}"


@act
def the_tail_cut_off(hand: Hand) -> str | None:
    """With all that hangs on it: the log looks as it did some checkpoints ago."""
    sizes = sorted(hand.connection.scalars(select(Checkpoint.size)))
    size = hand.chance.choice(sizes[:-1])
    hand.drop(Entry, Entry.id.in_(select(Sealed.entry_id).where(Sealed.seq >= size)))
    hand.drop(Sealed, Sealed.seq >= size)
    hand.drop(Checkpoint, Checkpoint.size > size)
    frontier = Frontier()
    frontier.extend(hand.connection.scalars(select(Sealed.leaf_hash).order_by(Sealed.seq)).all())
    hand.connection.execute(
        update(_table(Log)).values(size=frontier.size, frontier=frontier.pack())
    )
    return f"cut at {size}"


@act
def numbers_cut_off(hand: Hand) -> str | None:
    size = hand.connection.scalar(select(Log.size)) or 0
    hand.drop(Sealed, Sealed.seq >= size - hand.chance.randint(1, 9))
    return "cut"


@act
def a_leaf_hash(hand: Hand) -> str | None:
    row = hand.row(Sealed)
    hand.set(Sealed, row, leaf_hash=hand.flip(row.leaf_hash))
    return f"hash of {row.seq}"


@act
def a_checkpoint(hand: Hand) -> str | None:
    row = hand.row(Checkpoint)
    if hand.chance.random() < 0.5:
        hand.set(Checkpoint, row, root=hand.flip(row.root))
    else:
        hand.set(Checkpoint, row, note=row.note.replace("\n", "1\n", 1))
    return f"checkpoint {row.size}"


@act
def the_logs_own_row(hand: Hand) -> str | None:
    row = hand.row(Log)
    if hand.chance.random() < 0.5:
        hand.set(Log, row, frontier=hand.flip(row.frontier))
    else:
        hand.set(Log, row, size=row.size + hand.chance.choice([-1, 1]))
    return "log"


@act
def a_balance(hand: Hand) -> str | None:
    row = hand.row(Account)
    name = hand.chance.choice(["balance", "held"])
    try:
        with hand.connection.begin_nested():
            hand.set(Account, row, **{name: getattr(row, name) + hand.chance.choice([-1, 1])})
    except IntegrityError:
        return None  # PostgreSQL has no switch for a CHECK: this one cannot be done
    return f"{name} of {row.id}"


@act
def a_rule(hand: Hand) -> str | None:
    row = hand.row(RuleVersion)
    changes: list[dict[str, Any]] = [{"points": 9}, {"title": "x"}, {"version": 9}]
    hand.set(RuleVersion, row, **hand.chance.choice(changes))
    return f"rule {row.code}"


@act
def a_moment_at_which_points_end(hand: Hand) -> str | None:
    row = hand.row(Entry, Entry.kind == "award")
    hand.set(Entry, row, until=row.until + timedelta(days=hand.chance.choice([-1, 30])))
    return f"until of {row.id}"


@act
def a_moment_at_which_a_hold_ends(hand: Hand) -> str | None:
    held = select(Due.entry_id)
    row = hand.row(Entry, Entry.kind != "award", Entry.id.in_(held))
    if row is None:
        return None
    hand.set(Entry, row, until=row.until + timedelta(days=30))
    return f"until of {row.id}"


@act
def a_public_tile(hand: Hand) -> str | None:
    size = hand.connection.scalar(select(Log.size)) or 0
    path = hand.files.public / f"tile/0/000.p/{size}"
    path.write_bytes(hand.flip(path.read_bytes()))
    return str(path)


@act
def the_public_checkpoint(hand: Hand) -> str | None:
    path = hand.files.public / "checkpoint"
    path.write_bytes(path.read_bytes().replace(b"\n", b"0\n", 1))
    return "public checkpoint"


@act
def the_note_beside_the_database(hand: Hand) -> str | None:
    path = hand.files.folder / "state"
    if hand.chance.random() < 0.5:
        path.unlink()
    else:
        path.write_bytes(hand.flip(path.read_bytes()))
    return "state"

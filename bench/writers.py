"""Eight people who write as fast as they can, each in a process of her own, as servers are."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from uuid import UUID

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, String, Table, insert
from sqlalchemy.orm import Session

from bench.places import Place
from credit.rules.kinds import Party
from credit.rules.leaf import Unit
from credit.service import Details, award, open_account
from credit.service.sources import hash_source
from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.kernel.ids import new_id

DISTRICT = "370283"
WRITERS = 8
BARE = Table(
    "bench_bare", MetaData(),
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("account", String(36)), Column("amount", Integer), Column("hash", LargeBinary(32)),
)  # fmt: skip


def give(session: Session, account: UUID) -> None:
    """One point, the whole way."""
    moment, entry_id = now(), new_id()
    source = f"shift:{entry_id}"
    award(
        session, district=DISTRICT, entry_id=entry_id, account_id=account, amount=1,
        rule="shift@1", source=hash_source(session, source), details=Details(source), now=moment,
    )  # fmt: skip


def insert_two(session: Session, account: UUID) -> None:
    """What no ledger can do without: a row for each side."""
    row = {"account": str(account), "amount": 1, "hash": account.bytes * 2}
    session.execute(insert(BARE), [row, row])


ACTS: dict[str, Callable[[Session, UUID], None]] = {"give": give, "insert_two": insert_two}


def open_accounts(database: Database) -> list[UUID]:
    """One for each writer."""
    moment = now()
    with database.write() as session:
        return [
            open_account(session, DISTRICT, Party.SHOP, new_id(), Unit.POINTS, now=moment)
            for _ in range(WRITERS)
        ]


def _write(place: Place, account: UUID, orders: Connection) -> None:
    """One writer: told what to do from when to when, tells how often it did so."""
    database = place.open()
    while (order := orders.recv()) is not None:
        act, start, end = ACTS[order[0]], order[1], order[2]
        time.sleep(max(0.0, start - time.monotonic()))
        done = 0
        while time.monotonic() < end:
            with database.write() as session:
                act(session, account)
            done += 1
        orders.send(done)
    database.dispose()


@dataclass
class Crew:
    """The writers, waiting for orders."""

    pipes: Sequence[Connection]

    def rate(self, act: str, seconds: float) -> float:
        """Transactions a second of all of them together."""
        start = time.monotonic() + 0.1
        for pipe in self.pipes:
            pipe.send((act, start, start + seconds))
        done = sum(pipe.recv() for pipe in self.pipes)
        return done / (time.monotonic() - start)


@contextmanager
def crew(place: Place, accounts: Sequence[UUID]) -> Iterator[Crew]:
    """A process for each account; they end with the block."""
    context = get_context("spawn")
    pairs = [context.Pipe() for _ in accounts]
    processes = [
        context.Process(target=_write, args=(place, account, theirs))
        for account, (_, theirs) in zip(accounts, pairs, strict=True)
    ]
    for process in processes:
        process.start()
    ours = [pair[0] for pair in pairs]
    try:
        yield Crew(ours)
    finally:
        for pipe in ours:
            pipe.send(None)
        for process in processes:
            process.join()

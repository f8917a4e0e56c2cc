"""``python -m bench.ledger``: what posting and sealing cost beside what the database alone costs.

Posting: eight writers give points, each in a transaction of its own: the balance with its floor,
the entry, its details and its place in the queue. Beside it, in turn in one run, eight writers who
insert two bare rows. Sealing: entries that wait get numbers, tiles and a signed checkpoint.
"""

import os
import platform
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from uuid import UUID

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, String, Table, insert
from sqlalchemy.orm import Session

from bench.places import Place, create_postgres_database, postgres
from credit.models import Unsealed
from credit.rules.kinds import Party
from credit.rules.leaf import Unit
from credit.service import Details, award, open_account
from credit.service.sealing import seal
from credit.service.sources import hash_source
from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.kernel.ids import new_id
from portal.site import schema

DISTRICT = "370283"
WRITERS = 8
GOALS = {"SQLite": 0.4, "PostgreSQL": 0.5}
LEAST_SEALED = 100_000
BARE = Table(
    "bench_bare", MetaData(),
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("account", String(36)), Column("amount", Integer), Column("hash", LargeBinary(32)),
)  # fmt: skip


def say(what: str, figure: str, goal: str = "", met: bool | None = None) -> None:
    """One row of the table."""
    mark = "" if met is None else "yes" if met else "NO"
    print(f"| {what} | {figure} | {goal} | {mark} |", flush=True)


class Writers:
    """Eight people, each with an account of her own, who write as fast as they can."""

    def __init__(self, database: Database) -> None:
        self.database = database
        moment = now()
        with database.write() as session:
            self.accounts = [
                open_account(session, DISTRICT, Party.SHOP, new_id(), Unit.POINTS, now=moment)
                for _ in range(WRITERS)
            ]

    def rate(self, act: Callable[[Session, UUID], None], seconds: float) -> float:
        """Transactions a second of all of them together."""
        done, stop = [0] * WRITERS, threading.Event()

        def write(at: int) -> None:
            while not stop.is_set():
                with self.database.write() as session:
                    act(session, self.accounts[at])
                done[at] += 1

        threads = [threading.Thread(target=write, args=(at,)) for at in range(WRITERS)]
        start = time.monotonic()
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        stop.set()
        for thread in threads:
            thread.join()
        return sum(done) / (time.monotonic() - start)


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


def posting(engine: str, database: Database, rounds: int, seconds: float) -> None:
    """Both in turn, so that a neighbour on the machine hits both."""
    BARE.create(database.writer)
    writers = Writers(database)
    for act in (give, insert_two):
        writers.rate(act, 0.5)
    turns = [
        (writers.rate(give, seconds), writers.rate(insert_two, seconds)) for _ in range(rounds)
    ]
    say(
        f"{engine}: points given, {WRITERS} writers", f"{median(t[0] for t in turns):,.0f} a second"
    )
    say(
        f"{engine}: two bare rows, {WRITERS} writers",
        f"{median(t[1] for t in turns):,.0f} a second",
    )
    share = median(given / bare for given, bare in turns)
    goal = GOALS[engine]
    say(f"{engine}: the one ÷ the other", f"{share:.2f}", f"≥ {goal:g}", share >= goal)


def sealing(engine: str, database: Database, count: int) -> None:
    """So many entries at once. Their own rows do not matter to the sealer: the queue does."""
    moment = now()
    seal(database, moment)
    rates, own = [], []
    for turn in range(3):
        with database.write() as session:
            for rows in _waiting(turn, count):
                session.execute(insert(Unsealed), rows)
        start, own_start = time.monotonic(), time.process_time()
        sealed = seal(database, moment)
        rates.append(sealed / (time.monotonic() - start))
        own.append(sealed / (time.process_time() - own_start))
    rate = median(rates)
    say(f"{engine}: seal {count:,} entries, tiles on the disk, signed", f"{rate:,.0f} a second",
        f"≥ {LEAST_SEALED:,}", rate >= LEAST_SEALED)  # fmt: skip
    if database.is_sqlite:
        # the whole work is this process's own: so much without neighbours on the machine
        say(f"{engine}: the same, in the processor's own time", f"{median(own):,.0f} a second")


def _waiting(turn: int, count: int) -> Iterator[list[dict[str, object]]]:
    """Entries that wait, with ids in the order of time as ours are."""
    first = 1 << 100
    for begin in range(0, count, 10_000):
        yield [
            {
                "district": DISTRICT,
                "entry_id": UUID(int=first + turn * count + number),
                "leaf_hash": os.urandom(32),
            }
            for number in range(begin, min(begin + 10_000, count))
        ]


def places(stack: ExitStack, folder: Path, *, sqlite_only: bool) -> Iterator[tuple[str, Place]]:
    yield "SQLite", Place("sqlite", folder / "sqlite", f"sqlite:///{folder}/sqlite/gongzhi.db")
    if not sqlite_only:
        server = stack.enter_context(postgres(folder / "postgres"))
        yield "PostgreSQL", Place("pg", folder / "pg", create_postgres_database(server, "ledger"))


def main() -> None:
    parser = ArgumentParser(prog="python -m bench.ledger", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="turns of each throughput")
    parser.add_argument("--seconds", type=float, default=3.0, help="length of a turn")
    parser.add_argument("--count", type=int, default=200_000, help="entries sealed at once")
    parser.add_argument("--sqlite-only", action="store_true", help="leave PostgreSQL out")
    options = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, {datetime.now().astimezone():%Y-%m-%d}\n")
    print("| what | figure | goal | met |\n|---|---:|---|---|")
    with TemporaryDirectory(prefix="gongzhi-bench-") as name, ExitStack() as stack:
        # PostgreSQL runs as somebody else, who has to come in
        Path(name).chmod(0o755)
        for engine, place in places(stack, Path(name), sqlite_only=options.sqlite_only):
            place.folder.mkdir(parents=True)
            database = place.open()
            schema.upgrade(database)
            posting(engine, database, options.rounds, options.seconds)
            sealing(engine, database, options.count)
            database.dispose()


if __name__ == "__main__":
    main()

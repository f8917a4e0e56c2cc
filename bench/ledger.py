"""``python -m bench.ledger``: what posting and sealing cost beside what the database alone costs.

Posting: eight writers, each a process, give points, each in a transaction of its own: the balance
with its floor, the entry, its details and its place in the queue. Beside it, in turn in one run,
they insert two bare rows. Sealing: entries that wait get numbers, tiles and a signed checkpoint.
"""

import os
import platform
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from uuid import UUID

from sqlalchemy import insert

from bench.places import Place, create_postgres_database, postgres
from bench.writers import ACTS, BARE, DISTRICT, WRITERS, crew, open_accounts
from credit.models import Unsealed
from credit.service.sealing import seal
from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.site import schema

GOALS = {"SQLite": 0.4, "PostgreSQL": 0.5}
LEAST_SEALED = 100_000


def say(what: str, figure: str, goal: str = "", met: bool | None = None) -> None:
    """One row of the table."""
    mark = "" if met is None else "yes" if met else "NO"
    print(f"| {what} | {figure} | {goal} | {mark} |", flush=True)


def posting(engine: str, place: Place, database: Database, turns: int, seconds: float) -> None:
    """Both in turn, so that a neighbour on the machine hits both."""
    BARE.create(database.writer)
    # a log that was never sealed has no state file, and asks the database at each post instead
    seal(database, now())
    with crew(place, open_accounts(database)) as writers:
        for act in ACTS:
            writers.rate(act, 0.5)
        rates = [
            (writers.rate("give", seconds), writers.rate("insert_two", seconds))
            for _ in range(turns)
        ]
    given, bare = median(rate[0] for rate in rates), median(rate[1] for rate in rates)
    say(f"{engine}: points given, {WRITERS} writers", f"{given:,.0f} a second")
    say(f"{engine}: two bare rows, {WRITERS} writers", f"{bare:,.0f} a second")
    shares = sorted(one / other for one, other in rates)
    share, goal = median(shares), GOALS[engine]
    say(
        f"{engine}: the one ÷ the other",
        f"{share:.2f} ({shares[0]:.2f} to {shares[-1]:.2f})", f"≥ {goal:g}", share >= goal,
    )  # fmt: skip


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
    parser.add_argument("--only", choices=("posting", "sealing"), help="one of the two")
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
            if options.only != "sealing":
                posting(engine, place, database, options.rounds, options.seconds)
            if options.only != "posting":
                sealing(engine, database, options.count)
            database.dispose()


if __name__ == "__main__":
    main()

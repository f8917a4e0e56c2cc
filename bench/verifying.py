"""``python -m bench.verifying``: how long `gongzhi ledger verify` takes for a ledger of some size.

Beside it, in turn in one run, what no verification can do without: every leaf written and hashed,
every detail opened and hashed, in one process and without a database.
"""

import os
import platform
import time
from argparse import ArgumentParser
from contextlib import ExitStack
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from uuid import UUID

from sqlalchemy import select

from bench.ledger import places, say
from bench.writers import DISTRICT, give, open_accounts
from credit.models import EntryDetail
from credit.queries.entries import entries_of
from credit.rules.leaf import commitment_of
from credit.rules.rulebook import Rule, RuleClass
from credit.service import publish_rule
from credit.service.sealing import seal
from credit.service.verifying import verify
from credit.service.writing import leaf_of
from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.site import schema

GOAL = 60.0  # seconds for a million
MILLION = 1_000_000
AT_ONCE = 2_000


def plant(database: Database, count: int) -> UUID:
    """A rule, sealed, and so many points given under it, one by one as people earn them."""
    before = now() - timedelta(days=1)
    rule = Rule(
        code="shift", version=0, fact="shift_done", rule_class=RuleClass.POSITIVE, points=1,
        life_days=None, title="t", source_text="s", evidence="e", proposers="p", valid_from=before,
    )  # fmt: skip
    with database.write() as session:
        publish_rule(session, DISTRICT, rule, actor_id=None, now=before)
    seal(database, before)
    account = open_accounts(database)[0]
    for begin in range(0, count, AT_ONCE):
        with database.write() as session:
            for _ in range(min(AT_ONCE, count - begin)):
                give(session, account)
        seal(database, now())
    return account


def bare(database: Database, account: UUID, count: int) -> float:
    """Seconds of the processor for hashing so many leaves and details, as read from a few."""
    with database.read() as session:
        rows = entries_of(session, DISTRICT, account)[:AT_ONCE]
        sealed = list(session.scalars(select(EntryDetail.sealed_details).limit(AT_ONCE)))
    vault = database.info["instance"].vault
    start = time.process_time()
    for row, packed in zip(rows, sealed, strict=False):
        sha256(b"\0" + leaf_of(row).encode()).digest()
        commitment_of(vault.unseal(packed))
    return (time.process_time() - start) / min(len(rows), len(sealed)) * count


def spent() -> float:
    """Seconds of the processor of this process and those it has waited for."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def measure(engine: str, database: Database, count: int, turns: int) -> None:
    account = plant(database, count)
    wall, own, floor = [], [], []
    for _ in range(turns):
        start, begin = time.monotonic(), spent()
        verdict = verify(database, now=now())
        wall.append(time.monotonic() - start)
        own.append(spent() - begin)
        floor.append(bare(database, account, count))
        if not verdict.is_well:
            raise SystemExit(f"not well: {verdict.problems}")
    million = median(wall) * MILLION / count
    say(f"{engine}: verify {count:,} entries", f"{median(wall):.1f} s")
    say(f"{engine}: a million at this rate", f"{million:.0f} s", f"< {GOAL:.0f} s", million < GOAL)
    say(f"{engine}: the processor's own time for a million",
        f"{median(own) * MILLION / count:.0f} s")  # fmt: skip
    share = median(one / other for one, other in zip(own, floor, strict=True))
    say(f"{engine}: that ÷ every leaf and detail hashed without a database", f"{share:.2f}")


def main() -> None:
    parser = ArgumentParser(prog="python -m bench.verifying", description=__doc__)
    parser.add_argument(
        "--count", type=int, default=10_000, help="entries; from 100,000 on other processes help"
    )
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured")
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
            measure(engine, database, options.count, options.rounds)
            database.dispose()


if __name__ == "__main__":
    main()

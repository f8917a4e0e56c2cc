"""A release over a million ratings: 200 communities, 30 kinds of problems. Counting is reading; the
rest is noise, adjustment and writing, while others wait.

    .venv/bin/python -m bench.release             # SQLite, in a temporary folder: minutes to plant
    .venv/bin/python -m bench.release --postgres  # the same on PostgreSQL, which it starts
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from bench.places import create_postgres_database, postgres
from portal.areas.models import Area
from portal.kernel.blobs import BlobStore
from portal.kernel.city import load_city
from portal.kernel.config import DEFAULT_CITY, Config
from portal.kernel.db import Database
from portal.kernel.instance import Instance, open_for
from portal.kernel.vault import Vault
from portal.satisfaction.rules import SubjectKind
from portal.satisfaction.rules.release import Bound, BoundBy
from portal.satisfaction.service.demo import PlannedRating, plant_ratings
from portal.satisfaction.service.ratings import Subject
from portal.satisfaction.service.release import FromAbove, draw_up, publish_release
from portal.site import schema

MONTH, NOW = "2026-10", datetime(2026, 11, 2, tzinfo=UTC)
ENDS = datetime(2026, 10, 20, tzinfo=UTC)
STREETS, COMMUNITIES, KINDS = 20, 10, 30
A_RESIDENT_RATES = 3
BATCH = 20_000
GOAL_SECONDS = 10


def opened(folder: Path, url: str) -> Database:
    """An empty, migrated database."""
    config = Config(
        instance=folder, database_url=url, secret_key="made-up-" * 6, blobs=str(folder / "blobs")
    )
    vault = Vault(config.secret_key)
    instance = Instance(config, load_city(DEFAULT_CITY), vault, BlobStore(config.blobs))
    database = open_for(instance)
    schema.upgrade(database)
    return database


def plant_places(session: Session) -> list[str]:
    """A city of 20 streets with 10 communities each; the communities' paths."""
    rows = [_place("370283", "city", "/370283/")]
    paths = []
    for street in range(STREETS):
        above = f"/370283/3702830{street:02d}/"
        rows.append(_place(above.split("/")[-2], "street", above))
        for number in range(COMMUNITIES):
            path = f"{above}3702830{street:02d}{number:03d}/"
            rows.append(_place(path.split("/")[-2], "community", path))
            paths.append(path)
    session.execute(insert(Area), rows)
    return paths


def _place(code: str, level: str, path: str) -> dict[str, object]:
    since = date(2020, 1, 1)
    return {"code": code, "level": level, "path": path, "name_zh_hans": code, "valid_from": since}


def planned(count: int, paths: list[str]) -> Iterator[PlannedRating]:
    """So many ratings of a third as many residents."""
    rng = Random(8)
    for number in range(count):
        subject = Subject(
            SubjectKind.CASE, UUID(int=number), "370283", 1, rng.choice(paths),
            f"kind{rng.randrange(KINDS)}", ENDS,
        )  # fmt: skip
        who = Bound(BoundBy.ACCOUNT, str(rng.randrange(count // A_RESIDENT_RATES)))
        level, at = rng.choice((1, 1, 2, 2, 3, 4, 5)), ENDS - timedelta(days=9)
        yield PlannedRating(subject, UUID(int=number), level < 4, level, level, at, who)


def plant(database: Database, count: int) -> list[str]:
    """Places and ratings, in batches."""
    with database.write() as session:
        paths = plant_places(session)
    plans = planned(count, paths)
    for _ in range(0, count, BATCH):
        part = [plan for plan, _ in zip(plans, range(BATCH), strict=False)]
        with database.write() as session:
            plant_ratings(session, part)
    return paths


def measure(database: Database, paths: list[str]) -> tuple[float, float, float]:
    """Seconds of counting and of publishing, and seconds of this process's own work in both."""
    kinds = [(f"kind{number}", {"zh_Hans": f"类{number}"}) for number in range(KINDS)]
    closed = {(path, kinds[at % KINDS][0]): 5000 for at, path in enumerate(paths)}
    begun, worked = time.perf_counter(), time.process_time()
    with database.read() as session:
        draft = draw_up(session, SubjectKind.CASE, MONTH, FromAbove(closed, kinds), now=NOW)
    counted = time.perf_counter()
    with database.write() as session:
        publish_release(session, draft, now=NOW)
    return counted - begun, time.perf_counter() - counted, time.process_time() - worked


def main() -> None:
    """Plant and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--postgres", action="store_true", help="PostgreSQL instead of SQLite")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gongzhi-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        url = f"sqlite:///{folder}/bench.db"
        if wanted.postgres:
            # its server is another user of the machine
            folder.chmod(0o755)
            url = create_postgres_database(stack.enter_context(postgres(folder / "pg")), "releases")
        database = opened(folder, url)
        paths = plant(database, wanted.count)
        counting, publishing, worked = measure(database, paths)
        database.dispose()
    whole = counting + publishing
    print(f"{wanted.count:,} ratings on {'PostgreSQL' if wanted.postgres else 'SQLite'}:")
    print(f"{counting:.1f} s of counting, {publishing:.1f} s of publishing, {worked:.1f} s of work")
    print(f"{whole:.1f} s; goal: {GOAL_SECONDS} s{'' if whole <= GOAL_SECONDS else ' NOT MET'}")


if __name__ == "__main__":
    main()

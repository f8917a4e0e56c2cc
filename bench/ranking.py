"""``python -m bench.ranking``: the ranking page at a million cases. Goal: 50 ms.

It reads frozen rows and counts nothing, so that there are no roll-ups of its own to keep: a month
is frozen from the kept counts of staff (``portal.reports``), which are recounted day by day and
have tests of that. The page is asked with no planted case, and again with a million that are
counted and frozen, in one process, without a server; beside it stands how long counting and
freezing took.
"""

import time
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from flask.testing import FlaskClient
from sqlalchemy import func, select

from bench.places import Place, create_postgres_database, postgres, prepare
from bench.plant import plant
from portal.assessment.models import FrozenRow
from portal.assessment.rules.sets import groups
from portal.assessment.service.freezing import freeze_period
from portal.kernel.clock import city_day, now
from portal.kernel.db import Database
from portal.reports.models import Case
from portal.reports.rules.figures import month_span, span_before
from portal.reports.service.counting import refresh_counts
from portal.satisfaction.queries.releases import newest_of
from portal.satisfaction.rules import SubjectKind
from portal.site.app import create_app

GOAL_MS: Final = 50
ASKED: Final = 40
MONTHS: Final = 12


def main() -> None:
    """A row for each group and engine."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--postgres", action="store_true", help="PostgreSQL instead of SQLite")
    wanted = parser.parse_args()
    with TemporaryDirectory(prefix="gongzhi-bench-") as name:
        folder = Path(name)
        if not wanted.postgres:
            _measure(Place("SQLite", folder, f"sqlite:///{folder}/bench.db"), wanted.cases)
            return
        # its server is another user of the machine
        folder.chmod(0o755)
        with postgres(folder / "postgres") as server:
            url = create_postgres_database(server, "ranking")
            _measure(Place("PostgreSQL", folder, url), wanted.cases)


def _measure(place: Place, cases: int) -> None:
    database, moment = prepare(place), now()
    months = _released(database, moment)
    before = next(months)
    _freeze(database, before, moment)
    client = create_app(database.info["instance"], database).test_client()
    few = _milliseconds(client, before)
    started = time.perf_counter()
    plant(database, cases, moment, (Case,))
    planted = time.perf_counter()
    days = refresh_counts(database, moment, everything=True)
    counted = time.perf_counter()
    after = next(months)
    _freeze(database, after, moment)
    frozen = time.perf_counter()
    many = _milliseconds(client, after)
    with database.read() as session:
        there = session.scalar(select(func.count()).select_from(Case))
        units = session.scalar(
            select(func.count()).select_from(FrozenRow).where(FrozenRow.slug == after)
        )
    print(
        f"{place.name}: {there:,} cases, planted in {planted - started:.0f} s; {days} days counted "
        f"in {counted - planted:.0f} s; {units} units frozen in {frozen - counted:.1f} s"
    )
    for group, taken in many.items():
        met = "yes" if taken <= GOAL_MS else "NO"
        print(f"| {group} | {taken:.1f} ms | ≤ {GOAL_MS} ms | {met} | {few[group]:.1f} ms before |")
    database.dispose()


def _released(database: Database, moment: datetime) -> Iterator[str]:
    """The months whose satisfaction is released, the newest first."""
    span = month_span(city_day(moment, database.info["instance"].city.zone))
    for _ in range(MONTHS):
        span = span_before(span)
        month = f"{span.first:%Y-%m}"
        with database.read() as session:
            if newest_of(session, SubjectKind.CASE, month):
                yield month


def _freeze(database: Database, month: str, moment: datetime) -> None:
    with database.write() as session:
        freeze_period(session, month, now=moment)


def _milliseconds(client: FlaskClient, month: str) -> dict[str, float]:
    """The median time of the page, by group."""
    found = {}
    for group in groups():
        path, taken = f"/assessment/{month}/?group={group}", []
        for _ in range(ASKED):
            started = time.perf_counter()
            if client.get(path).status_code != 200:
                raise RuntimeError(path)
            taken.append(1000 * (time.perf_counter() - started))
        found[group] = median(taken)
    return found


if __name__ == "__main__":
    main()

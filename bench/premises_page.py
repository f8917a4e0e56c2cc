"""``python -m bench.premises_page``: the page behind a plaque beside its template from fixed rows.

Both are asked in turn in one process, without a server: plaques by chance among a million doors, of
shops whose pages show everything: text, stars, list, reply, what was put right. Goals: three
queries, 40 KB compressed, half the speed of the template.
"""

import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final

from flask import Flask, render_template
from sqlalchemy import event

from bench.places import Place, create_postgres_database, postgres, prepare
from bench.premises_plant import plant_doors
from pledges.queries.shop_page import shop_by_code
from pledges.views.plaques import shop_page
from portal.accounts.access import public
from portal.kernel.city import load_city
from portal.kernel.clock import city_day, now
from portal.kernel.config import DEFAULT_CITY
from portal.kernel.db import Database
from portal.kernel.web import reading
from portal.site.app import create_app

ROUNDS, ASKED = 40, 10
MOST_QUERIES: Final = 3
MOST_KB: Final = 40.0
LEAST_RATIO: Final = 0.5


def main() -> None:
    """Three rows for each engine."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--doors", type=int, default=1_000_000)
    parser.add_argument("--postgres", action="store_true", help="PostgreSQL instead of SQLite")
    wanted = parser.parse_args()
    with TemporaryDirectory(prefix="gongzhi-bench-") as name:
        folder = Path(name)
        if not wanted.postgres:
            _measure(Place("SQLite", folder, f"sqlite:///{folder}/bench.db"), wanted.doors)
            return
        # its server is another user of the machine
        folder.chmod(0o755)
        with postgres(folder / "postgres") as server:
            url = create_postgres_database(server, "premises")
            _measure(Place("PostgreSQL", folder, url), wanted.doors)


def _measure(place: Place, doors: int) -> None:
    database = prepare(place)
    started = time.perf_counter()
    codes = plant_doors(database, doors, now())
    print(f"{doors:,} doors planted in {time.perf_counter() - started:.0f} s, {place.name}")
    app = create_app(database.info["instance"], database)
    _add_fixed(app, codes[0])
    paths = [f"/p/{code}" for code in Random(2).choices(codes, k=ROUNDS * ASKED)]
    # what is kept from page to page (notices of the place) is read once
    app.test_client().get(paths[0])
    with _queries(database) as seen:
        size = len(app.test_client().get(paths[0], headers={"Accept-Encoding": "gzip"}).data)
        _row("queries", len(seen), f"≤ {MOST_QUERIES}", met=len(seen) <= MOST_QUERIES)
    _row("KB, compressed", size / 1000, f"≤ {MOST_KB:.0f}", met=size / 1000 <= MOST_KB)
    real, fixed = _rates(app, paths)
    ratio = real / fixed
    _row(f"page ÷ template ({real:.0f} and {fixed:.0f} pages/s)", ratio, f"≥ {LEAST_RATIO}",
         met=ratio >= LEAST_RATIO)  # fmt: skip
    database.dispose()


def _row(what: str, figure: float, goal: str, *, met: bool) -> None:
    print(f"| {what} | {figure:.2f} | {goal} | {'yes' if met else 'NO'} |")


@contextmanager
def _queries(database: Database) -> Iterator[list[str]]:
    """The statements that are sent meanwhile; ``BEGIN`` is none."""
    seen: list[str] = []

    def noted(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    for engine in (database.reader, database.writer):
        event.listen(engine, "before_cursor_execute", noted)
    yield seen
    for engine in (database.reader, database.writer):
        event.remove(engine, "before_cursor_execute", noted)


def _add_fixed(app: Flask, code: str) -> None:
    """The same template from rows that were read once."""
    kept: dict[str, Any] = {}

    @public
    def fixed() -> str:
        if not kept:
            found = shop_by_code(reading(), code, city_day(now(), load_city(DEFAULT_CITY).zone))
            if found is None:
                raise LookupError(code)
            kept.update(shop_page(*found))
        return render_template("pledges/plaques/show.html", **kept)

    app.add_url_rule("/bench/shop", view_func=fixed)


def _rates(app: Flask, paths: list[str]) -> tuple[float, float]:
    """Pages a second of both, asked in turn: the median of the rounds."""
    client = app.test_client()
    found: tuple[list[float], list[float]] = ([], [])
    for at in range(ROUNDS):
        for asked, rates in zip(
            (paths[at * ASKED :][:ASKED], ["/bench/shop"] * ASKED), found, strict=True
        ):
            started = time.perf_counter()
            for path in asked:
                if client.get(path).status_code != 200:
                    raise RuntimeError(path)
            rates.append(ASKED / (time.perf_counter() - started))
    return median(found[0]), median(found[1])


if __name__ == "__main__":
    main()

"""``python -m bench``: prepares databases, measures, prints (and with --write keeps) a table."""

import argparse
import os
import platform
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path

from bench import measures
from bench.figures import month_figures
from bench.measures import Figure
from bench.places import Place, create_postgres_database, postgres, prepare, served
from bench.plant import plant
from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.site import schema

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"
SMALL = 1_000


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--large", type=int, default=100_000, help="reports in the large list")
    parser.add_argument("--rounds", type=int, default=7, help="turns of each throughput")
    parser.add_argument("--seconds", type=float, default=1.5, help="length of a turn")
    parser.add_argument("--samples", type=int, default=60, help="pages of each latency")
    parser.add_argument("--workers", type=int, default=1, help="server processes")
    parser.add_argument("--folder", type=Path, default=Path("/tmp/gongzhi-bench"),  # noqa: S108 a bench
                        help="where databases are kept for the next run")  # fmt: skip
    parser.add_argument("--postgres", help="address of a server to use instead of an own one")
    parser.add_argument("--sqlite-only", action="store_true", help="leave PostgreSQL out")
    parser.add_argument("--write", action="store_true", help="keep the table in README.md")
    return parser.parse_args()


def _say(words: str) -> None:
    print(f"[{time.strftime('%H:%M:%S')}] {words}", flush=True)


class Bench:
    """One run: its options, its places, its figures."""

    def __init__(self, options: argparse.Namespace, stack: ExitStack) -> None:
        self.options = options
        self.stack = stack
        self.figures: list[Figure] = []
        self.pages: dict[str, list[tuple[str, int, int]]] = {}
        self.server: str | None = None

    def engines(self) -> tuple[str, ...]:
        return ("SQLite",) if self.options.sqlite_only else ("SQLite", "PostgreSQL")

    def place(self, engine: str, count: int) -> Place:
        """An installation with so many reports; what an earlier run made is used again."""
        # what an earlier shape of the tables was planted in is of no use to this one
        name = f"{engine.lower()}_{count}_{schema.head()}"
        folder: Path = self.options.folder / name
        folder.mkdir(parents=True, exist_ok=True)
        url = f"sqlite:///{folder}/gongzhi.db"
        if engine == "PostgreSQL":
            url = create_postgres_database(self._server(), f"bench_{name}")
        place = Place(name, folder, url)
        done = folder / "planted"
        if not done.exists():
            start = time.monotonic()
            database = prepare(place)
            plant(database, count, now())
            database.dispose()
            done.touch()
            _say(f"{engine}: {count:,} reports planted in {time.monotonic() - start:.0f} s")
        return place

    def _server(self) -> str:
        if self.server is None:
            own = postgres(self.options.folder / "postgres")
            self.server = self.options.postgres or self.stack.enter_context(own)
        return self.server

    def add(self, *figures: Figure) -> None:
        for figure in figures:
            self.figures.append(figure)
            _say(_line(figure))

    def run(self) -> None:
        """Everything, in turn."""
        options = self.options
        small = {engine: self.place(engine, SMALL) for engine in self.engines()}
        large = {engine: self.place(engine, options.large) for engine in self.engines()}
        with ExitStack() as servers:
            ports = {
                engine: servers.enter_context(served(place, options.workers))
                for engine, place in small.items()
            }
            for engine, port in ports.items():
                turn = (options.rounds, options.seconds)
                self.add(measures.list_against_template(engine, port, *turn))
                found = measures.pages(port)
                self.pages[engine] = [(name, a.queries, len(a.body)) for name, a in found]
                self.add(*measures.list_limits(engine, found))
                with _opened(small[engine]) as database:
                    self.add(measures.filing(engine, database, port, options.samples))
            if len(ports) > 1:
                both = (ports["SQLite"], ports["PostgreSQL"])
                self.add(measures.list_on_engines(*both, options.rounds, options.seconds))
            for engine, place in large.items():
                self._large(engine, place, ports[engine])

    def _large(self, engine: str, place: Place, small_port: int) -> None:
        options = self.options
        with served(place, options.workers) as port, _opened(place) as database:
            self.add(measures.size(engine, small_port, port, options.large, options.rounds))
            sizes = (small_port, port, options.large, max(5, options.samples // 4))
            self.add(*measures.other_pages(engine, *sizes))
            self.add(*measures.depth(engine, database, port, options.samples))
            self.add(*month_figures(engine, database, options.samples))


@contextmanager
def _opened(place: Place) -> Iterator[Database]:
    database = place.open()
    try:
        yield database
    finally:
        database.dispose()


def _line(figure: Figure) -> str:
    value = f"{figure.value:.2f}" if figure.unit == "ratio" else f"{figure.value:.0f} {figure.unit}"
    return f"{figure.what}: {value} ({figure.context})" if figure.context else (
        f"{figure.what}: {value}"
    )  # fmt: skip


def table(figures: Sequence[Figure]) -> str:
    """The figures in Markdown."""
    lines = ["| what | figure | target | met | for context |", "|---|---:|---:|---|---|"]
    for figure in figures:
        digits = 2 if figure.unit == "ratio" else 0
        unit = "" if figure.unit == "ratio" else f" {figure.unit}"
        target = ""
        if figure.target is not None:
            target = f"{'≤' if figure.at_most else '≥'} {figure.target:g}{unit}"
        met = {True: "yes", False: "**no**", None: ""}[figure.good]
        value = f"{figure.value:.{digits}f}{unit}"
        lines.append(f"| {figure.what} | {value} | {target} | {met} | {figure.context} |")
    return "\n".join(lines)


def pages_table(found: dict[str, list[tuple[str, int, int]]]) -> str:
    """Queries and sizes of single pages in Markdown."""
    engines = list(found)
    lines = [
        f"| page | {' | '.join(f'queries, {engine}' for engine in engines)} | KB |",
        f"|---|{'---:|' * (len(engines) + 1)}",
    ]
    for rows in zip(*found.values(), strict=True):
        counts = " | ".join(str(queries) for _, queries, _ in rows)
        lines.append(f"| {rows[0][0]} | {counts} | {rows[0][2] / 1000:.0f} |")
    return "\n".join(lines)


def report(bench: Bench) -> str:
    """The result with the machine it was made on."""
    machine = (
        f"{date.today():%Y-%m-%d}, {os.cpu_count()} cores, {_system()}, "  # noqa: DTZ011 of this machine
        f"Python {platform.python_version()}, {bench.options.workers} server process(es), "
        f"large = {bench.options.large:,} reports."
    )
    return f"{machine}\n\n{table(bench.figures)}\n\n{pages_table(bench.pages)}"


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.platform()


def keep(text: str) -> None:
    """Put the result between the marks in README.md."""
    before, _, rest = README.read_text("utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    README.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", "utf-8")


def main() -> None:
    with ExitStack() as stack:
        bench = Bench(_options(), stack)
        bench.run()
        text = report(bench)
    print(f"\n{text}")
    if bench.options.write:
        keep(text)
    missed = [figure.what for figure in bench.figures if figure.good is False]
    if missed:
        print(f"\nshort of the target: {'; '.join(missed)}")


if __name__ == "__main__":
    main()

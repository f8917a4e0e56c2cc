"""A whole file: checked row by row first, then taken over in batches, each of them whole.

Nothing is half done: one bad row refuses the file, unless the rest is asked for. An import that is
stopped on its way is finished by importing the file again: what is there already is left alone.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from portal.kernel.db import Database
from portal.kernel.errors import Refused
from portal.kernel.sheets import Encoding, SheetRow, open_sheet, write_csv
from portal.kernel.words import say
from portal.reports.rules.exchange import ExchangeRefusal, Flaw, Order, Problem, shortened
from portal.reports.rules.layouts import Layout
from portal.reports.service.exchange.reading import Reader
from portal.reports.service.exchange.writing import Kinds, Taken, kinds_of, take_orders

BATCH = 250
# that many bad lines are listed; beyond, they are counted and stand in the file of bad rows
MOST_LISTED = 1000
Tick = Callable[[int], None]


@dataclass
class Checked:
    """What a look at a whole file found."""

    rows: int = 0
    bad: int = 0
    unanswered: int = 0
    flaws: list[Flaw] = field(default_factory=list)
    unread: tuple[str, ...] = ()
    # of the good rows: by these it is known which are here already
    numbers: set[str] = field(default_factory=set)

    @property
    def good(self) -> int:
        return self.rows - self.bad


@dataclass(frozen=True)
class Handed:
    """A file as it was handed in."""

    path: Path
    layout: Layout
    encoding: Encoding = Encoding.UTF8


def _nothing(_rows: int) -> None:
    """Nobody watches."""


def check_file(
    database: Database, file: Handed, *, now: datetime, tick: Tick = _nothing,
    bad_rows: Path | None = None,
) -> Checked:  # fmt: skip
    """Look at every row. Raises Refused or BadData for what is wrong with the file as a whole.

    ``bad_rows``: where to put the rows that cannot be taken over, with what is wrong.
    """
    checked = Checked()
    with database.read() as session:
        reader = Reader(session, file.layout, now)
        rows = _read(reader, file, checked, tick)
        if bad_rows is None:
            for _ in rows:
                pass
        else:
            _keep_bad(rows, bad_rows)
    return checked


def _read(
    reader: Reader, file: Handed, checked: Checked, tick: Tick
) -> Iterator[tuple[SheetRow, Order | list[Flaw]]]:
    """Every row with its order, or what is wrong; counts on the way."""
    sheet = open_sheet(file.path, file.encoding)
    checked.unread = reader.check_header(sheet.header)
    numbers = checked.numbers
    for row in sheet.rows:
        found = reader.read(row)
        if isinstance(found, Order):
            if found.number in numbers:
                number = shortened(found.number)
                found = [Flaw(row.line, Problem.TWICE, reader.number_column, number)]
            else:
                numbers.add(found.number)
                checked.unanswered += found.no_answer
        checked.rows += 1
        if isinstance(found, list):
            checked.bad += 1
            checked.flaws += found[: max(0, MOST_LISTED - len(checked.flaws))]
        tick(checked.rows)
        yield row, found


def _keep_bad(rows: Iterator[tuple[SheetRow, Order | list[Flaw]]], path: Path) -> None:
    """Write the rows that were refused, if there are any."""
    bad = ((row, found) for row, found in rows if isinstance(found, list))
    first = next(bad, None)
    if first is None:
        return
    header = [*first[0].cells, "line", "problem"]

    def lines() -> Iterator[list[object]]:
        for row, flaws in (first, *bad):
            why = "; ".join(f"{flaw.column}: {say(flaw.problem)}".lstrip(": ") for flaw in flaws)
            yield [*(row.cells.get(name, "") for name in header[:-2]), row.line, why]

    write_csv(path, header, lines())


def import_file(database: Database, file: Handed, *, now: datetime, tick: Tick = _nothing) -> Taken:
    """Take over the good rows of a file that was checked a moment ago."""
    taken = Taken()
    with database.read() as session:
        reader, kinds = Reader(session, file.layout, now), kinds_of(session, now)
        rows = _read(reader, file, Checked(), _nothing)
        orders = (found for _, found in rows if isinstance(found, Order))
        done = 0
        while batch := list(islice(orders, BATCH)):
            _take(database, batch, kinds, taken, now)
            done += len(batch)
            tick(done)
    return taken


def _take(
    database: Database, batch: list[Order], kinds: Kinds, taken: Taken, now: datetime
) -> None:
    with database.write() as session:
        found = take_orders(session, batch, kinds, now)
    taken.add(found)


def refuse_bad_rows(checked: Checked) -> None:
    """One bad row spoils the file, for whoever did not ask for the good ones alone."""
    if checked.bad:
        raise Refused(ExchangeRefusal.BAD_ROWS, facts={"bad": checked.bad, "rows": checked.rows})

"""``gongzhi reports``: work orders of hotlines and other city systems, in and out."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from portal.kernel import clock
from portal.kernel.sheets import Encoding
from portal.kernel.words import say
from portal.reports.rules.exchange import Flaw
from portal.reports.service.contract_lists import import_contracts
from portal.reports.service.counting import refresh_counts
from portal.reports.service.exchange.export import export_file
from portal.reports.service.exchange.files import (
    Checked,
    Handed,
    Tick,
    check_file,
    import_file,
    refuse_bad_rows,
)
from portal.reports.service.exchange.maps import find_map, shipped_maps
from portal.reports.service.exchange.writing import Taken
from portal.reports.service.webhooks import receivers, resume

EVERY = 500
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def reports() -> None:
    """Reports: take over and hand out work orders of other systems."""


def _map_help() -> str:
    return f"One of {', '.join(shipped_maps())}, one that staff saved, or an own file.toml."


@reports.command("import")
@click.argument("file", type=FILE)
@click.option("--map", "name", required=True, help=_map_help())
@click.option("--partial", is_flag=True, help="Take over the good rows; the bad go into a file.")
@click.option(
    "--encoding",
    type=click.Choice([encoding.value for encoding in Encoding]),
    default=Encoding.UTF8.value,
    show_default=True,
    help="How a CSV file is written.",
)
@click.pass_obj
def import_command(tools: Any, file: Path, name: str, partial: bool, encoding: str) -> None:
    """Take over the work orders of a CSV or XLSX FILE.

    One bad row refuses the whole file, each with its line and what is wrong. A file may be imported
    again: orders that are here are not made twice.

    Example: gongzhi reports import orders.csv --map 12319-tasks
    """
    now = clock.now()
    with tools.app.app_context():
        with tools.database.read() as session:
            layout = find_map(session, name, files=True)
        handed = Handed(file, layout, Encoding(encoding))
        bad_rows = file.with_name(f"{file.name}.bad.csv") if partial else None
        with _counter("checked") as tick:
            checked = check_file(tools.database, handed, now=now, tick=tick, bad_rows=bad_rows)
        _say_checked(checked)
        if not partial:
            refuse_bad_rows(checked)
        with _bar(checked.good) as tick:
            taken = import_file(tools.database, handed, now=now, tick=tick)
    _say_taken(taken)
    if checked.bad and bad_rows is not None:
        click.echo(f"{checked.bad} rows were not taken over: see {bad_rows}", err=True)


def _say_checked(checked: Checked) -> None:
    for flaw in checked.flaws:
        click.echo(_flaw_words(flaw), err=True)
    lines = len({flaw.line for flaw in checked.flaws})
    if checked.bad > lines:
        click.echo(f"… and {checked.bad - lines} more bad lines", err=True)
    if checked.unread:
        click.echo(f"Columns that are not read: {', '.join(checked.unread)}", err=True)


def _flaw_words(flaw: Flaw) -> str:
    where = f"line {flaw.line}" + (f", {flaw.column}" if flaw.column else "")
    return f"{where}: {say(flaw.problem)}" + (f" ({flaw.value!r})" if flaw.value else "")


def _say_taken(taken: Taken) -> None:
    click.echo(
        f"{taken.new} new cases, {taken.moved} moved on, {taken.same} as before, "
        f"{len(taken.differ)} differ and were left alone"
    )
    if taken.unanswered:
        click.echo(f"{taken.unanswered} have a reply that is no answer, and stay open")
    for line, number in taken.differ[:50]:
        click.echo(f"line {line}: {number} differs from what was imported", err=True)


@contextmanager
def _counter(words: str) -> Iterator[Tick]:
    """Rows as they go by, on a terminal."""
    shown = sys.stderr.isatty()

    def tick(rows: int) -> None:
        if shown and rows % EVERY == 0:
            click.echo(f"\r{rows} rows {words}", nl=False, err=True)

    yield tick
    if shown:
        click.echo("", err=True)


@contextmanager
def _bar(rows: int) -> Iterator[Tick]:
    """How far it is, on a terminal."""
    with click.progressbar(length=rows, label="Importing", file=sys.stderr) as bar:
        done = 0

        def tick(at: int) -> None:
            nonlocal done
            bar.update(at - done)
            done = at

        yield tick


@reports.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--since", required=True, type=click.DateTime(["%Y-%m-%d"]), help="First day.")
@click.option("--map", "name", default="12319-tasks", show_default=True, help=_map_help())
@click.option("--format", "kind", type=click.Choice(["csv", "xlsx"]), help="Default: by the name.")
@click.pass_obj
def export_command(tools: Any, file: Path, since: datetime, name: str, kind: str | None) -> None:
    """Write the work orders found since a day to FILE, in the shape of a map.

    Telephone and identity numbers are blotted out of words; who reported is never written.

    Example: gongzhi reports export --since 2026-11-01 --map 12319-tasks orders.xlsx
    """
    if kind and file.suffix.lower() != f".{kind}":
        file = file.with_name(f"{file.name}.{kind}")
    start = since.replace(tzinfo=tools.instance.city.zone)
    half = file.with_name(f".{file.stem}.half{file.suffix}")
    with tools.app.app_context():
        try:
            with tools.database.read() as session:
                layout = find_map(session, name, files=True)
                count = export_file(session, half, layout, since=start, now=clock.now())
            # whoever watches the folder never sees half a file
            half.replace(file)
        finally:
            half.unlink(missing_ok=True)
    click.echo(f"{count} work orders written to {file}")


@reports.command("count")
@click.option("--everything", is_flag=True, help="Make all counts again, also of unchanged days.")
@click.pass_obj
def count_command(tools: Any, everything: bool) -> None:
    """Bring the counts behind the figures of staff up to date, as a job does every 15 minutes.

    Example: gongzhi reports count --everything
    """
    with tools.app.app_context(), _counter("days") as tick:
        days = refresh_counts(tools.database, clock.now(), everything=everything, tick=tick)
    click.echo(f"{days} days counted")


@reports.command("webhooks")
@click.option("--resume", "name", help="Tell a receiver again that was stopped.")
@click.pass_obj
def webhooks_command(tools: Any, name: str | None) -> None:
    """List the receivers of calls, and how their last calls ended.

    A receiver that failed ten times in a row is told nothing until it is resumed.

    Example: gongzhi reports webhooks --resume street-group
    """
    if name is not None:
        with tools.database.write() as session:
            resume(session, name)
    with tools.database.read() as session:
        rows = receivers(session)
    for row in rows:
        state = "stopped" if row.stopped else f"{row.failures} failures in a row"
        last = f", last: {row.error}" if row.error else ""
        click.echo(f"{row.name:32} {row.host:32} {state}{last}")
    if not rows:
        click.echo("No receivers are configured (GONGZHI_WEBHOOKS).")


@reports.command("contracts")
@click.argument("file", type=FILE)
@click.pass_obj
def contracts_command(tools: Any, file: Path) -> None:
    """Take over the service contracts of a CSV or XLSX FILE, or the last day of known ones.

    One bad row refuses the whole file, each with its line and what is wrong. Cases that were
    reported within the term of a new contract are linked to it.

    Example: gongzhi reports contracts contracts-2027.csv
    """
    with tools.app.app_context(), tools.database.write() as session:
        taken = import_contracts(session, file.read_bytes(), file.name, now=clock.now())
    click.echo(f"{taken.added} new contracts, {taken.ended} ended, {taken.linked} cases linked")

"""`gongzhi areas`: lists and outlines in, flaws out."""

from datetime import date
from pathlib import Path

import click

from portal.areas.queries import count_by_level, find_flaws
from portal.areas.service import import_outlines, import_places, import_sites
from portal.kernel import clock
from portal.kernel.db import Database
from portal.kernel.geo import System
from portal.kernel.instance import Instance

CSV = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def areas() -> None:
    """Places: import lists and outlines, look for gaps and overlaps."""


def _obj() -> tuple[Database, Instance]:
    found = click.get_current_context().find_root().obj
    return found.database, found.instance


def _day(_context: click.Context, _option: click.Parameter, text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise click.BadParameter("a day like 2026-07-01") from error


@areas.command("import")
@click.argument("file", type=CSV)
@click.option("--boundaries", type=CSV, help="Outlines: a GeoJSON FeatureCollection.")
@click.option(
    "--system",
    type=click.Choice([system.value for system in System]),
    default=System.WGS84.value,
    help="How the outlines' coordinates are meant.",
)
@click.option("--since", callback=_day, help="First day of new places. Default: today.")
@click.option("--close-missing", callback=_day, help="End what the list no longer has, on a day.")
def import_command(
    file: Path, boundaries: Path | None, system: str, since: date | None, close_missing: date | None
) -> None:
    """Bring a list of places into the tree: columns level, code, name, parent_code.

    Rows of cities whose roots the city file does not name are counted and left out. A wrong row is
    reported by its line, and nothing is imported then.

    Example: gongzhi areas import divisions.csv --boundaries districts.geojson
    """
    database, instance = _obj()
    city = instance.city
    since = since or clock.city_day(clock.now(), city.zone)
    with database.write() as session:
        report = import_places(
            session, file.read_bytes(), file.name, city=city, since=since, close_on=close_missing
        )
        click.echo(
            f"{report.added} added, {report.changed} changed, {report.unchanged} as before, "
            f"{report.closed} ended, {report.foreign} rows of other cities left out"
        )
        if boundaries:
            outlines = import_outlines(
                session, boundaries.read_bytes(), boundaries.name, city=city, system=System(system)
            )
            click.echo(f"{outlines.changed} outlines, {outlines.foreign} of other cities left out")


@areas.command("sites")
@click.argument("file", type=CSV)
def sites_command(file: Path) -> None:
    """Bring a list of building sites into the grids: columns code, place, name, builder,
    valid_from; optional permit, measures, lon, lat (WGS-84), valid_to.

    A code that is there already is changed. A wrong row is reported by its line, and nothing is
    imported then.

    Example: gongzhi areas sites construction-sites.csv
    """
    database, instance = _obj()
    with database.write() as session:
        report = import_sites(
            session, file.read_bytes(), file.name, city=instance.city, now=clock.now()
        )
    click.echo(
        f"{report.added} added, {report.changed} changed, "
        f"{report.foreign} rows of other cities left out"
    )


@areas.command("check")
def check_command() -> None:
    """Report gaps, overlaps and broken outlines; exit code 1 when there are any.

    Example: gongzhi areas check
    """
    database, _ = _obj()
    with database.read() as session:
        counts = count_by_level(session, "/")
        flaws = find_flaws(session)
    click.echo(", ".join(f"{level} {count}" for level, count in sorted(counts.items())))
    for flaw in flaws:
        other = f" and {flaw.other}" if flaw.other else ""
        click.echo(f"{flaw.kind.value}: {flaw.code}{other}, {flaw.square_metres} m²", err=True)
    if flaws:
        raise click.ClickException(f"{len(flaws)} flaws in outlines")
    click.echo("no gaps or overlaps")

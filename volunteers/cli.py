"""``gongzhi volunteers``: certified time to and from the volunteer cloud, by file."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from portal.kernel import clock
from portal.kernel.words import say
from volunteers.service.cloud import export_cloud, import_cloud

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, path_type=Path)
DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def volunteers() -> None:
    """Voluntary service: files for the volunteer cloud (志愿云)."""


@volunteers.command("cloud-export")
@click.argument("file", type=NEW_FILE)
@click.option("--since", type=DAY, required=True, help="The first day of service.")
@click.option("--until", type=DAY, required=True, help="The last day of service.")
@click.pass_obj
def export_command(tools: Any, file: Path, since: datetime, until: datetime) -> None:
    """Write certified time to FILE (CSV or XLSX, by its name).

    Only of people who gave their number in the cloud; no name stands in it.

    Example: gongzhi volunteers cloud-export hours.csv --since 2026-10-01 --until 2026-10-31
    """
    count = export_cloud(tools.database, file, since.date(), until.date(), clock.now())
    click.echo(f"Wrote {count} services to {file}.")


@volunteers.command("cloud-import")
@click.argument("file", type=FILE)
@click.option("--partial", is_flag=True, help="Leave bad rows out, and take over the rest.")
@click.pass_obj
def import_command(tools: Any, file: Path, partial: bool) -> None:
    """Take over services of the cloud from FILE, CSV or XLSX.

    Columns: cloud_id, record_id, title, starts_at, ends_at, minutes. One bad row refuses the whole
    file, each with its line. A file may be imported again: nothing is counted twice.

    Example: gongzhi volunteers cloud-import cloud.csv
    """
    with tools.app.app_context():
        report = import_cloud(tools.database, file, partial=partial, now=clock.now())
        for clash in report.clashes:
            click.echo(f"line {clash.line}: {say(clash.problem)}", err=True)
    left_out = len(report.refused)
    click.echo(f"{report.taken} services taken over, {report.known} known, {left_out} left out.")

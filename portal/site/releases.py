"""``gongzhi satisfaction``: releasing a month, once."""

from typing import Any

import click

from portal.kernel import clock
from portal.reports.jobs import release_month
from portal.satisfaction.queries.releases import budget_left
from portal.satisfaction.rules import SubjectKind
from portal.satisfaction.rules.release import YEAR_MILLI, year_of
from portal.satisfaction.service.storing import copy_again, lost_copies


@click.group()
def satisfaction() -> None:
    """Satisfaction: anonymised releases."""


@satisfaction.command()
@click.argument("period")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in SubjectKind]),
    default=SubjectKind.CASE.value,
    show_default=True,
    help="What was rated.",
)
@click.option("--correct", "reason", help="Release it again, and why; it costs a month's budget.")
@click.pass_obj
def release(tools: Any, period: str, kind: str, reason: str | None) -> None:
    """Draw the noise for a PERIOD (a month that is over), store, seal and publish the figures.

    A second call changes nothing: a month is released once. Two months of a year can be corrected.

    Example: gongzhi satisfaction release 2026-10
    """
    with tools.app.app_context():
        slug = release_month(
            tools.database, SubjectKind(kind), period, now=clock.now(), reason=reason
        )
    if slug is None:
        click.echo(f"{period} is released already; nothing was changed.")
    else:
        with tools.database.read() as session:
            left = budget_left(session, SubjectKind(kind), year_of(period)) / 1000
        click.echo(f"{tools.config.origin}/data/satisfaction/{slug}/")
        click.echo(f"Left of this year's budget: {left:g} of {YEAR_MILLI / 1000:g}")


@satisfaction.command()
@click.option("--nothing-newer", is_flag=True, help="You have looked: write the copies again.")
@click.pass_obj
def copies(tools: Any, *, nothing_newer: bool) -> None:
    """Name the releases whose copies are not in this instance's folder.

    While there are any, nothing is released: the folder would tell what was published after the
    backup that was restored. Put the folder back. Where it is lost, look who holds files of later
    months; only if nobody does, use --nothing-newer.

    Example: gongzhi satisfaction copies
    """
    with tools.database.read() as session:
        lost = lost_copies(session)
        if nothing_newer:
            for slug in lost:
                copy_again(session, slug)
    for slug in lost:
        click.echo(f"{slug}: {'copied again' if nothing_newer else 'no copy'}")
    if lost and not nothing_newer:
        raise SystemExit(1)

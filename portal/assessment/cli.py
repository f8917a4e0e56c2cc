"""``gongzhi assessment``: freezing a period."""

from typing import Any

import click

from portal.assessment.service.freezing import freeze_period
from portal.kernel import clock


@click.group()
def assessment() -> None:
    """Assessment: periods that are frozen and can be recomputed."""


@assessment.command()
@click.argument("period")
@click.pass_obj
def freeze(tools: Any, period: str) -> None:
    """Freeze a PERIOD that is over (2026-10, 2026-Q4 or 2026): inputs, ranks and their hashes.

    A second call changes nothing. When objections were upheld since, it freezes the next version;
    the earlier one stays. A quarter needs its three months, a year its four quarters.

    Example: gongzhi assessment freeze 2026-10
    """
    with tools.app.app_context(), tools.database.write() as session:
        found = freeze_period(session, period, now=clock.now())
    if not found.made:
        click.echo(f"{period} is frozen already; nothing was changed.")
    click.echo(f"{tools.config.origin}/assessment/{found.slug}/")

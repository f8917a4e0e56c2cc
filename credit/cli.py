"""``gongzhi ledger``: the points ledger, for whoever runs it and whoever audits it."""

from typing import Any

import click
from sqlalchemy.orm import Session

from credit.service.plain_accounts import beancount_lines


@click.group()
def ledger() -> None:
    """The points ledger.

    Example: gongzhi ledger export --beancount ledger.beancount
    """


@ledger.command("export")
@click.option("--beancount", "to", required=True, type=click.Path(allow_dash=True))
@click.pass_obj
def export_command(tools: Any, to: str) -> None:
    """Write the ledger as plain-text accounting, which `bean-check` checks; - writes it out.

    Accounts are opaque ids: nothing in the file names anybody. An amount on hold is pending (!).

    Example: gongzhi ledger export --beancount ledger.beancount && bean-check ledger.beancount
    """
    with (
        click.open_file(to, "x", encoding="utf-8") as file,
        tools.database.snapshot() as moment,
        Session(moment) as session,
    ):
        count = 0
        for line in beancount_lines(session, tools.instance):
            file.write(f"{line}\n")
            count += 1
    if to != "-":
        click.echo(f"{to}: {count} lines.")

"""``gongzhi demo``: loads the demo and says how to try it."""

from typing import Any

import click

from portal.accounts.queries import demo_exists
from portal.areas.queries import root_areas
from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.site.demo.articles import plant_articles
from portal.site.demo.benefits import plant_benefits
from portal.site.demo.conventions import plant_conventions
from portal.site.demo.deductions import plant_deductions
from portal.site.demo.exposures import plant_exposures
from portal.site.demo.figures import plant_figures
from portal.site.demo.ledger import plant_ledger
from portal.site.demo.load import Pictures, draw_pictures, load_demo
from portal.site.demo.meetings import plant_meetings
from portal.site.demo.people import PASSWORD, demo_accounts
from portal.site.demo.serving import plant_service
from portal.site.demo.surveys import plant_surveys

LINKS = ("/", "/reports/new", "/reports/", "/data/", "/desk/", "/credit/", "/conventions/",
         "/assessment/")  # fmt: skip


@click.command()
@click.pass_obj
def demo(tools: Any) -> None:
    """Fill an empty city with made-up people and a season of life. Loopback only.

    \b
    Example:
      gongzhi city init && gongzhi demo && gongzhi serve
    """
    database = tools.database
    with database.read() as session:
        empty = not demo_exists(session)
        if not root_areas(session):
            raise click.ClickException("The city's places are not loaded: run `gongzhi city init`.")
    if empty:
        plant_everything(database, draw_pictures())
    click.echo("Demo accounts (on this machine only), password " + PASSWORD)
    for account in demo_accounts():
        click.echo(f"  {account.phone}  {account.role:20} {account.name}")
    click.echo("Try:")
    for link in LINKS:
        click.echo(f"  {tools.config.origin}{link}")


def plant_everything(database: Database, pictures: Pictures, **size: int) -> None:
    """All that the demo shows. ``size``: how many ``residents`` and ``cases``, if not as many as
    a demo has."""
    with database.write() as session:
        load_demo(session, pictures, now=now(), **size)
    plant_service(database, now())
    plant_conventions(database, now())
    plant_meetings(database, now())
    plant_surveys(database, now())
    plant_exposures(database, pictures, now())
    plant_deductions(database, pictures, now())
    plant_benefits(database, now())
    plant_articles(database, now())
    plant_figures(database, now())
    plant_ledger(database, now)

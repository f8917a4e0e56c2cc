"""The house's own commands: serve, db, jobs, city."""

import multiprocessing
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import click
from granian import Granian
from granian.constants import Interfaces

from portal.accounts.queries import demo_exists
from portal.areas.queries import root_areas
from portal.kernel import in_use
from portal.kernel import jobs as kernel_jobs
from portal.kernel.carried import carried_keys
from portal.kernel.city import City, load_city
from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.kernel.instance import Instance, instance_of, open_for
from portal.kernel.logs import configure_logging
from portal.reports.queries.coverage import communities_without_lead
from portal.reports.queries.kind_flaws import find_kind_flaws
from portal.reports.queries.zones import city_zones
from portal.reports.service.routing_check import ListFlaws, list_flaws
from portal.reports.service.search import BATCH
from portal.site import packages, reindex, schema
from portal.site.waiting import THREADS

# so many places are named before the rest is counted
SHOWN = 8


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", type=click.IntRange(1, 256), help="Processes; default: one per core.")
@click.option("--jobs/--no-jobs", "with_jobs", default=True, help="Also run the recurring work.")
@click.pass_obj
def serve(tools: Any, host: str, port: int, workers: int | None, with_jobs: bool) -> None:
    """Serve the portal.

    \b
    Example:
      gongzhi serve --host 127.0.0.1 --port 9000 --workers 2
    """
    if _is_loopback(host):
        # links in messages must name the port that is really served
        os.environ.setdefault("GONGZHI_ORIGIN", f"http://{_in_url(host)}:{port}")
    _share(tools)
    _refuse_to_serve(tools, host)
    configure_logging()
    # forked workers would inherit the jobs thread's locks and connections
    multiprocessing.set_start_method("spawn", force=True)

    def around() -> Any:
        # only the jobs need an application here, and put it together while the workers start
        return tools.app.app_context()

    runner = kernel_jobs.Runner(tools.database, now, around)
    if with_jobs:
        runner.start()
    click.echo(f"Gongzhi serves {tools.config.origin} (stop with Ctrl+C)", err=True)
    server = Granian(
        "portal.site.wsgi:build",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        websockets=False,
        workers=workers or os.cpu_count() or 1,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=30,
        log_dictconfig=_granian_logs(),
    )
    server.serve()
    runner.stop()


def _granian_logs() -> dict[str, Any]:
    """Granian's own lines go through our filter like everyone's."""
    loggers = {
        name: {"handlers": [], "level": "INFO", "propagate": True}
        for name in ("_granian", "granian.access")
    }
    return {"version": 1, "disable_existing_loggers": False, "loggers": loggers}


def _share(tools: Any) -> None:
    """Until the command ends nobody changes keys or puts a backup back."""
    shares = click.get_current_context().with_resource(in_use.sharing(tools.config.instance))
    if not shares:
        raise click.ClickException("Keys are being changed, or a backup is being put back.")


def _refuse_to_serve(tools: Any, host: str) -> None:
    if schema.revision(tools.database) != schema.head():
        raise click.ClickException("The database is not up to date: run `gongzhi db upgrade`.")
    with tools.database.read() as session:
        carried_keys(session, instance_of(session).vault)  # raises WrongKey
        if not _is_loopback(host) and demo_exists(session):
            raise click.ClickException(
                f"Demo accounts exist, and everyone knows them: they may not be served on {host}. "
                "Use 127.0.0.1, or start a clean installation."
            )
        if reindex.stale(session):
            raise click.ClickException("The search is not up to date: run `gongzhi db upgrade`.")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


@click.group()
def db() -> None:
    """The database's shape.

    \b
    Example:
      gongzhi db upgrade
    """


@db.command("upgrade")
@click.pass_obj
def db_upgrade(tools: Any) -> None:
    """Bring the database to the newest migration.

    \b
    Example:
      gongzhi db upgrade
    """
    before = schema.revision(tools.database)
    schema.upgrade(tools.database)
    reindex.bring_up(tools.database, _say_batch)
    after = schema.revision(tools.database)
    words = "is up to date" if before == after else "was upgraded"
    click.echo(f"The database {words} ({after}).")


def _say_batch(name: str, batch: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\rSearch of {name}: {batch * BATCH} made anew", nl=False, err=True)


@db.command("check")
@click.pass_obj
def db_check(tools: Any) -> None:
    """Say whether the database is what this version expects.

    \b
    Example:
      gongzhi db check
    """
    if schema.revision(tools.database) != schema.head():
        raise click.ClickException("The database is not up to date: run `gongzhi db upgrade`.")
    found = schema.differences(tools.database)
    if found:
        raise click.ClickException(f"The database differs from the models: {'; '.join(found)}")
    with tools.database.read() as session:
        if reindex.stale(session):
            raise click.ClickException("The search is not up to date: run `gongzhi db upgrade`.")
    click.echo(f"The database is as expected ({schema.head()}).")


@click.group()
def jobs() -> None:
    """The recurring work.

    \b
    Example:
      gongzhi jobs run
    """


@jobs.command("run")
@click.argument("name", required=False)
@click.option("--once", is_flag=True, help="Run what is due and end.")
@click.pass_obj
def jobs_run(tools: Any, name: str | None, once: bool) -> None:
    """Run due work until stopped, or one job by NAME at once.

    \b
    Example:
      gongzhi jobs run
      gongzhi jobs run site.deliver_messages
    """
    app = tools.app
    known = [job.name for job in kernel_jobs.registered()]
    if name is not None and name not in known:
        raise click.ClickException(f"There is no job {name}; there are {', '.join(known)}.")
    if name is None and not once:
        _share(tools)
        configure_logging()
        kernel_jobs.Runner(tools.database, now, app.app_context).run()
        return
    with app.app_context():
        ran = kernel_jobs.run_due(tools.database, now, only=name)
    if name is not None and not ran:
        raise click.ClickException(f"{name} is being run by another process.")
    click.echo(f"Run: {', '.join(ran) or 'nothing was due'}.")
    _say_failures(tools, ran)


def _say_failures(tools: Any, ran: list[str]) -> None:
    with tools.database.read() as session:
        rows = kernel_jobs.job_rows(session)
    failed = [f"{row.name} ({row.error})" for row in rows if row.name in ran and not row.ok]
    if failed:
        raise click.ClickException(f"Failed: {'; '.join(failed)}.")


@jobs.command("list")
@click.pass_obj
def jobs_list(tools: Any) -> None:
    """List the jobs, when each last ran and how it ended.

    \b
    Example:
      gongzhi jobs list
    """
    with tools.database.read() as session:
        rows = kernel_jobs.job_rows(session)
    zone = tools.instance.city.zone
    for row in rows:
        last = row.started_at.astimezone(zone).isoformat(" ", "seconds") if row.started_at else "-"
        end = "never run" if row.ok is None else "ok" if row.ok else f"failed: {row.error}"
        click.echo(f"{row.name:32} {last:26} {end}")


@click.group()
def city() -> None:
    """The city: its places, units and rules as data.

    \b
    Example:
      gongzhi city init
    """


@contextmanager
def _opened(instance: Instance) -> Iterator[Database]:
    database = open_for(instance)
    try:
        yield database
    finally:
        database.dispose()


@city.command("init")
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.pass_obj
def city_init(tools: Any, file: Path | None) -> None:
    """Load a city's places and units; what is there already stays.

    Without FILE: the city of GONGZHI_CITY, or the one that is shipped.

    \b
    Example:
      gongzhi city init /etc/gongzhi/xining.toml
    """
    instance: Instance = tools.instance
    if file is not None:
        config = replace(tools.config, city=file.resolve())
        instance = replace(instance, config=config, city=load_city(config.city))
    with _opened(instance) as database:
        if schema.revision(database) != schema.head():
            raise click.ClickException("The database is not up to date: run `gongzhi db upgrade`.")
        with database.write() as session:
            lines = list(packages.load_city_data(session, instance.city, now()))
    for line in lines:
        click.echo(line)
    if instance.config.city != tools.config.city:
        click.echo(f"Serve it with GONGZHI_CITY={instance.config.city}")


@city.command("check")
@click.option("--strict", is_flag=True, help="Fail when something is found.")
@click.pass_obj
def city_check(tools: Any, strict: bool) -> None:
    """Check places, tables of kinds and zones, grid leads, and who is responsible for what.

    Names the communities without a grid lead, the kinds of matter for which nobody is named and
    where, rows of the list that contradict each other, and rows that name nobody.

    \b
    Example:
      gongzhi city check --strict
    """
    found = tools.instance.city
    with tools.database.read() as session:
        present = {area.code for area in root_areas(session)}
        missing = [code for code in found.roots if code not in present]
        alone = [] if missing else communities_without_lead(session, now())
        flaws = ListFlaws() if missing else list_flaws(session, now())
    if missing:
        raise click.ClickException(
            f"The places of {', '.join(missing)} are not loaded: run `gongzhi city init`."
        )
    click.echo(f"{found.names['zh_Hans']}: {len(found.levels)} levels, all places loaded.")
    _check_kinds(found)
    sentences = list(_flaws_in_words(flaws))
    if alone:
        first = ", ".join(f"{area.code} {area.names['zh_Hans']}" for area in alone[:5])
        sentences.append(f"{len(alone)} communities have no grid lead: {first} …")
    for sentence in sentences:
        click.echo(sentence, err=True)
    if strict and (alone or flaws):
        raise click.ClickException(f"{len(sentences)} things are wrong with the city's data.")


def _flaws_in_words(flaws: ListFlaws) -> Iterator[str]:
    """What is wrong with the list of who is responsible, by name."""
    if flaws.empty:
        yield "No list of responsibilities: every matter goes to the next in line."
    for gap in flaws.gaps:
        first = ", ".join(f"{area.code} {area.names['zh_Hans']}" for area in gap.places[:SHOWN])
        more = f" and {len(gap.places) - SHOWN} more" if len(gap.places) > SHOWN else ""
        yield f"Nobody is named for {gap.kind.code} {gap.kind.names['zh_Hans']} in {first}{more}."
    for one, other in flaws.conflicts:
        both = f"{one.source} / {other.source}"
        yield f"Rows {one.code} and {other.code} are equally specific: {both}."
    for row, receiver in flaws.nobody:
        yield f"Row {row.code} names {receiver}, which serves none of its places: {row.source}."


def _check_kinds(city: City) -> None:
    """Names, codes, questions, seasons and words of emergencies; and the city's zones (BadData)."""
    flaws = find_kind_flaws()
    for flaw in flaws:
        click.echo(flaw, err=True)
    if flaws:
        raise click.ClickException(f"{len(flaws)} flaws in the tables of kinds.")
    zones = len(city_zones(city))
    click.echo(f"The tables of kinds fit together; {zones} zones with rules.")

"""``gongzhi satisfaction``: releasing a month, once."""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any
from zipfile import Path as ZipPath
from zipfile import is_zipfile

import click

from portal.kernel import clock
from portal.kernel.errors import Refused
from portal.reports.jobs import adopt_release, release_month
from portal.satisfaction.queries.releases import budget_left
from portal.satisfaction.queries.releases import release as release_of
from portal.satisfaction.rules import SubjectKind
from portal.satisfaction.rules.files import FILES, MEASUREMENTS, digest_of
from portal.satisfaction.rules.release import YEAR_MILLI, ReleaseRefusal, year_of
from portal.satisfaction.service.storing import (
    FOLDER,
    copy_again,
    damaged_copies,
    lost_copies,
    nobody_looked,
    note_looked,
)


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
    """Name the releases whose copies are not in this instance's folder, or are damaged.

    While copies are missing, nothing is released: the folder would tell what was published after
    the backup that was restored. Put the folder back. Where it is lost, look who holds files of
    later months, and take them in with "adopt"; only if nobody does, use --nothing-newer. It also
    ends the wait after a restore that found no release at all.

    Example: gongzhi satisfaction copies
    """
    with tools.database.read() as session:
        unseen = nobody_looked(session)
        lost, damaged = lost_copies(session), damaged_copies(session)
        # what the database knows can be written again; the rest would be drawn anew
        again = [slug for slug in (*lost, *damaged) if release_of(session, slug) is not None]
        if nothing_newer:
            note_looked(session)
            for slug in again:
                copy_again(session, slug)
    if unseen and not nothing_newer:
        click.echo("restored: nobody has looked yet whether a month was published since")
    for slug in (*lost, *damaged):
        done = nothing_newer and slug in again
        click.echo(f"{slug}: {'copied again' if done else _what(slug, damaged)}")
    if set(damaged) - set(again) or ((unseen or lost or damaged) and not nothing_newer):
        raise SystemExit(1)


def _what(slug: str, damaged: Collection[str]) -> str:
    return f"the copy {FOLDER}/{slug}.json is damaged" if slug in damaged else "no copy"


@satisfaction.command()
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="PATH…"
)
@click.option("--reason", help="What a correction says of itself on its page.")
@click.pass_obj
def adopt(tools: Any, paths: tuple[Path, ...], reason: str | None) -> None:
    """Take in releases that were published and that nobody here knows any more.

    Each PATH is a folder with the four files of a release as they were downloaded, or holds such
    folders, or is a ZIP file of them. They become the release, byte for byte: the month is paid and
    never drawn anew. Compare the printed hash with what others hold.

    Example: gongzhi satisfaction adopt /mnt/elsewhere/2026-10
    """
    for path in paths:
        for files in _releases_in(path):
            slug = adopt_release(tools.database, files, now=clock.now(), reason=reason)
            what = "known already; nothing was changed" if slug is None else f"{slug}: taken in"
            click.echo(f"{what}; metadata.json {digest_of(files).hex()}")


def _releases_in(path: Path) -> Iterator[dict[str, str]]:
    """The files of each release in a folder or an archive, the oldest first."""
    folder = ZipPath(path) if path.is_file() and is_zipfile(path) else path
    found = sorted(_folders(folder), key=str)
    if not found:
        raise Refused(ReleaseRefusal.NOT_WHOLE, facts={"file": MEASUREMENTS})
    for one in found:
        yield {name: (one / name).read_bytes().decode("utf-8", "replace") for name in FILES
               if (one / name).is_file()}  # fmt: skip


def _folders(folder: Path | ZipPath) -> Iterator[Path | ZipPath]:
    """A folder and those in it that hold measurements."""
    if not folder.is_dir():
        return
    if (folder / MEASUREMENTS).is_file():
        yield folder
    for below in folder.iterdir():
        yield from _folders(below)

"""Commands that keep an installation: backup, restore, keys."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import click

from portal.accounts.service import parse_erasures
from portal.kernel import in_use
from portal.kernel.archive import Damaged
from portal.kernel.clock import now
from portal.kernel.config import Config
from portal.kernel.rotation import CannotOpen
from portal.site.backup import write_backup
from portal.site.restore import (
    CannotRestore,
    Restored,
    check_archive,
    knows_erasures,
    restore_backup,
)
from portal.site.rotate import rotate_log, rotate_secret
from portal.site.unfinished import RESTORE, refuse_unfinished

FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)


def _say(words: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r\033[K{words}", nl=False, err=True)


@contextmanager
def _in_words() -> Iterator[None]:
    """What is wrong with an archive or a key, in one sentence."""
    try:
        yield
    except Damaged as error:
        raise click.ClickException(f"The backup is damaged: {error}.") from error
    except (CannotRestore, CannotOpen) as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def _alone(config: Config) -> Iterator[None]:
    """While nothing else works in the installation on this machine."""
    with in_use.alone(config.instance) as is_alone:
        if not is_alone:
            raise click.ClickException("The portal is running here: stop it first.")
        yield


@click.command()
@click.argument("to", type=click.Path(path_type=Path))
@click.pass_obj
def backup(tools: Any, to: Path) -> None:
    """Write everything but the keys into the file TO, while the portal runs.

    Tables, photos, the public log and the list of erasures. It never holds SECRET_KEY or the
    private key of the log: keep those elsewhere.

    \b
    Example:
      gongzhi backup /srv/backup/2026-11-30.tar
    """
    written = write_backup(tools.database, tools.instance, to, now=now(), say=_say)
    click.echo(f"{to}: {written.rows} rows, {written.photos} photos.")
    if written.silenced:
        click.echo(f"What {written.silenced} waiting messages say is not in it.")


@click.command()
@click.argument("source", metavar="FROM", type=FILE)
@click.option("--erasures", type=FILE, help="A list of erasures that was kept elsewhere.")
@click.option("--no-erasures", is_flag=True, help="Nobody was erased since the backup.")
@click.option("--check", is_flag=True, help="Only read the backup from end to end.")
@click.pass_obj
def restore(
    tools: Any, source: Path, erasures: Path | None, no_erasures: bool, check: bool
) -> None:
    """Put the backup FROM into an empty database of either engine.

    Whoever was erased since is erased again, before anybody looks: by the list in the instance
    folder (erasures.txt), or by the one that --erasures names.

    \b
    Example:
      gongzhi restore /srv/backup/2026-11-30.tar --erasures /mnt/elsewhere/erasures.txt
    """
    tools.ends_unfinished = True
    with _in_words():
        if check:
            made_at = check_archive(tools.instance, source).facts["made_at"]
            click.echo(f"{source} is whole; it was made at {made_at}.")
            return
        told = parse_erasures(erasures.read_text("ascii")) if erasures else {}
        _need_erasures(tools, known=erasures is not None or no_erasures)
        with _alone(tools.config):
            restored = restore_backup(
                tools.database, tools.instance, source, erasures=told, now=now(), say=_say
            )
    _tell(restored)


def _need_erasures(tools: Any, *, known: bool) -> None:
    with tools.database.read() as session:
        if not known and not knows_erasures(session):
            raise click.ClickException(
                "There is no list of erasures here: name the one that was kept with --erasures, "
                "or say with --no-erasures that nobody was erased since the backup."
            )


def _tell(restored: Restored) -> None:
    click.echo(
        f"Restored: {restored.rows} rows, as of {restored.made_at}. "
        f"Erased again: {restored.erased}. Past their time: {restored.forgotten}. "
        f"Ended or asked again: {restored.stopped}."
    )
    if restored.needs_log_key:
        click.echo("Put the private key of the log back (ledger/key): nothing is sealed without.")
    elif restored.stop is not None:
        click.echo(
            f"The log goes on after somebody has looked: {restored.stop.value}. "
            "See docs/operate.md, The points ledger."
        )
    if restored.needs_look:
        click.echo(
            "No month's satisfaction is released until somebody has looked which were published "
            "since: gongzhi satisfaction copies. See docs/operate.md, Releases of satisfaction."
        )


@click.group()
def keys() -> None:
    """The keys of the installation.

    \b
    Example:
      gongzhi keys rotate
    """


@keys.command("rotate")
@click.option("--log", "is_log", is_flag=True, help="The private key of the log instead.")
@click.pass_obj
def rotate(tools: Any, is_log: bool) -> None:
    """Make a new SECRET_KEY and seal everything with it; stop the portal before.

    May be killed and run again. What was printed stays good: look-up codes, cards, links to stop.
    Everybody has to sign in again. With --log: the log gets another private key, while the portal
    runs; its former verifier keys stay listed.

    \b
    Example:
      gongzhi keys rotate
    """
    if is_log:
        _rotate_log(tools)
        return
    tools.ends_unfinished = True
    if (tools.config.instance / RESTORE).exists():
        refuse_unfinished(tools.config.instance)
    with _alone(tools.config), _in_words():
        rotated = rotate_secret(tools.database, tools.instance, now=now(), say=_say)
    click.echo(f"Sealed anew: {rotated.sealed}. Everybody signs in again.")
    if rotated.kept is not None:
        click.echo(
            f"The old key is in {rotated.kept}: put it where the backups' key lies, as long as "
            "there are backups from before today, and delete it here."
        )
    if rotated.by_hand is not None:
        click.echo(
            f"SECRET_KEY stands in the environment: put there what {rotated.by_hand} holds, then "
            "run `gongzhi keys rotate` again. Nothing else starts until then."
        )


def _rotate_log(tools: Any) -> None:
    changed = rotate_log(tools.database, now=now())
    if changed is None:
        raise click.ClickException("Nothing was sealed yet: there is no key to change.")
    click.echo(f"The log was signed until now by\n  {changed[0]}\nand is signed from now on by")
    click.echo(f"  {changed[1]}\nPut the new verifier key on the posters.")

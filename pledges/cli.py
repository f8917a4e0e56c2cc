"""``gongzhi pledges``: what is done with many plaques at once."""

import sys
from pathlib import Path
from typing import Any

import click
from flask import url_for
from flask_babel import gettext

from pledges.service.plaque_sheets import Face, batch_to_print, codes_to_print, write_sheets
from portal.kernel.errors import Refused
from portal.kernel.i18n import LANGUAGES, in_language, in_words
from portal.kernel.words import say


@click.group()
def pledges() -> None:
    """Frontage pledges: plaques for the printer."""


@pledges.group()
def plaques() -> None:
    """Plaques with codes that lead to the pages of shops."""


@plaques.command("print")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.argument("batches", nargs=-1, required=True)
@click.option("--language", type=click.Choice(list(LANGUAGES)), default="zh_Hans",
              show_default=True, help="Of the words on the plaques.")  # fmt: skip
@click.pass_obj
def print_command(tools: Any, folder: Path, batches: tuple[str, ...], language: str) -> None:
    """Write the sheets of BATCHES (their numbers) into FOLDER: A4, twelve plaques each.

    The files are HTML without anything from elsewhere; print them at full size (100 per cent).
    What was replaced or withdrawn is left out, and no file is overwritten.

    Example: gongzhi pledges plaques print sheets/ 7H3KD-92MQA
    """
    with tools.app.test_request_context(base_url=tools.config.origin), in_language(language):
        face = _face(tools, language)
        with tools.database.read() as session:
            found = {row.number: list(codes_to_print(session, row))
                     for row in (_batch(session, number) for number in batches)}  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    count, files = sum(map(len, found.values())), list[Path]()
    with click.progressbar(length=count, label="Drawing", file=sys.stderr) as bar:
        for number, codes in found.items():
            files += _write(folder, number, codes, face, bar)
    click.echo(f"{count} plaques in {len(files)} files in {folder}.")


def _batch(session: Any, number: str) -> Any:
    try:
        return batch_to_print(session, number)
    except Refused as refused:
        raise click.ClickException(f"{number}: {say(refused.code)}") from refused


def _write(folder: Path, number: str, codes: list[str], face: Face, bar: Any) -> list[Path]:
    try:
        return write_sheets(folder, number, codes, face, bar.update)
    except FileExistsError as there:
        raise click.ClickException(f"{there.filename} is there already.") from there


def _face(tools: Any, language: str) -> Face:
    """What stands on every plaque, in a language."""
    address = f"{tools.config.origin}{url_for('pledges.plaque', code='x')}"
    return Face(
        site=in_words(tools.instance.city.names),
        words=gettext("Scan: what is pledged here, and report a problem"),
        address=address.removesuffix("x"), language=language.replace("_", "-"),
        title=gettext("Plaques to print"),
    )  # fmt: skip

"""Catalogues: every sentence of the source has its words, with the same places to fill."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

LANGUAGES = ("zh_Hans", "zh_Hant")
HEADER = (
    'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    '"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
)
_PLACES = re.compile(r"%\((\w+)\)[sdf]|(%[sdf])")


def breaches(root: Path) -> list[str]:
    """What pybabel would extract, compared with both catalogues."""
    source = extract(root)
    return [text for language in LANGUAGES for text in _compare(root, source, language)]


def extract(root: Path) -> Catalog:
    """Every sentence of the code and the templates, as ``pybabel extract`` finds them."""
    with tempfile.NamedTemporaryFile(suffix=".pot") as pot:
        subprocess.run(
            [sys.executable, "-m", "babel.messages.frontend", "--quiet", "extract", "-F",
             "babel.cfg", "-k", "_l", "--no-location", "-o", pot.name, "."],
            cwd=root, check=True, capture_output=True,
        )  # fmt: skip
        return read_po(pot)


def catalogue(root: Path, language: str) -> Catalog:
    path = root / "translations" / language / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _compare(root: Path, source: Catalog, language: str) -> list[str]:
    try:
        catalog = catalogue(root, language)
    except FileNotFoundError:
        return [f"{language}: no catalogue"]
    found = []
    for message in source:
        if message.id:
            problem = _problem(message, catalog.get(message.id, message.context))
            if problem:
                found.append(f"{language}: {problem} {message.id!r}")
    return found + _left_over(source, catalog, language)


def _problem(message: Message, translated: Message | None) -> str | None:
    if translated is None or not all(_texts(translated.string)):
        return "no words for"
    if translated.fuzzy:
        return "fuzzy words for"
    wanted = {place for text in _texts(message.id) for place in _PLACES.findall(text)}
    for text in _texts(translated.string):
        if set(_PLACES.findall(text)) != wanted:
            return "other places to fill in"
    return None


def _left_over(source: Catalog, catalog: Catalog, language: str) -> list[str]:
    return [
        f"{language}: words for what the source no longer says: {message.id!r}"
        for message in catalog
        if message.id and source.get(message.id, message.context) is None
    ]


def _texts(value: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)

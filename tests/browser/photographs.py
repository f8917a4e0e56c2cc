"""Photographs of the parts and of twelve pages, for a person to look at: script/photographs.

In three languages on a phone and on a desk; in elder mode and as plain text; the parts in every
colour scheme. The folder must lie outside the repository: pictures are looked at, not kept.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from portal.kernel.db import open_database
from portal.site import schema
from tests.browser import rules
from tests.browser.served import QUIET, served
from tests.browser.tour import LANGUAGES, MODES, PARTS, Tour
from tests.house.session import CHROMIUM, INSTALL
from tests.house.tree import ROOT
from tests.make.all_pages import Stop

WIDTHS = (360, 1280)
TALLEST = 16_000  # the browser draws no more
HEAD = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>Photographs</title>
<style>
body { margin: 2rem; font: 1rem/1.5 sans-serif; background: #eee }
section { display: flex; flex-wrap: wrap; gap: 1rem; align-items: start }
figure { margin: 0; background: #fff; padding: .5rem }
img { display: block; height: 24rem; width: auto; max-width: 22rem; object-fit: cover }
figcaption { font-size: .8rem }
</style>
<h1>Photographs</h1>
"""


@dataclass(frozen=True)
class Look:
    """One way in which a page is photographed."""

    name: str
    language: str
    width: int
    choices: dict[str, str] = field(default_factory=dict)


def looks(stop: Stop) -> Iterator[Look]:
    """The ways for a page."""
    for width in WIDTHS:
        for language in LANGUAGES:
            yield Look("normal", language, width, MODES["normal"])
        yield Look("elder", "zh_Hans", width, MODES["elder"])
        if stop.name.startswith(PARTS):
            for scheme in rules.SCHEMES[1:]:
                yield Look(scheme, "zh_Hans", width, {**MODES["normal"], "scheme": scheme})
    yield Look("plain", "zh_Hans", WIDTHS[0], MODES["plain"])


def photograph(tour: Tour, folder: Path) -> dict[str, list[str]]:
    """Take them all; the names of the files by page."""
    taken: dict[str, list[str]] = {}
    for stop in tour.chosen():
        for look in looks(stop):
            page = tour.open(stop, look.language, **look.choices)
            _stretch(page, look.width)
            name = f"{stop.name.replace('.', '-')}-{look.name}-{look.language}-{look.width}.png"
            page.screenshot(path=str(folder / name), full_page=True)
            taken.setdefault(stop.name, []).append(name)
        sys.stdout.write(f"{stop.name}: {len(taken[stop.name])}\n")
    return taken


def _stretch(page: Any, width: int) -> None:
    """A window as high as its page: a bar at the window's edge would lie across the middle."""
    rules.resize(page, width)
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": min(height, TALLEST)})
    page.wait_for_load_state("networkidle")


def contact_sheet(taken: dict[str, list[str]]) -> str:
    """One page with all of them."""
    parts = [HEAD]
    for page, names in taken.items():
        parts.append(f"<h2>{escape(page)}</h2>\n<section>\n")
        parts += [
            f'<figure><a href="{escape(name)}"><img src="{escape(name)}" loading="lazy" alt="">'
            f"</a><figcaption>{escape(name)}</figcaption></figure>\n"
            for name in names
        ]
        parts.append("</section>\n")
    return "".join(parts)


def target(given: str) -> Path:
    """The folder, made; not inside of the repository."""
    folder = Path(given).resolve()
    if folder.is_relative_to(ROOT):
        sys.exit(
            f"{folder} lies in the repository. Photographs go elsewhere, e.g. /tmp/photographs"
        )
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def main(arguments: Sequence[str] | None = None) -> None:
    reader = argparse.ArgumentParser(prog="script/photographs", description=__doc__)
    reader.add_argument("folder", help="where to put them; outside of the repository")
    folder = target(reader.parse_args(arguments).folder)
    if not CHROMIUM.exists():
        sys.exit(f"{CHROMIUM} is missing: {INSTALL}")
    with tempfile.TemporaryDirectory() as home:
        template = Path(home) / "template.db"
        database = open_database(f"sqlite:///{template}")
        schema.upgrade(database)
        database.dispose()
        with served(Path(home), template) as site, sync_playwright() as engine:
            browser: Any = engine.chromium.launch(executable_path=CHROMIUM, args=QUIET)
            taken = photograph(Tour(site, browser), folder)
            browser.close()
    (folder / "index.html").write_text(contact_sheet(taken), "utf-8")
    sys.stdout.write(f"Open {folder / 'index.html'}\n")


if __name__ == "__main__":
    main()

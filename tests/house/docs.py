"""Docs that cannot rot: settings, commands, links and the table of requirements are read back."""

import ast
import csv
import re
from collections.abc import Iterator
from pathlib import Path

import click

REQUIREMENTS = [f"R{number:03d}" for number in range(1, 300)]
STATES = {"done", "open", "elsewhere", "out of scope"}
# the settings that keep the names every Python deployment knows
PLAIN_SETTINGS = {"DATABASE_URL", "SECRET_KEY"}
_SETTING = re.compile(r'"(GONGZHI_[A-Z_]+)"')
_HEADING = re.compile(r"^#+ +(.+?)\s*$", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_COMMAND = re.compile(r"(?:^|`|bin/)gongzhi((?: +[a-z][a-z-]*)+)", re.MULTILINE)
_FENCE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)


def pages(root: Path) -> list[Path]:
    return sorted([*root.glob("*.md"), *(root / "docs").rglob("*.md"), *root.glob("bench/*.md")])


def settings_without_heading(root: Path) -> list[str]:
    """Every setting the configuration knows stands as a heading in docs/operate.md."""
    known = set(_SETTING.findall((root / "portal/kernel/config.py").read_text("utf-8")))
    headings = _HEADING.findall((root / "docs/operate.md").read_text("utf-8"))
    described = {name for heading in headings for name in re.findall(r"[A-Z_]{6,}", heading)}
    known |= PLAIN_SETTINGS
    missing = [f"docs/operate.md: no heading for {name}" for name in known - described]
    extra = [f"docs/operate.md: {name} is no setting" for name in described - known]
    return sorted(missing + extra)


def unknown_commands(root: Path) -> list[str]:
    """``gongzhi …`` in code spans and blocks, followed down the tree of commands."""
    tree = _click_tree()
    return [
        f"{page.relative_to(root)}: gongzhi {' '.join(words)}"
        for page in pages(root)
        for words in _commands(page)
        if not _exists(tree, words)
    ]


def _click_tree() -> click.Group:
    from portal.site.cli import cli  # noqa: PLC0415  the rules of text run without the portal

    return cli


def _commands(page: Path) -> Iterator[list[str]]:
    for code in _FENCE.findall(page.read_text("utf-8")):
        for match in _COMMAND.finditer(code):
            yield match.group(1).split()


def _exists(tree: click.Command, words: list[str]) -> bool:
    """Whether the words name a command; what follows a leaf are its arguments."""
    for word in words:
        if not isinstance(tree, click.Group):
            return True
        if word not in tree.commands:
            return False
        tree = tree.commands[word]
    return True


def dead_links(root: Path) -> list[str]:
    return [
        f"{page.relative_to(root)}: {link}"
        for page in pages(root)
        for link in _LINK.findall(page.read_text("utf-8"))
        if not re.match(r"[a-z]+:", link) and not _leads_somewhere(page, link)
    ]


def _leads_somewhere(page: Path, link: str) -> bool:
    name, _, anchor = link.partition("#")
    target = (page.parent / name).resolve() if name else page
    if not target.exists():
        return False
    return not anchor or anchor in _anchors(target)


def _anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as the usual viewers make them."""
    headings = _HEADING.findall(page.read_text("utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def wrong_requirements(root: Path) -> list[str]:
    """docs/requirements.tsv: every id once, a known state, and proof for what is done."""
    with (root / "docs/requirements.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    ids = [row["id"] for row in rows]
    found = [f"{missing}: no row" for missing in REQUIREMENTS if missing not in ids]
    found += [f"{extra}: not one row of the list" for extra in ids if ids.count(extra) > 1]
    for row in rows:
        found += [f"{row['id']}: {problem}" for problem in _problems(root, row)]
    return found


def _problems(root: Path, row: dict[str, str]) -> list[str]:
    places = [place.strip() for place in row["where"].split(";") if place.strip()]
    if row["state"] not in STATES:
        return [f"{row['state']!r} is no state"]
    if row["state"] == "done" and not places:
        return ["done, but no test or page named"]
    return [f"{place} does not exist" for place in places if not _is_there(root, place)]


def _is_there(root: Path, place: str) -> bool:
    """A test ``tests/areas/test_x.py::test_y`` or a page or file of the tree."""
    name, _, test = place.partition("::")
    path = root / name
    if not path.is_file():
        return False
    if not test:
        return not name.startswith("tests/")  # a whole test file proves nothing in particular
    tree = ast.parse(path.read_text("utf-8"))
    return any(isinstance(n, ast.FunctionDef) and n.name == test for n in ast.walk(tree))

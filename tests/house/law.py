"""Which test keeps which line of the law: docs/law.md, written from the names of the tests.

A test keeps a line when its name or its file's has the number: ``test_L8_a_missed_clock_voids``,
``tests/site/test_P6.py``. ``python -m tests.house.law`` writes docs/law.md anew, and takes the mark
"not yet" in law.tsv from a line that has a test by now. No line is ever marked by it: that list may
only become shorter.
"""

import ast
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.house.tree import ROOT

LIST = "tests/house/law.tsv"
PAGE = "docs/law.md"
NOT_YET = "not yet"
HOW = "run `.venv/bin/python -m tests.house.law`"
PARTS = {
    "L": "The self-discipline ledger: what it must do",
    "N": "The self-discipline ledger: what must never be",
    "P": "Personal data, access, petitions",
}
_NUMBER = re.compile(r"(?<=_)([LNP][0-9]{1,2})(?=_|\Z)")
_HEAD = """# The law, and the tests that keep it

Written by `python -m tests.house.law` from the names of the tests; not legal advice. A test that
bears the number of a line fails when the line is broken. The titles are short; the code and its
[decisions](decisions/) say how each line is met.
"""


@dataclass(frozen=True)
class Line:
    """One line of the law: its short title, and the tests that bear its number."""

    number: str
    title: str
    state: str
    tests: tuple[str, ...] = field(default=())


def lines(root: Path) -> list[Line]:
    """Every line with its tests."""
    with (root / LIST).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    found = dict[str, list[str]]()
    for number, test in _tests(root):
        found.setdefault(number, []).append(test)
    unknown = sorted(set(found) - {row["line"] for row in rows})
    if unknown:
        raise ValueError(f"{LIST}: tests speak of {', '.join(unknown)}")
    return [
        Line(row["line"], row["title"], row["state"] or "", tuple(found.get(row["line"], ())))
        for row in rows
    ]


def _tests(root: Path) -> Iterator[tuple[str, str]]:
    """(number, ``tests/x/test_y.py::test_z``) for each test that bears one."""
    for path in sorted((root / "tests").rglob("test_*.py")):
        name = path.relative_to(root).as_posix()
        of_file = set(_NUMBER.findall(path.stem))
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for number in sorted(of_file | set(_NUMBER.findall(node.name))):
                    yield number, f"{name}::{node.name}"


def page(root: Path) -> str:
    """The text of docs/law.md."""
    parts = [_HEAD]
    for letter, title in PARTS.items():
        parts.append(f"\n## {title}\n")
        parts += [_section(line) for line in lines(root) if line.number.startswith(letter)]
    return "".join(parts)


def _section(line: Line) -> str:
    tests = "".join(f"- `{test}`\n" for test in line.tests) or "No test yet.\n"
    return f"\n### {line.number} {line.title}\n\n{tests}"


def breaches(root: Path) -> list[str]:
    """A line without a test, a mark that is not true any more, a page that is stale."""
    found = []
    for line in lines(root):
        if not line.tests and line.state != NOT_YET:
            found.append(f"{line.number}: no test bears this number")
        if line.tests and line.state:
            found.append(f"{line.number}: has a test, but is marked {line.state!r}; {HOW}")
    path = root / PAGE
    if not path.is_file() or path.read_text("utf-8") != page(root):
        found.append(f"{PAGE}: stale; {HOW}")
    return found


def write(root: Path) -> None:
    """Bring the marks and the page up to the tests."""
    known = [replace(line, state="") if line.tests else line for line in lines(root)]
    rows = ["line\ttitle\tstate\n", *(f"{one.number}\t{one.title}\t{one.state}\n" for one in known)]
    (root / LIST).write_text("".join(rows), "utf-8")
    (root / PAGE).write_text(page(root), "utf-8")


if __name__ == "__main__":
    write(ROOT)

"""Lists that are shipped (``data/*.tsv``): the first row names columns, ``#`` begins a remark."""

import csv
from collections.abc import Iterator
from pathlib import Path


def rows_of(path: Path, *, quoted: bool = True) -> Iterator[dict[str, str]]:
    """The rows of a list. ``quoted`` false: a quotation mark is a sign like any other."""
    with path.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        if quoted:
            yield from csv.DictReader(lines, delimiter="\t")
        else:
            yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)

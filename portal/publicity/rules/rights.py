"""The four rights (R159: 知情权 参与权 表达权 监督权), each with the pages that serve it: data."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

RIGHTS_FILE: Final = Path(__file__).parents[1] / "data" / "rights.tsv"
_LANGUAGES: Final = ("zh_Hans", "zh_Hant", "en")


@dataclass(frozen=True)
class Door:
    """A page of this portal that serves a right."""

    endpoint: str
    words: Mapping[str, str]


@cache
def rights() -> tuple[tuple[Mapping[str, str], tuple[Door, ...]], ...]:
    """Each right with its name and its doors, in the order of the file. A row without an endpoint
    begins a right."""
    found: list[tuple[Mapping[str, str], list[Door]]] = []
    with RIGHTS_FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            words = {language: row[language] for language in _LANGUAGES}
            if row["endpoint"]:
                found[-1][1].append(Door(row["endpoint"], words))
            else:
                found.append((words, []))
    return tuple((words, tuple(doors)) for words, doors in found)

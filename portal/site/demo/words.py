"""The made-up words of the demo, read from ``data/demo-words.tsv``."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from random import Random

FILE = Path(__file__).resolve().parents[1] / "data" / "demo-words.tsv"


@dataclass(frozen=True)
class DemoWords:
    """What residents and units wrote, where things stood, and how people are called."""

    reports: Mapping[str, list[str]]
    answers: Mapping[str, list[str]]
    passed_on: list[str]
    places: list[str]
    surnames: list[str]
    given: list[str]

    @cached_property
    def categories(self) -> list[str]:
        return sorted(self.reports)

    @cached_property
    def _often(self) -> list[int]:
        return list(accumulate(len(self.reports[kind]) ** 2 for kind in self.categories))

    def kind(self, rng: Random) -> str:
        """A kind of problem: what people have more words for happens more often."""
        return rng.choices(self.categories, cum_weights=self._often)[0]

    def name(self, rng: Random) -> str:
        """A made-up person's name."""
        return rng.choice(self.surnames) + rng.choice(self.given)


def load_words() -> DemoWords:
    """Read the file; a test reads it too, so that it cannot be damaged unnoticed."""
    found: dict[str, dict[str, list[str]]] = {}
    with FILE.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        for row in csv.DictReader(lines, delimiter="\t"):
            found.setdefault(row["kind"], {}).setdefault(row["category"], []).append(row["text"])
    return DemoWords(
        reports=found["words"],
        answers=found["answer"],
        passed_on=found["passed_on"][""],
        places=found["place"][""],
        surnames=found["surname"][""],
        given=found["given"][""],
    )

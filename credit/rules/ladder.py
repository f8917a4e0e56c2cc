"""The ladder of objections: who may ask for what, until when, and until when it is answered. Pure.

The days and their source are data (``credit/data/review-ladder.tsv``): 3 working days, 7 when
another unit has to be asked (L8); then 15 / 60 (+30) / 30 / 30 days (L9).
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

LADDER_FILE = Path(__file__).parents[1] / "data" / "review-ladder.tsv"
FIRST_STEP: Final = "objection"


@dataclass(frozen=True)
class LadderStep:
    """One step of the ladder. ``ask_days`` None: at any time while the deduction lives."""

    code: str
    number: int
    ask_days: int | None
    accept_days: int | None
    days: int
    extension_days: int
    working: bool
    names: Mapping[str, str]
    source: str


@cache
def ladder() -> tuple[LadderStep, ...]:
    """All steps, in their order."""
    with LADDER_FILE.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader((line for line in file if line[0] != "#"), delimiter="\t")
        return tuple(_step(number, row) for number, row in enumerate(rows))


def _step(number: int, row: Mapping[str, str]) -> LadderStep:
    return LadderStep(
        code=row["step"],
        number=number,
        ask_days=int(row["ask_days"]) if row["ask_days"] else None,
        accept_days=int(row["accept_days"]) if row["accept_days"] else None,
        days=int(row["days"]),
        extension_days=int(row["extension_days"] or 0),
        working=row["unit"] == "working",
        names={language: row[language] for language in ("zh_Hans", "zh_Hant", "en")},
        source=row["source"],
    )


def step_of(code: str) -> LadderStep:
    """A step by its code. Raises KeyError."""
    return {step.code: step for step in ladder()}[code]


def next_step(code: str | None) -> LadderStep | None:
    """What one can ask for after a step; None when the ladder is at its end."""
    number = 0 if code is None else step_of(code).number + 1
    return ladder()[number] if number < len(ladder()) else None

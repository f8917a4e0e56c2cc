"""Words that sound like an emergency: whom to call first. Pure; the words are data."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from portal.kernel.tokens import fold

# stands for the gas company, whose number is the city's own
GAS = "gas"


class Emergency(StrEnum):
    """What may be happening."""

    FIRE = "fire"
    GAS = "gas"
    MEDICAL = "medical"
    WATER = "water"
    TRAPPED = "trapped"
    CRIME = "crime"
    TRAFFIC = "traffic"


@dataclass(frozen=True)
class EmergencyRow:
    """One kind of emergency: its words, folded, and the numbers to call in their order."""

    kind: Emergency
    numbers: tuple[str, ...]
    words: tuple[str, ...]
    latin: tuple[str, ...]


def sounds_like(rows: Iterable[EmergencyRow], *texts: str) -> list[EmergencyRow]:
    """The emergencies that somebody's words sound like, in the order of the list."""
    said = " ".join(fold(text) for text in texts if text)
    tight = said.replace(" ", "")
    return [row for row in rows if _speaks_of(row, said, tight)]


def _speaks_of(row: EmergencyRow, said: str, tight: str) -> bool:
    if any(word in tight for word in row.words):
        return True
    # Latin words only as whole words: "fight" is not in "firefighter"
    return any(re.search(rf"\b{re.escape(word)}\b", said) for word in row.latin)


def numbers_for(rows: Iterable[EmergencyRow], gas_phone: str | None) -> list[str]:
    """The numbers to call, each once; the gas company's where the city has told it."""
    found = [number for row in rows for number in row.numbers]
    real = [(gas_phone if number == GAS else number) for number in found]
    return [number for number in dict.fromkeys(real) if number]

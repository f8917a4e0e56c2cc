"""When units dispute a matter, and what the joint meeting's resolution must say. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

# returned so often, or passed on so often from one unit to another
DISPUTED_FROM: Final = 2
LONGEST_RESOLUTION: Final = 80


@dataclass(frozen=True)
class Resolution:
    """What the meeting decided: on which day, under which number, and who is responsible."""

    held_on: date | None
    number: str
    unit_id: UUID | None
    words: str


def times_disputed(returned: int, passed_on: int) -> int:
    """How often a matter was disputed: a return that leads to another unit counts once."""
    return max(returned, passed_on)


def flaw_of(resolution: Resolution, today: date) -> str | None:
    """The field of a resolution that says too little, or None. No meeting lies ahead."""
    checks: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("held_on", lambda: resolution.held_on is not None and resolution.held_on <= today),
        ("resolution", lambda: 0 < len(resolution.number.strip()) <= LONGEST_RESOLUTION),
        ("words", lambda: bool(resolution.words.strip())),
        ("unit", lambda: resolution.unit_id is not None),
    )
    return next((field for field, good in checks if not good()), None)

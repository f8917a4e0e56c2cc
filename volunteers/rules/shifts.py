"""When a shift is, and what its times mean. Pure.

A shift holds its first minute and not its last (half-open), so that one can follow another.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

LONGEST_SHIFT: Final = timedelta(hours=16)
MOST_SEATS: Final = 1000
LONGEST_REASON: Final = 200


class ShiftState(StrEnum):
    """Where a shift stands. That it is over is read from the clock, never stored."""

    PLANNED = "planned"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Span:
    """A stretch of time, its end not included."""

    starts_at: datetime
    ends_at: datetime

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds()) // 60

    def overlaps(self, other: "Span") -> bool:
        """Whether two have a moment in common; one that ends when the other begins has none."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def gap(self, other: "Span") -> timedelta:
        """How long there is between two that do not overlap; negative when they do."""
        return max(self.starts_at - other.ends_at, other.starts_at - self.ends_at)

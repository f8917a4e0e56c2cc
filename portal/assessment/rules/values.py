"""Values of indicators in ten-thousandths, with what is known of their truth. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from typing import Final

from portal.assessment.rules import MOST_SCORE
from portal.assessment.rules.sets import UNIT

Z: Final = 1.96  # of a normal distribution: 95 %
# fewest scores of people of which a mean is told
FEWEST: Final = 10


@dataclass(frozen=True)
class Value:
    """A value with both ends of its interval, and what it was made of."""

    value: int
    low: int
    high: int
    part: int | None = None
    whole: int | None = None
    look: str = ""

    def said(self) -> dict[str, int | str]:
        """As it stands in inputs.json."""
        found: dict[str, int | str] = {"value": self.value, "low": self.low, "high": self.high}
        if self.part is not None and self.whole is not None:
            found |= {"part": self.part, "whole": self.whole}
        return found | ({"look": self.look} if self.look else {})


def part_of(tally: Mapping[str, int], part: str, whole: str) -> Value | None:
    """A share of system data: every matter is counted, so it has no interval."""
    counted, all_of = tally.get(part, 0), tally.get(whole, 0)
    if not all_of:
        return None
    value = (2 * counted * UNIT + all_of) // (2 * all_of)
    return Value(value, value, value, counted, all_of)


def in_order(registered: int, out_of_order: int) -> Value:
    """The share of registered things that no open matter speaks of; both are complete counts."""
    in_order = max(registered - out_of_order, 0)
    value = (2 * in_order * UNIT + registered) // (2 * registered)
    return Value(value, value, value, in_order, registered)


def released(share: float, low: float, high: float, look: str = "") -> Value:
    """A share of the stored release, with its own interval."""
    return Value(round(share * UNIT), round(low * UNIT), round(high * UNIT), look=look)


def mean(scores: Sequence[int]) -> Value | None:
    """The mean of scores of a hundred: a sample of what could have been looked at.

    A score between two bounds varies at most as much as a share does, so Wilson's interval of a
    share is wide enough.
    """
    if not scores:
        return None
    n, total = len(scores), sum(scores)
    part = total / (n * MOST_SCORE)
    middle = (part + Z * Z / (2 * n)) / (1 + Z * Z / n)
    reach = Z * sqrt(part * (1 - part) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
    value = (2 * total * UNIT + n * MOST_SCORE) // (2 * n * MOST_SCORE)
    low, high = (
        round(max(0.0, min(1.0, edge)) * UNIT) for edge in (middle - reach, middle + reach)
    )
    return Value(value, min(low, value), max(high, value), total, n)


def confidential(scores: Sequence[int]) -> Value | None:
    """The mean of scores that people give in confidence: nothing below ten of them, and the mean in
    whole points without its sum, so that it leads to nobody's score, as with ratings (P4)."""
    n = len(scores)
    if n < FEWEST:
        return None
    points = (2 * sum(scores) + n) // (2 * n)
    found = mean([points] * n)
    return found and replace(found, part=None, whole=None)


def count(number: int) -> Value:
    """So many of something."""
    return Value(number * UNIT, number * UNIT, number * UNIT, number, 1)

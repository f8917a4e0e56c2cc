"""How much of a share of answers is shown where noise is not added: the band it lies in. Pure."""

from dataclasses import dataclass
from typing import Final

# no share is shown finer than this: all content, or nobody, is never said, so that whoever is
# rated learns of no single answer
LOWEST: Final = 20
HIGHEST: Final = 80
WIDTH: Final = 10


@dataclass(frozen=True)
class Band:
    """From ``low`` to ``high`` percent."""

    low: int
    high: int

    @property
    def middle(self) -> int:
        return (self.low + self.high) // 2


def band_of(satisfied: int, answers: int) -> Band:
    """The band of a share; the two at the ends are 20 points wide, the others ten.

    >>> band_of(10, 10), band_of(7, 10)
    (Band(low=80, high=100), Band(low=70, high=80))
    """
    percent = satisfied * 100 // answers
    if percent < LOWEST:
        return Band(0, LOWEST)
    if percent >= HIGHEST:
        return Band(HIGHEST, 100)
    low = percent // WIDTH * WIDTH
    return Band(low, low + WIDTH)

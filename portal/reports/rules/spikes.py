"""Early warning (R238): when reports of a kind in a place are far more than usual. Pure.

The reports of the last seven days stand against the eight times seven days before, so that the same
weekdays meet each other. Usual is the median of the eight. A spike is more than *both* of two upper
bounds of it: the Poisson bound of one in a thousand (the test of RKI's systems for outbreaks:
Salmon, Schumacher, Höhle, J. Stat. Softw. 70(10), 2016), and the median plus three times the scaled
median absolute deviation (Hampel, J. Am. Stat. Assoc. 69, 1974), for kinds whose weeks differ by
more than chance. Medians, so that one wild week before hides nothing. Fewer than ``FEWEST`` reports
are never a spike, however quiet the place was.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from math import exp, lgamma, log
from statistics import median
from typing import Final

DAYS, WEEKS, FEWEST = 7, 8, 5
SPAN: Final = timedelta(days=DAYS)
# it begins beyond the first and ends within the second, so that it does not flicker
BEGINS, ENDS = 0.001, 0.05
SPREADS: Final = 3
# makes the median absolute deviation a standard deviation where weeks are normally spread
MAD_SCALE: Final = 1.4826
# of satisfaction: months before the newest, and how many of them must be published
MONTHS, FEWEST_MONTHS = 6, 3
LONGEST_NOTE: Final = 300
# a desk is shown what ended as long as this
KEPT_IN_SIGHT: Final = timedelta(days=60)
MOST_SHOWN: Final = 60


class Measure(StrEnum):
    """What is out of the usual: reports, or what the stored release says of satisfaction."""

    REPORTS = "reports"
    SATISFACTION = "satisfaction"


class SpikeRefusal(StrEnum):
    """Why a warning is not answered."""

    ANSWERED = "spike.answered"


@dataclass(frozen=True)
class Usual:
    """What is usual, and the most (of satisfaction: the least) that is still so."""

    level: float
    bound: float


@dataclass(frozen=True)
class Published:
    """The satisfied share of a month that was published, with its 95 % interval."""

    share: float
    low: float
    high: float


def starts_of(now: datetime) -> tuple[datetime, ...]:
    """The first moments of the nine weeks, the oldest first; the last began seven days ago."""
    return tuple(now - SPAN * back for back in range(WEEKS + 1, 0, -1))


@lru_cache(maxsize=4096)
def poisson_bound(mean: float, beyond: float) -> int:
    """The least count that a Poisson variable passes with at most this probability."""
    if mean <= 0:
        return 0
    count, left = 0, 1.0 - exp(-mean)
    while left > beyond:
        count += 1
        left -= exp(count * log(mean) - mean - lgamma(count + 1))
    return count


def usual_of(weeks: Sequence[int], beyond: float = BEGINS) -> Usual:
    """What the weeks before make usual."""
    level = median(weeks)
    spread = SPREADS * MAD_SCALE * median(abs(week - level) for week in weeks)
    return Usual(level, max(poisson_bound(level, beyond), level + spread))


def is_spike(recent: int, weeks: Sequence[int]) -> bool:
    """Whether a spike begins with what came in the last seven days."""
    return recent >= FEWEST and recent > usual_of(weeks).bound


def is_over(recent: int, weeks: Sequence[int]) -> bool:
    """Whether a spike that was found is back within what is usual."""
    return recent < FEWEST or recent <= usual_of(weeks, ENDS).bound


def usual_share(before: Sequence[Published | None]) -> Usual | None:
    """What published months make usual; None where too few of them are."""
    known = [month for month in before if month is not None]
    if len(known) < FEWEST_MONTHS:
        return None
    return Usual(median(one.share for one in known), median(one.low for one in known))


def has_fallen(newest: Published | None, before: Sequence[Published | None]) -> bool:
    """Whether the newest month lies wholly below what was usual: never by a single rating, as
    only cells that were published count at all."""
    usual = usual_share(before)
    return newest is not None and usual is not None and newest.high < usual.bound

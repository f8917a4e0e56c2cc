"""Ratings of frontages: whose count, of which month, and which only are taps. Pure.

A rating counts when an account, a verified phone or the link of a report stands behind it: one a
person, shop and month. It is of whoever runs the shop, so a new tenant begins anew.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

# what the row of a rating says of its kind of matter
CATEGORY: Final = "frontage"
# the desk sees hours of so many, never fewer
FEWEST_SEEN: Final = 10
RUSH_DAYS: Final = 30
# an hour is told when it has been over for so long, so that nobody watches a count move
RUSH_RESTS: Final = timedelta(days=1)
# the desk reads bands of counts: the first number of each
RUSH_BANDS: Final = (10, 20, 50)


class FrontageRefusal(StrEnum):
    """Why a frontage is not rated."""

    NOT_OPEN = "frontage.not_open"
    OWN = "frontage.own"
    INSPECTS = "frontage.inspects"
    TOO_MANY = "frontage.too_many"


def rush_span(now: datetime) -> tuple[datetime, datetime]:
    """Between which full hours rushes are told. Full: a part of an hour would shrink rating by
    rating as it goes by."""
    until = (now - RUSH_RESTS).replace(minute=0, second=0, microsecond=0)
    return until - timedelta(days=RUSH_DAYS), until


def rush_band(many: int) -> tuple[int, int | None]:
    """The band that a count lies in; the last has no end."""
    first = max(start for start in RUSH_BANDS if start <= many)
    ends = [start - 1 for start in RUSH_BANDS if start > first]
    return first, min(ends, default=None)


def month_of(day: date) -> tuple[int, date]:
    """The number of a day's month, and the first day of the next: a rating is of a month."""
    number = day.year * 12 + day.month - 1
    year, month = divmod(number + 1, 12)
    return number, date(year, month + 1, 1)

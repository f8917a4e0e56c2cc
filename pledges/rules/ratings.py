"""Ratings of frontages: whose count, of which month, and which only are taps. Pure.

A rating counts when an account, a verified phone or the link of a report stands behind it: one a
person, shop and month. It is of whoever runs the shop, so a new tenant begins anew.
"""

from datetime import date
from enum import StrEnum
from typing import Final

# what the row of a rating says of its kind of matter
CATEGORY: Final = "frontage"
# the desk sees hours of so many, never fewer
FEWEST_SEEN: Final = 10
RUSH_DAYS: Final = 30


class FrontageRefusal(StrEnum):
    """Why a frontage is not rated."""

    NOT_OPEN = "frontage.not_open"
    OWN = "frontage.own"
    INSPECTS = "frontage.inspects"
    TOO_MANY = "frontage.too_many"


def month_of(day: date) -> tuple[int, date]:
    """The number of a day's month, and the first day of the next: a rating is of a month."""
    number = day.year * 12 + day.month - 1
    year, month = divmod(number + 1, 12)
    return number, date(year, month + 1, 1)

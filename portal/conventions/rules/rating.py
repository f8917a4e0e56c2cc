"""Residents rate the self-government of a community, once a quarter each. Pure."""

from datetime import date
from enum import StrEnum
from typing import Final

# what a release knows of it beside the place
CATEGORY: Final = "self_government"
PROPERTY_SERVICE: Final = "property_service"


class RatingRefusal(StrEnum):
    """Why somebody does not rate."""

    OWN = "community_rating.own"


def quarter_of(day: date) -> tuple[int, date]:
    """The number of a day's quarter, and the first day of the next: a rating is of a quarter."""
    number = day.year * 4 + (day.month - 1) // 3
    year, following = divmod(number + 1, 4)
    return number, date(year, following * 3 + 1, 1)

"""Words for the codes of voluntary service."""

from volunteers.labels import (
    activities,
    cloud,
    hours,
    on_the_day,
    personal,
    planning,
    rating,
    series,
    signing_up,
    teams,
)

__all__ = [
    "activities",
    "cloud",
    "hours",
    "on_the_day",
    "personal",
    "planning",
    "rating",
    "series",
    "signing_up",
    "teams",
]

"""Words for the codes of voluntary service."""

from volunteers.labels import (
    activities,
    cloud,
    hours,
    personal,
    planning,
    series,
    signing_up,
    teams,
)

__all__ = [
    "activities",
    "cloud",
    "hours",
    "personal",
    "planning",
    "series",
    "signing_up",
    "teams",
]

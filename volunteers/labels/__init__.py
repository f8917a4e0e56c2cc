"""Words for the codes of voluntary service."""

from volunteers.labels import (
    activities,
    announcing,
    at_risk,
    campaigns,
    cloud,
    doorsteps,
    hours,
    on_the_day,
    personal,
    planning,
    rating,
    reminders,
    rosters,
    series,
    signing_up,
    teams,
)

__all__ = [
    "activities",
    "announcing",
    "at_risk",
    "campaigns",
    "cloud",
    "doorsteps",
    "hours",
    "on_the_day",
    "personal",
    "planning",
    "rating",
    "reminders",
    "rosters",
    "series",
    "signing_up",
    "teams",
]

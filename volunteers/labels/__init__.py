"""Words for the codes of voluntary service."""

from volunteers.labels import (
    activities,
    announcing,
    at_risk,
    campaigns,
    cloud,
    hours,
    on_the_day,
    personal,
    place_cards,
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
    "hours",
    "on_the_day",
    "personal",
    "place_cards",
    "planning",
    "rating",
    "reminders",
    "rosters",
    "series",
    "signing_up",
    "teams",
]

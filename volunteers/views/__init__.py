"""Pages of voluntary service, by noun. Importing a module registers its routes."""

from volunteers.views import (
    calendar,
    desk_activities,
    desk_hours,
    desk_many,
    desk_series,
    desk_shifts,
    evidence,
    hours,
    mine,
    people,
    public,
    register,
    sign_up,
    teams,
    tours,
)
from volunteers.views.blueprint import bp

__all__ = [
    "bp",
    "calendar",
    "desk_activities",
    "desk_hours",
    "desk_many",
    "desk_series",
    "desk_shifts",
    "evidence",
    "hours",
    "mine",
    "people",
    "public",
    "register",
    "sign_up",
    "teams",
    "tours",
]

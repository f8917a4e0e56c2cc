"""Pages of voluntary service, by noun. Importing a module registers its routes."""

from volunteers.views import (
    absences,
    calendar,
    calling_off,
    check_in,
    desk_activities,
    desk_hours,
    desk_many,
    desk_series,
    desk_shifts,
    evidence,
    hours,
    patrols,
    public,
    roll_call,
    routes,
    teams,
    tours,
)
from volunteers.views.blueprint import bp

__all__ = [
    "absences",
    "bp",
    "calendar",
    "calling_off",
    "check_in",
    "desk_activities",
    "desk_hours",
    "desk_many",
    "desk_series",
    "desk_shifts",
    "evidence",
    "hours",
    "patrols",
    "public",
    "roll_call",
    "routes",
    "teams",
    "tours",
]

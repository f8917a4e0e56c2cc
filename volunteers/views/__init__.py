"""Pages of voluntary service, by noun. Importing a module registers its routes."""

from volunteers.views import calendar, desk_hours, hours
from volunteers.views.blueprint import bp

__all__ = ["bp", "calendar", "desk_hours", "hours"]

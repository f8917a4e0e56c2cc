"""Pages of pledges, by noun. Importing a module registers its routes."""

from pledges.views import breaches, inspections, my_breaches, plaque_desk, plaques, visits
from pledges.views.blueprint import bp

__all__ = ["bp", "breaches", "inspections", "my_breaches", "plaque_desk", "plaques", "visits"]

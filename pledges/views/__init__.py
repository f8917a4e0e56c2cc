"""Pages of pledges, by noun. Importing a module registers its routes."""

from pledges.views import plaque_desk, plaques
from pledges.views.blueprint import bp

__all__ = ["bp", "plaque_desk", "plaques"]

"""Pages of pledges, by noun. Importing a module registers its routes."""

from pledges.views.blueprint import bp

__all__ = ["bp"]

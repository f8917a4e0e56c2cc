"""Pages of pledges, by noun. Importing a module registers its routes."""

from pledges.views import clauses, plaque_desk, plaques, premises, premises_table
from pledges.views.blueprint import bp

__all__ = ["bp", "clauses", "plaque_desk", "plaques", "premises", "premises_table"]

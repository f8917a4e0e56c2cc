"""Pages of pledges, by noun. Importing a module registers its routes."""

from pledges.views import (
    breaches,
    clause_desk,
    clause_drafts,
    clauses,
    follow_up,
    inspections,
    my_breaches,
    photos,
    plaque_desk,
    plaques,
    premises,
    premises_more,
    premises_table,
    tables,
    visits,
)
from pledges.views.blueprint import bp

__all__ = [
    "bp",
    "breaches",
    "clause_desk",
    "clause_drafts",
    "clauses",
    "follow_up",
    "inspections",
    "my_breaches",
    "photos",
    "plaque_desk",
    "plaques",
    "premises",
    "premises_more",
    "premises_table",
    "tables",
    "visits",
]

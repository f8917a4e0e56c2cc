"""Pages of pledges, by noun. Importing a module registers its routes."""

from pledges.views import (
    alliances,
    breaches,
    clauses,
    inspections,
    my_alliances,
    my_breaches,
    my_elections,
    parking,
    parking_offers,
    plaque_desk,
    plaques,
    premises,
    premises_table,
    visits,
)
from pledges.views.blueprint import bp

__all__ = [
    "alliances",
    "bp",
    "breaches",
    "clauses",
    "inspections",
    "my_alliances",
    "my_breaches",
    "my_elections",
    "parking",
    "parking_offers",
    "plaque_desk",
    "plaques",
    "premises",
    "premises_table",
    "visits",
]

"""Words for the codes of pledges."""

from pledges.labels import (
    alliances,
    breaches,
    clauses,
    inspections,
    parking,
    personal,
    plaques,
    premises,
    refusals,
)

__all__ = [
    "alliances",
    "breaches",
    "clauses",
    "inspections",
    "parking",
    "personal",
    "plaques",
    "premises",
    "refusals",
]

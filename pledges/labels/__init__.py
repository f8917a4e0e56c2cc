"""Words for the codes of pledges."""

from pledges.labels import (
    alliances,
    breaches,
    clause_drafts,
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
    "clause_drafts",
    "clauses",
    "inspections",
    "parking",
    "personal",
    "plaques",
    "premises",
    "refusals",
]

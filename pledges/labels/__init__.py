"""Words for the codes of pledges."""

from pledges.labels import (
    breaches,
    clause_drafts,
    clauses,
    inspections,
    personal,
    plaques,
    premises,
    refusals,
    signing,
)

__all__ = [
    "breaches",
    "clause_drafts",
    "clauses",
    "inspections",
    "personal",
    "plaques",
    "premises",
    "refusals",
    "signing",
]

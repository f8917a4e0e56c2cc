"""Words for the codes of pledges."""

from pledges.labels import (
    alliances,
    breaches,
    clause_drafts,
    clauses,
    inspections,
    lists,
    owner_replies,
    parking,
    personal,
    plaques,
    premises,
    ratings,
    refusals,
    signing,
    standing,
)

__all__ = [
    "alliances",
    "breaches",
    "clause_drafts",
    "clauses",
    "inspections",
    "lists",
    "owner_replies",
    "parking",
    "personal",
    "plaques",
    "premises",
    "ratings",
    "refusals",
    "signing",
    "standing",
]

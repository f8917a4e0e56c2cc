"""Words for the codes of pledges."""

from pledges.labels import (
    breaches,
    clauses,
    inspections,
    lists,
    owner_replies,
    personal,
    plaques,
    premises,
    ratings,
    refusals,
    standing,
)

__all__ = [
    "breaches",
    "clauses",
    "inspections",
    "lists",
    "owner_replies",
    "personal",
    "plaques",
    "premises",
    "ratings",
    "refusals",
    "standing",
]

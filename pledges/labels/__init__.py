"""Words for the codes of pledges."""

from pledges.labels import (
    breaches,
    clauses,
    inspections,
    personal,
    plaques,
    premises,
    refusals,
)

__all__ = ["breaches", "clauses", "inspections", "personal", "plaques", "premises", "refusals"]

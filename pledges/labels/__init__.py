"""Words for the codes of pledges."""

from pledges.labels import clauses, personal, plaques, refusals

__all__ = ["clauses", "personal", "plaques", "refusals"]

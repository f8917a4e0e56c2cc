"""Words for the codes of pledges."""

from pledges.labels import clauses, personal, plaques, premises, refusals

__all__ = ["clauses", "personal", "plaques", "premises", "refusals"]

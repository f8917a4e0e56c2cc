"""Words for the codes of pledges."""

from pledges.labels import personal, plaques, refusals

__all__ = ["personal", "plaques", "refusals"]

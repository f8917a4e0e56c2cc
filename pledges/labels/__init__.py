"""Words for the codes of pledges."""

from pledges.labels import personal, refusals

__all__ = ["personal", "refusals"]

"""Words for the codes of conventions."""

from portal.conventions.labels import kinds, personal, refusals, votes, way

__all__ = ["kinds", "personal", "refusals", "votes", "way"]

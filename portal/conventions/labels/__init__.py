"""Words for the codes of conventions."""

from portal.conventions.labels import kinds, personal, refusals, talk, votes, way

__all__ = ["kinds", "personal", "refusals", "talk", "votes", "way"]

"""Words for the codes of voluntary service."""

from volunteers.labels import activities, personal

__all__ = ["activities", "personal"]

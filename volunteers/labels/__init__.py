"""Words for the codes of voluntary service."""

from volunteers.labels import activities, hours, personal

__all__ = ["activities", "hours", "personal"]

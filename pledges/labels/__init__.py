"""Words for the codes of pledges."""

from pledges.labels import breaches, inspections, personal, plaques, refusals

__all__ = ["breaches", "inspections", "personal", "plaques", "refusals"]

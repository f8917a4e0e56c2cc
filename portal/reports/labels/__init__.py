"""Reports: labels, by noun."""

from portal.reports.labels import case, categories, desk, intake, personal, public, rating

__all__ = ["case", "categories", "desk", "intake", "personal", "public", "rating"]

"""Reports: service, by noun."""

from portal.reports.service.categories import load_categories

__all__ = ["load_categories"]

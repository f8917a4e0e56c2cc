"""Words for the codes of conventions."""

from portal.conventions.labels import personal

__all__ = ["personal"]

"""Words for the codes of publicity."""

from portal.publicity.labels import exposure

__all__ = ["exposure"]

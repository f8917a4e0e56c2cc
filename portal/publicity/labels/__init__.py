"""Words for the codes of publicity."""

from portal.publicity.labels import articles, exposure

__all__ = ["articles", "exposure"]

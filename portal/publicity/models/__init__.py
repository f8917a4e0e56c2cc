"""Tables of publicity."""

from portal.publicity.models.exposures import Exposure

__all__ = ["Exposure"]

"""Tables of publicity."""

from portal.publicity.models.exposures import Exposure
from portal.publicity.models.questions import Question

__all__ = ["Exposure", "Question"]

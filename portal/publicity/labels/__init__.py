"""Words for the codes of publicity."""

from portal.publicity.labels import exposure, questions

__all__ = ["exposure", "questions"]

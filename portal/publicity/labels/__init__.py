"""Words for the codes of publicity."""

from portal.publicity.labels import disclosure, exposure, participation, questions

__all__ = ["disclosure", "exposure", "participation", "questions"]

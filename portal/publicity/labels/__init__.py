"""Words for the codes of publicity."""

from portal.publicity.labels import (
    articles,
    disclosure,
    exposure,
    highlights,
    participation,
    questions,
)

__all__ = ["articles", "disclosure", "exposure", "highlights", "participation", "questions"]

"""Pages of publicity, by noun. Importing a module registers its routes."""

from portal.publicity.views import (
    disclosure,
    disclosure_desk,
    exposure,
    exposure_desk,
    participation,
    pilot,
    question_desk,
    questions,
)
from portal.publicity.views.blueprint import bp

__all__ = [
    "bp",
    "disclosure",
    "disclosure_desk",
    "exposure",
    "exposure_desk",
    "participation",
    "pilot",
    "question_desk",
    "questions",
]

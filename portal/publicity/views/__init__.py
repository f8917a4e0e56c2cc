"""Pages of publicity, by noun. Importing a module registers its routes."""

from portal.publicity.views import exposure, exposure_desk, question_desk, questions
from portal.publicity.views.blueprint import bp

__all__ = ["bp", "exposure", "exposure_desk", "question_desk", "questions"]

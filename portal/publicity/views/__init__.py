"""Pages of publicity, by noun. Importing a module registers its routes."""

from portal.publicity.views import (
    article_desk,
    article_desk_parts,
    article_feeds,
    articles,
    disclosure,
    disclosure_desk,
    exposure,
    exposure_desk,
    highlight_desk,
    my_articles,
    participation,
    pilot,
    question_desk,
    questions,
)
from portal.publicity.views.blueprint import bp

__all__ = [
    "article_desk",
    "article_desk_parts",
    "article_feeds",
    "articles",
    "bp",
    "disclosure",
    "disclosure_desk",
    "exposure",
    "exposure_desk",
    "highlight_desk",
    "my_articles",
    "participation",
    "pilot",
    "question_desk",
    "questions",
]

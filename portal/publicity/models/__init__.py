"""Tables of publicity."""

from portal.publicity.models.articles import Article, ArticleHand, ArticlePhoto, ArticleVersion
from portal.publicity.models.exposures import Exposure

__all__ = ["Article", "ArticleHand", "ArticlePhoto", "ArticleVersion", "Exposure"]

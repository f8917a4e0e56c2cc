"""Tables of publicity."""

from portal.publicity.models.articles import Article, ArticleHand, ArticlePhoto, ArticleVersion
from portal.publicity.models.disclosure import DisclosedInput, KeyTask, KeyTaskChange
from portal.publicity.models.exposures import Exposure
from portal.publicity.models.highlights import PilotHighlight
from portal.publicity.models.participation import Participation, ParticipationMonth
from portal.publicity.models.questions import Question

__all__ = [
    "Article",
    "ArticleHand",
    "ArticlePhoto",
    "ArticleVersion",
    "DisclosedInput",
    "Exposure",
    "KeyTask",
    "KeyTaskChange",
    "Participation",
    "ParticipationMonth",
    "PilotHighlight",
    "Question",
]

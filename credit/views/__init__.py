"""Pages of the ledger, by noun. Importing a module registers its routes."""

from credit.views import honour_desk, honours, log, log_pages, quiz_desk, quizzes
from credit.views.blueprint import bp

__all__ = ["bp", "honour_desk", "honours", "log", "log_pages", "quiz_desk", "quizzes"]

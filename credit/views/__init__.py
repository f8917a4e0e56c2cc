"""Pages of the ledger, by noun. Importing a module registers its routes."""

from credit.views import (
    deduction_bases,
    deduction_steps,
    deductions,
    honour_desk,
    honours,
    log,
    log_pages,
    mine,
    mine_data,
    mine_entry,
    mine_matters,
    quiz_desk,
    quizzes,
)
from credit.views.blueprint import bp

__all__ = [
    "bp",
    "deduction_bases",
    "deduction_steps",
    "deductions",
    "honour_desk",
    "honours",
    "log",
    "log_pages",
    "mine",
    "mine_data",
    "mine_entry",
    "mine_matters",
    "quiz_desk",
    "quizzes",
]

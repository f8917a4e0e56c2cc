"""Pages of the ledger, by noun. Importing a module registers its routes."""

from credit.views import (
    benefits,
    deduction_bases,
    deduction_steps,
    deductions,
    desk_benefits,
    hand_out,
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
    "benefits",
    "bp",
    "deduction_bases",
    "deduction_steps",
    "deductions",
    "desk_benefits",
    "hand_out",
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

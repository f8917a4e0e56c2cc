"""The due process of deductions: the only way in which one can ever begin, and all ways out.

``propose`` → the guard's check by a job → ``confirm`` → the notice's window → posted by a job; on
the way the person objects and others decide. What may happen from where: ``credit.rules.process``.
"""

from credit.service.process.bases import (
    BasisWish,
    add_basis,
    consent_to_basis,
    revoke_basis,
    withdraw_basis_consent,
)
from credit.service.process.confirming import confirm, put_right, stand_aside
from credit.service.process.deciding import decide, extend, repair, take_on
from credit.service.process.falling import let_fall
from credit.service.process.gates import GATES, Gates, Judge
from credit.service.process.objecting import (
    add_statement,
    ask_review,
    object_to,
    record_objection,
    withdraw_objection,
)
from credit.service.process.proposing import ProposalWish, propose, withdraw_proposal
from credit.service.process.running import check_proposals, run_clocks, void_running
from credit.service.process.settings import check_settings

__all__ = [
    "GATES",
    "BasisWish",
    "Gates",
    "Judge",
    "ProposalWish",
    "add_basis",
    "add_statement",
    "ask_review",
    "check_proposals",
    "check_settings",
    "confirm",
    "consent_to_basis",
    "decide",
    "extend",
    "let_fall",
    "object_to",
    "propose",
    "put_right",
    "record_objection",
    "repair",
    "revoke_basis",
    "run_clocks",
    "stand_aside",
    "take_on",
    "void_running",
    "withdraw_basis_consent",
    "withdraw_objection",
    "withdraw_proposal",
]

"""The door of the ledger for other packages: facts, statements, points, consent.

What is posted here is answered, not raised: ``Posted`` with the entry, or ``Rejected`` with a code.
Deductions have no door: nothing outside the due process of this package may begin one. What is told
of conventions only says what may be a basis, and whose yes stands or has ended.
"""

from credit.service.accounts import end_consent, give_consent, open_account
from credit.service.facts import Holder, record_fact, retract_fact
from credit.service.guard import (
    Deed,
    judge,
    let_marks_run_out,
    mark_protected_act,
    mark_protected_acts,
)
from credit.service.known import Posted, Rejected
from credit.service.points import award, correct, give_back_held, hold_points, spend_held
from credit.service.posting import Details, Outcome
from credit.service.process.bases import BasisWish
from credit.service.process.marked import (
    agree_to_marked,
    end_marked_bases,
    end_marked_yes,
    mark_basis,
)
from credit.service.retaliation import record_outcome
from credit.service.rulebook import publish_rule
from credit.service.speaking import let_speak, stop_speaking
from credit.service.statements import seal_statement
from credit.service.switch import deductions_on

__all__ = [
    "BasisWish",
    "Deed",
    "Details",
    "Holder",
    "Outcome",
    "Posted",
    "Rejected",
    "agree_to_marked",
    "award",
    "correct",
    "deductions_on",
    "end_consent",
    "end_marked_bases",
    "end_marked_yes",
    "give_back_held",
    "give_consent",
    "hold_points",
    "judge",
    "let_marks_run_out",
    "let_speak",
    "mark_basis",
    "mark_protected_act",
    "mark_protected_acts",
    "open_account",
    "publish_rule",
    "record_fact",
    "record_outcome",
    "retract_fact",
    "seal_statement",
    "spend_held",
    "stop_speaking",
]

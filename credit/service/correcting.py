"""An entry that was written in error is taken back by hand: nothing is edited, one more is written.

Its holder reads why in her own ledger (L14). The audit names the entry and never the holder: once
she has her ledger erased, nothing may lead from the one to the other.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from credit.queries.accounts import balance_of, holder_of
from credit.queries.entries import TransferRow, left_to_take_back, sides_of
from credit.rules.correcting import LONGEST_REASON, CorrectionRefusal, why_not_by_hand
from credit.rules.kinds import LedgerRefusal, Party
from credit.service.halting import is_halted
from credit.service.known import Rejected
from credit.service.points import correct
from credit.service.posting import Details
from credit.service.proofs import find_entry
from portal.kernel.audit import note_action
from portal.kernel.errors import Missing, Refused
from portal.kernel.ids import new_id


@dataclass(frozen=True)
class Correction:
    """What is to be taken back, and why."""

    entry_id: UUID
    amount: int
    reason: str


@dataclass(frozen=True)
class Corrected:
    """The entry that was written, and how the account stands now."""

    entry_id: UUID
    left: int
    balance: int


def check_correction(
    session: Session, wish: Correction, *, actor_id: UUID | None = None
) -> TransferRow:
    """The entry that a correction speaks of. Raises Missing or Refused when it cannot be done.

    Asked before anybody vouched it only reads; with an actor it is the check that counts.
    """
    if not wish.reason.strip() or len(wish.reason) > LONGEST_REASON:
        raise Refused(CorrectionRefusal.NO_REASON, field="reason")
    moved = _moved(session, wish.entry_id)
    if is_halted(session):
        raise Refused(LedgerRefusal.HALTED)
    if actor_id is not None:
        # an erasure that runs now is over before anybody asks whose account it is
        balance_of(session, moved.entry.district, moved.account_id, lock=True)
    left = left_to_take_back(session, moved)
    if wish.amount > left:
        raise Refused(CorrectionRefusal.TOO_MUCH, field="amount", facts={"left": left})
    holder = holder_of(session, moved.entry.district, moved.account_id)
    if holder is None:
        raise Refused(CorrectionRefusal.NO_HOLDER)
    if holder == (Party.PERSON, actor_id):
        raise Refused(CorrectionRefusal.OWN)
    return moved


def _moved(session: Session, entry_id: UUID) -> TransferRow:
    """The entry, if it is one that is corrected by hand."""
    found = find_entry(session, entry_id)
    if found is None:
        raise Missing(f"There is no entry {entry_id}.")
    refusal, moved = why_not_by_hand(found.kind), sides_of(found)
    if refusal is not None or moved is None:
        raise Refused(refusal or CorrectionRefusal.OTHER_KIND)
    return moved


def correct_by_hand(
    session: Session, wish: Correction, *, actor_id: UUID, now: datetime
) -> Corrected:
    """Take back some or all of what was given or spent. Raises Missing or Refused."""
    moved = check_correction(session, wish, actor_id=actor_id)
    district, reason = moved.entry.district, wish.reason.strip()
    entry_id = new_id()
    outcome = correct(
        session, district=district, entry_id=entry_id, of=wish.entry_id, amount=wish.amount,
        details=Details(f"entry:{wish.entry_id}", {"reason": reason}), now=now,
    )  # fmt: skip
    if isinstance(outcome, Rejected):
        raise Refused(outcome.code, field=outcome.field)
    note_action(
        session, at=now, actor_id=actor_id, action="ledger:correct",
        subject=f"entry:{wish.entry_id}", reason=reason,
    )  # fmt: skip
    balance = balance_of(session, district, moved.account_id)
    return Corrected(entry_id, left_to_take_back(session, moved), balance.balance if balance else 0)

"""What runs out by itself: points, deductions, holds and notices. The ids are computed, so that
whoever comes first, the job or a purchase, writes the same entry, and a replay does too."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from credit.queries.accounts import balance_of
from credit.queries.entries import (
    DueRow,
    accounts_due,
    due_of,
    left_to_take_back,
    lots_of,
    resolution_of,
    transfer,
)
from credit.rules.kinds import Kind
from credit.rules.lots import Lot, computed_id, over
from credit.service.earlier import resolve, take_back
from credit.service.known import Rejected
from credit.service.posting import Details, Outcome
from credit.service.timers import anything_due, forget_past
from portal.kernel.db import Database

BATCH = 200
# how something on hold ends when nobody ends it
ENDS_BY_ITSELF = {
    Kind.REDEEM_HOLD: Kind.REDEEM_VOID,
    Kind.DEDUCTION_NOTICE: Kind.DEDUCTION_EXPIRE,
}


def settle_account(session: Session, district: str, account_id: UUID, *, now: datetime) -> int:
    """Write down everything of an account that has run out; how many entries that made."""
    if not anything_due(session, district, account_id, now):
        return 0
    # whoever else settles this account waits here, and then finds nothing to do
    if balance_of(session, district, account_id, lock=True) is None:
        return 0
    made = [_end(session, row) for row in due_of(session, district, account_id, now)]
    made += _expire_points(session, district, account_id, now)
    forget_past(session, district, account_id, now)
    for outcome in made:
        if isinstance(outcome, Rejected):
            # nothing here asks for what is not there: a refusal would be a broken ledger
            raise TypeError(f"an expiry was refused: {outcome.code}")
    return sum(outcome is not None for outcome in made)


def _end(session: Session, due: DueRow) -> Outcome | None:
    """A hold or a notice that nobody ended, or a deduction whose time is over."""
    found = transfer(session, due.district, due.entry_id)
    if found is None or found.entry.kind is Kind.AWARD:
        return None
    entry_id = computed_id("end", due.district, due.entry_id, 0, due.due_at)
    kind = ENDS_BY_ITSELF.get(found.entry.kind)
    details = Details(f"entry:{due.entry_id}")
    if kind is not None:
        if resolution_of(session, due.district, due.entry_id) is not None:
            return None
        return resolve(
            session, kind, district=due.district, id=entry_id, of=due.entry_id, details=details,
            at=due.due_at,
        )  # fmt: skip
    left = left_to_take_back(session, found)
    if left == 0:
        return None
    return take_back(
        session, Kind.EXPIRY, district=due.district, id=entry_id, of=due.entry_id, amount=left,
        details=details, at=due.due_at,
    )  # fmt: skip


def _expire_points(
    session: Session, district: str, account_id: UUID, now: datetime
) -> list[Outcome]:
    """What is left of awards whose time is over. What is held for a benefit is spent already."""
    balance = balance_of(session, district, account_id)
    if balance is None:
        return []
    lots = over(lots_of(session, district, account_id), balance.available, now)
    return [_expire(session, district, lot, amount, now) for lot, amount in lots]


def _expire(session: Session, district: str, lot: Lot, amount: int, now: datetime) -> Outcome:
    # points that came back after their day expire when that is seen
    at = lot.until if lot.until is not None and lot.expiries == 0 else now
    return take_back(
        session,
        Kind.EXPIRY,
        district=district,
        id=computed_id("expiry", district, lot.id, lot.expiries, at),
        of=lot.id,
        amount=amount,
        details=Details(f"entry:{lot.id}"),
        at=at,
    )


def settle_due(database: Database, now: datetime) -> int:
    """Settle every account of which something has run out; each is a transaction of its own."""
    made = 0
    while True:
        with database.read() as session:
            accounts = accounts_due(session, now, BATCH)
        for district, account_id in accounts:
            with database.write() as session:
                made += settle_account(session, district, account_id, now=now)
        if not accounts:
            return made

"""What runs out by itself: points, deductions, holds and notices. The ids are computed, so that
whoever comes first, the job or a purchase, writes the same entry, and a replay does too."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from credit.queries.accounts import balance_of
from credit.queries.benefits import lock_benefits_of
from credit.queries.entries import (
    DueRow,
    TransferRow,
    accounts_due,
    due_of,
    left_to_take_back,
    lots_of,
    resolution_of,
    transfer,
)
from credit.rules.kinds import Kind, LedgerRefusal
from credit.rules.leaf import Unit
from credit.rules.lots import computed_id, over
from credit.service.earlier import resolve, take_back
from credit.service.forgetting import forget_details
from credit.service.halting import is_halted
from credit.service.known import HALTED, Rejected
from credit.service.posting import Details, Outcome
from credit.service.timers import forget_past, next_due
from portal.kernel.db import Database
from portal.kernel.errors import Refused

BATCH = 200
# how something on hold ends when nobody ends it
ENDS_BY_ITSELF = {
    Kind.REDEEM_HOLD: Kind.REDEEM_VOID,
    Kind.DEDUCTION_NOTICE: Kind.DEDUCTION_EXPIRE,
}


def settle_account(session: Session, district: str, account_id: UUID, *, now: datetime) -> int:
    """Write down everything of an account that has run out; how many entries that made.

    Moment by moment, as if somebody had looked at each of them: so it makes the same entries
    whether a job runs each minute or nobody has looked for a month.
    """
    if next_due(session, district, account_id, now) is None or is_halted(session):
        return 0
    # whoever else settles this account waits here, and then finds nothing to do
    if balance_of(session, district, account_id, lock=True) is None:
        return 0
    lock_benefits_of(session, district, account_id, now)
    made = 0
    while (moment := next_due(session, district, account_id, now)) is not None:
        made += _settle_moment(session, district, account_id, moment)
    return made


def settle_before(session: Session, district: str, of: UUID, *, now: datetime) -> None:
    """What ran out is over before anybody speaks of an earlier entry of the same account."""
    found = transfer(session, district, of)
    if found is not None:
        settle_account(session, district, found.account_id, now=now)


def _settle_moment(session: Session, district: str, account_id: UUID, moment: datetime) -> int:
    outcomes = [_end(session, row) for row in due_of(session, district, account_id, moment)]
    outcomes += _expire_points(session, district, account_id, moment)
    forget_past(session, district, account_id, moment)
    for outcome in outcomes:
        if outcome == HALTED:
            # it went wrong between two entries: what ran out together is written down together
            raise Refused(LedgerRefusal.HALTED)
        if isinstance(outcome, Rejected):
            # nothing here asks for what is not there: a refusal would be a broken ledger
            raise TypeError(f"an expiry was refused: {outcome.code}")
    return sum(outcome is not None for outcome in outcomes)


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
            session,
            kind,
            district=due.district,
            entry_id=entry_id,
            of=due.entry_id,
            details=details,
            at=due.due_at,
        )
    return _end_deduction(session, due, found, entry_id)


def _end_deduction(
    session: Session, due: DueRow, found: TransferRow, entry_id: UUID
) -> Outcome | None:
    """What is left of it goes back, and nobody can read any more why it was (L12)."""
    left = left_to_take_back(session, found)
    outcome = None
    if left:
        outcome = take_back(
            session,
            Kind.EXPIRY,
            district=due.district,
            entry_id=entry_id,
            of=due.entry_id,
            amount=left,
            details=Details(f"entry:{due.entry_id}"),
            at=due.due_at,
        )
    forget_details(session, found.entry)
    return outcome


def _expire_points(
    session: Session, district: str, account_id: UUID, moment: datetime
) -> list[Outcome]:
    """What is left of awards whose time is over. What is held for a benefit is spent already."""
    balance = balance_of(session, district, account_id)
    if balance is None or balance.unit is not Unit.POINTS:
        return []
    return [
        take_back(
            session,
            Kind.EXPIRY,
            district=district,
            entry_id=computed_id("expiry", district, lot.id, lot.expiries, moment),
            of=lot.id,
            amount=amount,
            details=Details(f"entry:{lot.id}"),
            at=moment,
        )
        for lot, amount in over(lots_of(session, district, account_id), balance.available, moment)
    ]


def settle_due(database: Database, now: datetime) -> int:
    """Settle every account of which something has run out; each is a transaction of its own."""
    made = 0
    while True:
        with database.read() as session:
            accounts = [] if is_halted(session) else accounts_due(session, now, BATCH)
        for district, account_id in accounts:
            with database.write() as session:
                made += settle_account(session, district, account_id, now=now)
        if not accounts:
            return made

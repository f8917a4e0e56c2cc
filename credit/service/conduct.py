"""Deductions as entries: announced, then posted, voided or run out, and repaired.

These are the ledger's own moves. Who may propose, confirm and review, and whether a city has
deductions at all, is decided by those who call them: no rule and no fact ever does (L11).
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from credit.queries.accounts import is_bound
from credit.rules.bodies import Transfer
from credit.rules.flaws import LONGEST_LIFE, SHORTEST_NOTICE
from credit.rules.kinds import Issuer, Kind, LedgerRefusal
from credit.rules.leaf import Unit
from credit.service.due import settle_account, settle_before
from credit.service.earlier import resolve, take_back
from credit.service.known import answer_known, refuse
from credit.service.posting import Details, Outcome, post
from credit.service.sources import hash_source


def notice_deduction(
    session: Session,
    *,
    district: str,
    entry_id: UUID,
    account_id: UUID,
    amount: int,
    rule: str,
    details: Details,
    until: datetime,
    now: datetime,
) -> Outcome:
    """Announce a deduction. It counts nothing yet, and lapses when nobody posts it in time."""
    if until < now + SHORTEST_NOTICE:
        raise ValueError("a notice leaves at least fifteen days")
    # a notice that lapsed a second ago takes no room any more
    settle_account(session, district, account_id, now=now)
    wish = Transfer(
        district=district, id=entry_id, kind=Kind.DEDUCTION_NOTICE, unit=Unit.CONDUCT,
        account_id=account_id, issuer=Issuer.CONDUCT, to_holder=False, amount=amount, rule=rule,
        source=hash_source(session, "deduction", details.source), until=until,
    )  # fmt: skip
    if not is_bound(session, district, account_id):
        return answer_known(session, wish, details.content()) or refuse(
            session, wish, LedgerRefusal.NOT_ADULT, "account", at=now
        )
    return post(session, wish, details, at=now)


def post_deduction(
    session: Session,
    *,
    district: str,
    entry_id: UUID,
    of: UUID,
    details: Details,
    now: datetime,
    life: timedelta = LONGEST_LIFE,
) -> Outcome:
    """Let a deduction count from now, for its time and no longer; not before its notice is over."""
    settle_before(session, district, of, now=now)
    return resolve(
        session,
        Kind.DEDUCTION_POST,
        district=district,
        entry_id=entry_id,
        of=of,
        details=details,
        at=now,
        until=now + min(life, LONGEST_LIFE),
        not_before=SHORTEST_NOTICE,
    )


def void_deduction(
    session: Session,
    *,
    district: str,
    entry_id: UUID,
    of: UUID,
    details: Details,
    now: datetime,
) -> Outcome:
    """It never counts: put right before its time, won on appeal, or a clock was missed."""
    settle_before(session, district, of, now=now)
    return resolve(
        session,
        Kind.DEDUCTION_VOID,
        district=district,
        entry_id=entry_id,
        of=of,
        details=details,
        at=now,
    )


def repair_deduction(
    session: Session,
    *,
    district: str,
    entry_id: UUID,
    of: UUID,
    amount: int,
    details: Details,
    now: datetime,
) -> Outcome:
    """Give back some or all of a deduction for a service done."""
    settle_before(session, district, of, now=now)
    return take_back(
        session,
        Kind.REPAIR,
        district=district,
        entry_id=entry_id,
        of=of,
        amount=amount,
        details=details,
        at=now,
    )

"""Points: earned by a rule, held for a benefit, then spent or given back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from credit.rules.bodies import Transfer
from credit.rules.kinds import Issuer, Kind
from credit.rules.leaf import Unit
from credit.service.due import settle_account, settle_before
from credit.service.earlier import resolve, take_back
from credit.service.posting import Details, Outcome, post
from credit.service.sources import hash_source


def award(
    session: Session,
    *,
    district: str,
    entry_id: UUID,
    account_id: UUID,
    amount: int,
    rule: str,
    source: bytes,
    details: Details,
    now: datetime,
    until: datetime | None = None,
) -> Outcome:
    """Give points under a rule. One source earns once: told again, it gets the same entry."""
    wish = Transfer(
        district=district, id=entry_id, kind=Kind.AWARD, unit=Unit.POINTS, account_id=account_id,
        issuer=Issuer.GIVEN, to_holder=True, amount=amount, rule=rule, source=source, until=until,
    )  # fmt: skip
    return post(session, wish, details, at=now)


def hold_points(
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
    """Hold points for a benefit until somebody hands it out or the time is over."""
    # points that ran out a second ago are not spent because a job is late
    settle_account(session, district, account_id, now=now)
    wish = Transfer(
        district=district,
        id=entry_id,
        kind=Kind.REDEEM_HOLD,
        unit=Unit.POINTS,
        account_id=account_id,
        issuer=Issuer.SPENT,
        to_holder=False,
        amount=amount,
        rule=rule,
        source=hash_source(session, "redeem", details.source),
        until=until,
    )
    return post(session, wish, details, at=now)


def spend_held(
    session: Session,
    *,
    district: str,
    entry_id: UUID,
    of: UUID,
    details: Details,
    now: datetime,
) -> Outcome:
    """The benefit was handed out: what was held is spent."""
    settle_before(session, district, of, now=now)
    return resolve(
        session,
        Kind.REDEEM_POST,
        district=district,
        entry_id=entry_id,
        of=of,
        details=details,
        at=now,
    )


def give_back_held(
    session: Session,
    *,
    district: str,
    entry_id: UUID,
    of: UUID,
    details: Details,
    now: datetime,
) -> Outcome:
    """The benefit was not handed out: what was held can be spent again."""
    settle_before(session, district, of, now=now)
    return resolve(
        session,
        Kind.REDEEM_VOID,
        district=district,
        entry_id=entry_id,
        of=of,
        details=details,
        at=now,
    )


def correct(
    session: Session,
    *,
    district: str,
    entry_id: UUID,
    of: UUID,
    amount: int,
    details: Details,
    now: datetime,
) -> Outcome:
    """Take back what was written in error, in part or in whole; nothing is ever edited."""
    settle_before(session, district, of, now=now)
    return take_back(
        session,
        Kind.CORRECTION,
        district=district,
        entry_id=entry_id,
        of=of,
        amount=amount,
        details=details,
        at=now,
    )

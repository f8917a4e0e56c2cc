"""Entries that speak of an earlier one: a hold is ended once, what moved is taken back in part."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from credit.queries.accounts import balance_of
from credit.queries.entries import TransferRow, left_to_take_back, transfer
from credit.rules.bodies import Transfer
from credit.rules.kinds import TAKEN_BACK_BY, TRANSFERS, Issuer, Kind, LedgerRefusal
from credit.rules.leaf import Unit
from credit.service.known import Posted, answer_known, refuse
from credit.service.posting import Details, Outcome, post
from credit.service.stock import end_redemption
from credit.service.timers import forget_due, watch_awards


def resolve(
    session: Session,
    kind: Kind,
    *,
    district: str,
    entry_id: UUID,
    of: UUID,
    details: Details,
    at: datetime,
    until: datetime | None = None,
    not_before: timedelta = timedelta(0),
) -> Outcome:
    """End what is on hold: post it, void it, let it expire. Whoever comes second is refused."""
    found = transfer(session, district, of)
    if found is None or found.entry.kind is not TRANSFERS[kind].ends:
        return _unknown(session, kind, district, entry_id, of, details, at)
    wish = _like(found, kind, entry_id, found.amount, to_holder=found.to_holder, until=until)
    if not_before and at < found.entry.at + not_before:
        return answer_known(session, wish, details.content()) or refuse(
            session, wish, LedgerRefusal.TOO_EARLY, "of", at=at
        )
    outcome = post(session, wish, details, at=at)
    if isinstance(outcome, Posted):
        forget_due(session, district, of)
        end_redemption(session, kind, district, of, at=at)
        if kind is Kind.REDEEM_VOID:
            watch_awards(session, district, found.account_id, at)
    return outcome


def take_back(
    session: Session,
    kind: Kind,
    *,
    district: str,
    entry_id: UUID,
    of: UUID,
    amount: int,
    details: Details,
    at: datetime,
) -> Outcome:
    """Take back some of what an entry moved; never more in all than it moved."""
    found = transfer(session, district, of)
    if found is None or kind not in TAKEN_BACK_BY.get(found.entry.kind, ()):
        return _unknown(session, kind, district, entry_id, of, details, at)
    wish = _like(found, kind, entry_id, amount, to_holder=not found.to_holder, until=None)
    # two who take back at once must not both see the same rest
    balance_of(session, district, found.account_id, lock=True)
    known = answer_known(session, wish, details.content())
    if known is not None:
        return known
    if amount > left_to_take_back(session, found):
        return refuse(session, wish, LedgerRefusal.TAKEN_BACK, "amount", at=at)
    outcome = post(session, wish, details, at=at)
    if isinstance(outcome, Posted) and found.entry.kind is Kind.REDEEM_POST:
        watch_awards(session, district, found.account_id, at)
    return outcome


def _like(
    found: TransferRow,
    kind: Kind,
    entry_id: UUID,
    amount: int,
    *,
    to_holder: bool,
    until: datetime | None,
) -> Transfer:
    """A transfer between the same two, by the same rule, from the same source."""
    expired = kind is Kind.EXPIRY and found.unit is Unit.POINTS
    return Transfer(
        district=found.entry.district,
        id=entry_id,
        kind=kind,
        unit=found.unit,
        account_id=found.account_id,
        issuer=Issuer.EXPIRED if expired else found.issuer,
        to_holder=to_holder,
        amount=amount,
        rule=found.rule,
        source=found.source,
        of=found.entry.id,
        until=until,
    )


def _unknown(
    session: Session,
    kind: Kind,
    district: str,
    entry_id: UUID,
    of: UUID,
    details: Details,
    at: datetime,
) -> Outcome:
    """There is no such earlier entry: refused under the id, so that it stays so."""
    unit = min(TRANSFERS[kind].units)
    wish = Transfer(
        district=district, id=entry_id, kind=kind, unit=unit, account_id=of, issuer=Issuer.GIVEN,
        to_holder=False, amount=1, rule="none@1", source=bytes(32), of=of,
    )  # fmt: skip
    return answer_known(session, wish, details.content()) or refuse(
        session, wish, LedgerRefusal.UNKNOWN_ENTRY, "of", at=at
    )

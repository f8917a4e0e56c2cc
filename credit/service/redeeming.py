"""A benefit is kept for a resident, fetched with a code, cancelled, or given back by itself.

Locks are taken in one order, by everybody: the account, then the offers, then the redemption.
"""

import hmac
from datetime import datetime, time, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from credit.models import Benefit, Redemption
from credit.queries.accounts import account_of, accounts_of, balance_of
from credit.queries.benefits import (
    BenefitRow,
    RedemptionRow,
    benefit,
    holder_of_account,
    lock_benefits_of,
    redemption,
    redemption_of_code,
    taken_by,
)
from credit.rules.benefits import (
    OPEN_MINUTES,
    WRONG_CODES,
    WRONG_CODES_SECONDS,
    BenefitRefusal,
    BenefitState,
    RedemptionState,
)
from credit.rules.canonical import Json
from credit.rules.kinds import LedgerRefusal, Party
from credit.rules.leaf import Unit
from credit.service.due import settle_account
from credit.service.known import Posted
from credit.service.looks import note_look
from credit.service.points import give_back_held, hold_points, spend_held
from credit.service.posting import Details, Outcome
from portal.accounts.rules import Actor, Permission
from portal.kernel.audit import note_action, noted_since
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Counted, Forbidden, Missing, Refused
from portal.kernel.ids import clean_number, new_id, new_number, number_of
from portal.kernel.instance import instance_of
from portal.kernel.ratelimit import allow, release

_BUCKET = "benefit/code"
FOUND = "benefit:find"


def redeem(session: Session, actor: Actor, code: str, *, price: int, now: datetime) -> str:
    """Have one kept, for the price that she was shown; the number of the redemption.

    Who ended her consent still spends what she has (L5).
    """
    row = benefit(session, code)
    if row is None or actor.person_id is None:
        raise Missing
    account = account_of(session, row.district, Party.PERSON, actor.person_id, Unit.POINTS)
    if account is None:
        raise Refused(BenefitRefusal.NO_POINTS)
    # her other wishes wait here, so that her limit is counted once
    balance_of(session, row.district, account, lock=True)
    lock_benefits_of(session, row.district, account, now, also=row.id)
    settle_account(session, row.district, account, now=now)
    if row.per_person is not None and taken_by(session, account, row.id) >= row.per_person:
        raise Refused(BenefitRefusal.HAD_ENOUGH)
    _take_one(session, row, price, now)
    return _keep(session, row, account, price, now)


def _take_one(session: Session, row: BenefitRow, price: int, now: datetime) -> None:
    """One less in stock, if there is one, at this price: the last one is had once."""
    taking = update(Benefit).where(
        Benefit.district == row.district,
        Benefit.id == row.id,
        Benefit.state == BenefitState.OFFERED,
        Benefit.price == price,
        # no row with nothing left; where there is always more nothing is counted
        Benefit.in_stock.is_(None) | (Benefit.in_stock > 0),
    )
    if not row.to_be_had(city_day(now, instance_of(session).city.zone)):
        raise Refused(BenefitRefusal.NOT_OFFERED)
    if changed_rows(session, taking.values(in_stock=Benefit.in_stock - 1)) == 1:
        return
    present = benefit(session, row.code)
    if present is None or present.state is not BenefitState.OFFERED:
        raise Conflict(BenefitRefusal.NOT_OFFERED)
    if present.price != price:
        raise Conflict(BenefitRefusal.NEW_PRICE, facts={"price": present.price})
    raise Conflict(BenefitRefusal.SOLD_OUT)


def _keep(session: Session, row: BenefitRow, account: UUID, price: int, now: datetime) -> str:
    """Hold the points and write down what is kept. Raises Refused when there are too few."""
    hold_id, number, until = new_id(), new_number(), _until(session, row, now)
    facts: dict[str, Json] = {"benefit": row.code, "title": _title(session, row)}
    outcome = hold_points(
        session, district=row.district, entry_id=hold_id, account_id=account, amount=price,
        rule=f"benefit-{row.code.lower()}@{row.version}",
        details=Details(f"redemption:{number}", facts),
        until=until, now=now,
    )  # fmt: skip
    if not isinstance(outcome, Posted):
        if outcome.code is not LedgerRefusal.NOT_ENOUGH:
            # the ledger stands still: nobody's points are touched
            raise Refused(outcome.code)
        left = balance_of(session, row.district, account)
        missing = price - (left.available if left else 0)
        raise Refused(BenefitRefusal.NOT_ENOUGH, facts={"missing": missing})
    session.add(
        Redemption(
            district=row.district, id=hold_id, number=number, benefit_id=row.id,
            account_id=account, price=price,
            code_hash=_hash(session, code_of(session, hold_id)),
            state=RedemptionState.HELD, made_at=now.replace(microsecond=0), until=until,
        )
    )  # fmt: skip
    return number


def _title(session: Session, row: BenefitRow) -> str:
    """What it is called in the language of the city."""
    language = instance_of(session).city.default_language
    return row.titles.get(language) or next(iter(row.titles.values()), "")


def _until(session: Session, row: BenefitRow, now: datetime) -> datetime:
    """How long it is kept: so many days, and no longer than the offer's last day."""
    until = now + timedelta(days=row.hold_days)
    if row.valid_to is not None:
        zone = instance_of(session).city.zone
        until = min(until, datetime.combine(row.valid_to + timedelta(days=1), time(), zone))
    return until.replace(microsecond=0).astimezone(now.tzinfo)


def code_of(session: Session, hold_id: UUID) -> str:
    """The code that fetches a benefit. It is computed with the installation's key: only its hash
    is kept, and its holder can see it again."""
    key = instance_of(session).vault.derive("credit/pick-up")
    return number_of(hmac.new(key, hold_id.bytes, sha256).digest())


def code_by_number(session: Session, actor: Actor, number: str) -> str:
    """The code of what is kept for herself. Somebody else's is Missing."""
    return code_of(session, own_redemption(session, actor, number).id)


def _hash(session: Session, code: str) -> str:
    return instance_of(session).vault.keyed_hash("credit/pick-up/hash", code)


def own_redemption(session: Session, actor: Actor, number: str) -> RedemptionRow:
    """What is kept for herself. Somebody else's is Missing."""
    row = redemption(session, number)
    if row is None or actor.person_id is None or not _is_hers(session, actor, row):
        raise Missing
    return row


def _is_hers(session: Session, actor: Actor, row: RedemptionRow) -> bool:
    if actor.person_id is None:
        return False
    mine = accounts_of(session, Party.PERSON, actor.person_id)
    return row.account_id in {account.account_id for account in mine}


def cancel_redemption(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """She does not want it after all: her points are free again, the next one can have it."""
    row = own_redemption(session, actor, number)
    if row.state is RedemptionState.CANCELLED:
        return
    outcome = give_back_held(
        session, district=row.district, entry_id=new_id(), of=row.id,
        details=Details(f"redemption:{number}", {"benefit": row.benefit.code}), now=now,
    )  # fmt: skip
    _ended_by_me(outcome)


def _ended_by_me(outcome: Outcome) -> None:
    if isinstance(outcome, Posted):
        return
    if outcome.code is LedgerRefusal.RESOLVED:
        raise Conflict(BenefitRefusal.OVER)
    raise Refused(outcome.code)


def find_by_code(session: Session, actor: Actor, typed: str, *, now: datetime) -> str:
    """The number of what a code fetches here. Each look is noted for the one it is kept for.

    Wrong codes are counted, so that nobody tries them out.
    """
    if not allow(
        session, bucket=_BUCKET, key=str(actor.person_id), limit=WRONG_CODES,
        seconds=WRONG_CODES_SECONDS, now=now,
    ):  # fmt: skip
        raise Refused(BenefitRefusal.TOO_MANY_CODES, field="code")
    code = clean_number(typed)
    row = redemption_of_code(session, _hash(session, code)) if code else None
    # what is fetched elsewhere is unknown here: no code is tried out on another place either
    if row is None or not _hands_out(actor, row):
        raise Counted(BenefitRefusal.WRONG_CODE, field="code")
    release(session, bucket=_BUCKET, key=str(actor.person_id))
    # opens it to her for a while; that she looked is noted for whom it is kept
    note_action(
        session, at=now, actor_id=actor.person_id, action=FOUND, subject=f"redemption:{row.number}"
    )
    holder = holder_of_account(session, row.district, row.account_id)
    if holder is not None and actor.person_id is not None:
        why = f"{_title(session, row.benefit)} {row.number}"
        note_look(session, actor_id=actor.person_id, subject_person_id=holder, why=why, now=now)
    return row.number


def _hands_out(actor: Actor, row: RedemptionRow) -> bool:
    return actor.may(Permission.BENEFIT_HAND_OUT, place_path=row.benefit.place_path)


def found_redemption(
    session: Session, actor: Actor, number: str, *, now: datetime
) -> tuple[RedemptionRow, UUID | None]:
    """What she has found by its code a moment ago, and whom it is kept for."""
    row = redemption(session, number)
    if row is None or not _hands_out(actor, row):
        raise Missing
    since = now - timedelta(minutes=OPEN_MINUTES)
    subject = f"redemption:{number}"
    if not noted_since(session, since, actor_id=actor.person_id, action=FOUND, subject=subject):
        raise Missing
    return row, holder_of_account(session, row.district, row.account_id)


def hand_out(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """Hand it out: the points are spent. Once, whoever comes first; never to oneself."""
    row, holder = found_redemption(session, actor, number, now=now)
    if actor.person_id is None:
        raise Forbidden
    if holder == actor.person_id:
        raise Refused(BenefitRefusal.OWN)
    outcome = spend_held(
        session, district=row.district, entry_id=new_id(), of=row.id,
        details=Details(f"redemption:{number}", {"benefit": row.benefit.code}), now=now,
    )  # fmt: skip
    _ended_by_me(outcome)
    mine = update(Redemption).where(Redemption.district == row.district, Redemption.id == row.id)
    changed_rows(session, mine.values(handed_by=actor.person_id))
    note_action(
        session, at=now, actor_id=actor.person_id, action="benefit:hand_out",
        subject=f"redemption:{number}", person_id=holder,
    )  # fmt: skip

"""The one way into the ledger: an entry, its balance, its details and its place in the queue.

Everything happens in the caller's transaction. The account's row is changed first, by an UPDATE
that says no when the floor forbids it, so that two who spend the last point take turns there.
A refusal is an answer, not an exception: it is written down under the entry's id and stays. Only
that the ledger stands still is not written down: the same wish may be posted when it goes on.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import BigInteger, CursorResult, Update, bindparam, or_, update
from sqlalchemy.orm import Session

from credit.models import Account
from credit.queries.accounts import balance_of
from credit.queries.entries import award_of_source, resolution_of
from credit.rules.bodies import Statement, Transfer, has_amount, malformed
from credit.rules.canonical import Json
from credit.rules.kinds import FLOORS, Effect, Kind, LedgerRefusal
from credit.rules.leaf import SALT_LENGTH, Unit
from credit.service.halting import is_halted
from credit.service.known import HALTED, Posted, Rejected, answer_known, refuse
from credit.service.writing import write_entry
from portal.kernel.db import Base

Outcome = Posted | Rejected


@dataclass(frozen=True)
class Details:
    """What people will read of an entry: where it comes from, and facts about it. Erasable."""

    source: str
    facts: Mapping[str, Json] = field(default_factory=dict)

    def content(self) -> dict[str, Json]:
        return {**self.facts, "source": self.source}


def post(session: Session, wish: Transfer, details: Details, *, at: datetime) -> Outcome:
    """Post a transfer, or say why not. The same wish again gets the same answer again."""
    if wrong := malformed(wish):
        raise ValueError(f"{wish.kind}: {wrong}")
    if is_halted(session):
        return answer_known(session, wish, details.content()) or HALTED
    if not has_amount(wish):
        return answer_known(session, wish, details.content()) or refuse(
            session, wish, LedgerRefusal.BAD_AMOUNT, "amount", at=at
        )
    if not _move(session, wish, wish.effect):
        answer = _not_moved(session, wish, details, at)
        if answer is not None:
            return answer
    written = write_entry(
        session, wish, details.content(), new_salts(), at=at, account_id=wish.account_id
    )
    if written is not None:
        return Posted(written)
    # somebody was first with this id, this source or this hold: what was moved goes back
    if not _move(session, wish, Effect(-wish.effect.balance, -wish.effect.held)):
        raise RuntimeError("a balance that was changed a moment ago cannot be put back")
    return _already(session, wish, details, at)


def _not_moved(session: Session, wish: Transfer, details: Details, at: datetime) -> Outcome | None:
    """Why the balance could not be changed; None when it could, at the second try."""
    known = answer_known(session, wish, details.content())
    if known is not None:
        return known
    # whoever changes the account now has to be waited for, or the refusal would be of yesterday
    account = balance_of(session, wish.district, wish.account_id, lock=True)
    if account is None or account.unit is not wish.unit:
        return refuse(session, wish, LedgerRefusal.NO_ACCOUNT, "account", at=at)
    if _move(session, wish, wish.effect):
        return None
    return _already(session, wish, details, at)


def _already(session: Session, wish: Transfer, details: Details, at: datetime) -> Outcome:
    """The answer when an entry finds no place: it is there, or something else took its place."""
    known = answer_known(session, wish, details.content())
    if known is not None:
        return known
    if wish.kind is Kind.AWARD and (earned := award_of_source(session, wish.district, wish.source)):
        return Posted(earned, again=True)
    if wish.of and resolution_of(session, wish.district, wish.of):
        return refuse(session, wish, LedgerRefusal.RESOLVED, "of", at=at)
    return refuse(session, wish, LedgerRefusal.NOT_ENOUGH, "amount", at=at)


def _moving() -> Update:
    """Change the holder's row if the floor allows it. Made once: building it took longer than
    running it."""
    row = Base.metadata.tables[Account.__tablename__].c
    balance = row.balance + bindparam("more", type_=BigInteger)
    held = row.held + bindparam("more_held", type_=BigInteger)
    return (
        update(row.balance.table)
        .where(
            row.district == bindparam("in_district"),
            row.id == bindparam("account_id"),
            row.unit == bindparam("in_unit"),
            held >= 0,
            balance - held >= bindparam("floor", type_=BigInteger),
            or_(row.unit != Unit.CONDUCT, balance <= 0),
        )
        .values(balance=balance, held=held)
    )


_MOVE: Final = _moving()


def _move(session: Session, wish: Transfer, effect: Effect) -> bool:
    """Whether the balance could be changed. Waits for whoever is changing it."""
    given = {
        "in_district": wish.district,
        "account_id": wish.account_id,
        "in_unit": wish.unit,
        "more": effect.balance,
        "more_held": effect.held,
        "floor": FLOORS[wish.unit],
    }
    return cast("CursorResult[Any]", session.execute(_MOVE, given)).rowcount == 1


def new_salts() -> tuple[bytes, bytes]:
    """The leaf's salt and the details' own: they must differ, and nobody may guess them."""
    return secrets.token_bytes(SALT_LENGTH), secrets.token_bytes(SALT_LENGTH)


def state(
    session: Session,
    wish: Statement,
    details: Details,
    *,
    at: datetime,
    account_id: UUID | None = None,
) -> Outcome:
    """Put a statement into the ledger. It moves nothing, so only another body can refuse it."""
    if wrong := malformed(wish):
        raise ValueError(f"{wish.kind}: {wrong}")
    if is_halted(session):
        return answer_known(session, wish, details.content()) or HALTED
    written = write_entry(
        session, wish, details.content(), new_salts(), at=at, account_id=account_id
    )
    if written is not None:
        return Posted(written)
    known = answer_known(session, wish, details.content())
    if known is None:
        raise RuntimeError("a statement found no place although its id is free")
    return known

"""Accounts and entries for tests of the ledger."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from credit.queries.accounts import Balance, balance_of
from credit.rules.kinds import Party
from credit.rules.leaf import Unit
from credit.service import Details, Outcome, Posted, award, hold_points, open_account
from credit.service.conduct import notice_deduction
from credit.service.sources import hash_source
from portal.accounts.models import Person
from portal.accounts.rules import AgeBand
from portal.kernel.ids import new_id
from tests.make.accounts import person

DISTRICT = "370283"
NOW = datetime(2026, 11, 29, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=3650)


def adult(session: Session) -> Person:
    """A resident who may answer for what she does."""
    row = person(session)
    row.age_band = AgeBand.ADULT
    # the ledger asks the database for her age
    session.flush()
    return row


def account(
    session: Session,
    unit: Unit = Unit.POINTS,
    party: Party = Party.PERSON,
    *,
    holder: UUID | None = None,
    points: int = 0,
    now: datetime = NOW,
    until: datetime | None = None,
) -> UUID:
    """An account of somebody, with points if wanted."""
    who = holder or adult(session).id
    found = open_account(session, DISTRICT, party, who, unit, now=now)
    if points:
        given(session, found, points, now=now, until=until)
    return found


def given(session: Session, account_id: UUID, amount: int, **changes: Any) -> Posted:
    """Points given for a shift that nobody else has had."""
    return posted(try_give(session, account_id, amount, **changes))


def try_give(session: Session, account_id: UUID, amount: int, **changes: Any) -> Outcome:
    entry_id = changes.pop("entry_id", None) or new_id()
    source = changes.pop("source", None) or f"shift:{entry_id}"
    return award(
        session,
        **{
            "district": DISTRICT, "entry_id": entry_id, "account_id": account_id, "amount": amount,
            "rule": "shift@1", "source": hash_source(session, source),
            "details": Details(source), "now": NOW, **changes,
        },
    )  # fmt: skip


def try_hold(session: Session, account_id: UUID, amount: int, **changes: Any) -> Outcome:
    return hold_points(
        session,
        **{
            "district": DISTRICT, "entry_id": new_id(), "account_id": account_id, "amount": amount,
            "rule": "tea@1", "details": Details("benefit:tea"), "until": LATER, "now": NOW,
            **changes,
        },
    )  # fmt: skip


def try_notice(session: Session, account_id: UUID, amount: int, **changes: Any) -> Outcome:
    return notice_deduction(
        session,
        **{
            "district": DISTRICT, "entry_id": new_id(), "account_id": account_id, "amount": amount,
            "rule": "litter@1", "details": Details("proposal:1"), "now": NOW,
            "until": NOW + timedelta(days=60), **changes,
        },
    )  # fmt: skip


def posted(outcome: Any) -> Posted:
    assert isinstance(outcome, Posted), outcome
    return outcome


def standing(session: Session, account_id: UUID) -> Balance:
    found = balance_of(session, DISTRICT, account_id)
    assert found is not None
    return found

"""Everything the ledger keeps about one person, for her own eyes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from credit.models import Consent, EntryDetail
from credit.queries.accounts import Balance, accounts_of
from credit.queries.benefits import redemptions_of
from credit.queries.entries import entries_of
from credit.queries.waiting import waiting_of
from credit.rules.kinds import Party
from credit.rules.leaf import unpack
from portal.kernel.instance import instance_of


def records_of(session: Session, person_id: UUID) -> Iterator[dict[str, Any]]:
    """Her accounts, each entry of them with its details, and what she agreed to."""
    for account in accounts_of(session, Party.PERSON, person_id):
        yield {
            "table": "credit_account",
            "account": str(account.account_id),
            "unit": account.unit.value,
            "balance": account.balance,
            "held": account.held,
        }
        yield from _entries(session, account)
        yield from _redemptions(session, account)
    for consent in consents_of(session, person_id):
        yield {
            "table": "credit_consent",
            "district": consent.district,
            "given_at": consent.given_at.isoformat(),
            "ended_at": consent.ended_at.isoformat() if consent.ended_at else None,
        }
    for fact in waiting_of(session, person_id):
        yield {
            "table": "credit_waiting_fact",
            "happened_at": fact.happened_at.isoformat(),
            "source": fact.content["source"],
            "times": fact.content["times"],
        }


def _entries(session: Session, account: Balance) -> Iterator[dict[str, Any]]:
    details = details_of(session, account.district, account.account_id)
    for row in entries_of(session, account.district, account.account_id):
        yield {
            "table": "credit_detail",
            "entry": str(row.id),
            "at": row.at.isoformat(),
            "kind": row.kind.value,
            "unit": account.unit.value,
            "amount": row.amount,
            "gains": row.credit_id == account.account_id,
            "rule": row.rule,
            "until": row.until.isoformat() if row.until else None,
            "details": details.get(row.id, {}),
        }


def _redemptions(session: Session, account: Balance) -> Iterator[dict[str, Any]]:
    for row in redemptions_of(session, [account.account_id]):
        yield {
            "table": "credit_redemption",
            "number": row.number,
            "benefit": row.benefit.code,
            "title": next(iter(row.benefit.titles.values()), ""),
            "price": row.price,
            "state": row.state.value,
            "made_at": row.made_at.isoformat(),
            "until": row.until.isoformat(),
            "ended_at": row.ended_at.isoformat() if row.ended_at else None,
        }


def details_of(session: Session, district: str, account_id: UUID) -> dict[UUID, dict[str, Any]]:
    """The readable details of an account's entries and statements, opened."""
    vault = instance_of(session).vault
    rows = session.execute(
        select(EntryDetail.entry_id, EntryDetail.sealed_details).where(
            EntryDetail.district == district, EntryDetail.account_id == account_id
        )
    )
    return {row.entry_id: unpack(vault.unseal(row.sealed_details))[1] for row in rows}


@dataclass(frozen=True)
class ConsentRow:
    """A yes, and until when it stood."""

    district: str
    given_at: datetime
    ended_at: datetime | None


def consents_of(session: Session, person_id: UUID) -> list[ConsentRow]:
    """Where a person said yes to points."""
    rows = session.execute(
        select(Consent.district, Consent.given_at, Consent.ended_at)
        .where(Consent.person_id == person_id)
        .order_by(Consent.district)
    )
    return [ConsentRow(*row) for row in rows]

"""What the ledger keeps about people: handed out, and forgotten so that every proof still holds.

At an erasure the details, their salts and the row that says whose the account is are deleted. The
entries stay: they speak of an account of nobody, and their commitments can be opened by no one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from credit.models import AccountHolder, Consent, EntryDetail
from credit.queries.accounts import accounts_of, balance_of, pending_of
from credit.queries.benefits import lock_benefits_of
from credit.queries.entries import entry
from credit.queries.guard import count_marks_over
from credit.queries.guardian import requests_with
from credit.queries.own import records_of
from credit.rules.kinds import Party
from credit.rules.lots import computed_id
from credit.rules.personal import PERSONAL_FIELDS
from credit.service.due import ENDS_BY_ITSELF
from credit.service.earlier import resolve
from credit.service.guard import forget_marks, let_all_marks_run_out, own_marks
from credit.service.guardian import forget_guardians
from credit.service.posting import Details
from credit.service.stock import forget_redemptions
from credit.service.waiting import forget_waiting, seal_erasure
from portal.accounts.rules import PersonalField
from portal.accounts.service import register_part, register_personal_data

# how the tables of the ledger begin: they can be erased apart from an account
PART: Final = "credit"


@dataclass(frozen=True)
class LedgerOfAPerson:
    """The provider of the ledger; see ``portal.accounts.service.privacy``."""

    fields: tuple[PersonalField, ...] = PERSONAL_FIELDS

    def export(self, session: Session, person_id: UUID) -> list[dict[str, Any]]:
        return [
            *records_of(session, person_id),
            *_marks(session, person_id),
            *_guardians(session, person_id),
        ]

    def erase(self, session: Session, person_id: UUID, now: datetime) -> None:
        self.erase_part(session, person_id, now)
        forget_guardians(session, person_id, now)
        # she stays protected for what she did, by hashes that lead to nobody (N1)
        let_all_marks_run_out(session, person_id, now=now)

    def erase_part(self, session: Session, person_id: UUID, now: datetime) -> None:
        """Let go what is on hold, say in the log that an account was erased, and forget whose.

        The consent goes first: whoever tells a fact now is waited for, or finds no consent. Marks
        of what she is protected for stay: she still lives here, and may report tomorrow.
        """
        session.execute(delete(Consent).where(Consent.person_id == person_id))
        for account in accounts_of(session, Party.PERSON, person_id):
            balance_of(session, account.district, account.account_id, lock=True)
            _let_go(session, account.district, account.account_id, now)
            seal_erasure(session, account.district, account.account_id, now=now)
            forget_redemptions(session, account.district, account.account_id, person_id)
            for table in (EntryDetail, AccountHolder):
                session.execute(
                    delete(table).where(
                        table.district == account.district,
                        table.account_id == account.account_id,
                    )
                )
        forget_waiting(session, person_id)

    def expire(self, session: Session, now: datetime) -> int:
        """Marks whose time is over. An account itself stays as long as its holder wants it."""
        return forget_marks(session, now)

    def due(self, session: Session, now: datetime) -> Mapping[str, int]:
        return {"credit_protected_mark": count_marks_over(session, now)}


def _marks(session: Session, person_id: UUID) -> Iterator[dict[str, Any]]:
    for mark in own_marks(session, person_id):
        yield {
            "table": "credit_protected_mark",
            "act": mark.act.value,
            "at": mark.at.isoformat(),
            "until": mark.until.isoformat() if mark.until else None,
        }


def _guardians(session: Session, person_id: UUID) -> Iterator[dict[str, Any]]:
    """What she asked as a child, or said for one: whose it is beside her stays untold."""
    for row in requests_with(session, person_id):
        yield {
            "table": "credit_guardian",
            "as": "child" if row.child_id == person_id else "guardian",
            "asked_at": row.asked_at.isoformat(),
            "agreed_at": row.agreed_at.isoformat() if row.agreed_at else None,
            "ended_at": row.ended_at.isoformat() if row.ended_at else None,
        }


def _let_go(session: Session, district: str, account_id: UUID, now: datetime) -> None:
    """Nobody is left to hand a benefit to, and nobody to hear about a deduction.

    While the ledger stands still what is on hold stays so, and ends by itself when its time is
    over.
    """
    pending = pending_of(session, district, account_id)
    # locks in the order of everybody: the account, then the offers whose stock comes back
    balance_of(session, district, account_id, lock=True)
    lock_benefits_of(session, district, account_id, now, holds=pending)
    for entry_id in pending:
        found = entry(session, district, entry_id)
        if found is not None:
            resolve(
                session, ENDS_BY_ITSELF[found.kind], district=district, of=entry_id,
                entry_id=computed_id("erased", district, entry_id, 0, now),
                details=Details("erasure"), at=now,
            )  # fmt: skip


register_personal_data(LedgerOfAPerson())
register_part(PART)

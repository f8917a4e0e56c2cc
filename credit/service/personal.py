"""What the ledger keeps about people: handed out, and forgotten so that every proof still holds.

At an erasure the details, their salts and the row that says whose the account is are deleted. The
entries stay: they speak of an account of nobody, and their commitments can be opened by no one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from credit.models import AccountHolder, Consent, EntryDetail
from credit.queries.accounts import accounts_of, pending_of
from credit.queries.entries import entry
from credit.queries.own import records_of
from credit.rules.kinds import Party
from credit.rules.lots import computed_id
from credit.rules.personal import PERSONAL_FIELDS
from credit.service.due import ENDS_BY_ITSELF
from credit.service.earlier import resolve
from credit.service.posting import Details
from credit.service.waiting import forget_waiting, seal_erasure
from portal.accounts.rules import PersonalField
from portal.accounts.service import register_personal_data


@dataclass(frozen=True)
class LedgerOfAPerson:
    """The provider of the ledger; see ``portal.accounts.service.privacy``."""

    fields: tuple[PersonalField, ...] = PERSONAL_FIELDS

    def export(self, session: Session, person_id: UUID) -> list[dict[str, Any]]:
        return list(records_of(session, person_id))

    def erase(self, session: Session, person_id: UUID, now: datetime) -> None:
        """Let go what is on hold, say in the log that an account was erased, and forget whose."""
        for account in accounts_of(session, Party.PERSON, person_id):
            _let_go(session, account.district, account.account_id, now)
            seal_erasure(session, account.district, account.account_id, now=now)
            for table in (EntryDetail, AccountHolder):
                session.execute(
                    delete(table).where(
                        table.district == account.district,
                        table.account_id == account.account_id,
                    )
                )
        forget_waiting(session, person_id)
        session.execute(delete(Consent).where(Consent.person_id == person_id))

    def expire(self, session: Session, now: datetime) -> int:
        """Nothing here ages by itself: an account stays as long as its holder wants it."""
        return 0

    def due(self, session: Session, now: datetime) -> Mapping[str, int]:
        return {}


def _let_go(session: Session, district: str, account_id: UUID, now: datetime) -> None:
    """Nobody is left to hand a benefit to, and nobody to hear about a deduction.

    While the ledger stands still what is on hold stays so, and ends by itself when its time is
    over.
    """
    for entry_id in pending_of(session, district, account_id):
        found = entry(session, district, entry_id)
        if found is not None:
            resolve(
                session, ENDS_BY_ITSELF[found.kind], district=district, of=entry_id,
                entry_id=computed_id("erased", district, entry_id, 0, now),
                details=Details("erasure"), at=now,
            )  # fmt: skip


register_personal_data(LedgerOfAPerson())

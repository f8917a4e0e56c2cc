"""What due process keeps about people: handed out, and forgotten with the account (P2, L14)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from credit.models import BasisConsent, Matter
from credit.queries.matters import (
    MatterRow,
    basis_consents_of,
    files_of,
    read_matters,
    select_matters,
    texts_of,
)
from credit.rules.hearing import FIELDS
from credit.rules.process import Decision, MatterEvent, edge_for
from credit.service.process.erasing import erase_details
from credit.service.process.moving import close, note_step
from portal.accounts.rules import PersonalField
from portal.accounts.service import register_personal_data


@dataclass(frozen=True)
class ProcessOfAPerson:
    """The provider of due process; see ``portal.accounts.service.privacy``."""

    fields: tuple[PersonalField, ...] = FIELDS

    def export(self, session: Session, person_id: UUID) -> list[dict[str, Any]]:
        rows = _matters(session, person_id)
        numbers = {row.id: row.number for row in rows}
        return [
            *(_plain(row) for row in rows),
            *_words(session, numbers),
            *_photos(session, numbers),
            *_consents(session, person_id),
        ]

    def erase(self, session: Session, person_id: UUID, now: datetime) -> None:
        """Nobody is left to be heard: what runs ends, and what was said about her is erased.

        The ledger's own provider has let go of the holds by then.
        """
        for row in _matters(session, person_id):
            _end(session, row, now)
            erase_details(session, row, now)
        session.execute(delete(BasisConsent).where(BasisConsent.person_id == person_id))

    def expire(self, session: Session, now: datetime) -> int:
        """Matters end and are forgotten by the clocks of due process (``running``)."""
        return 0

    def due(self, session: Session, now: datetime) -> Mapping[str, int]:
        return {}


def _matters(session: Session, person_id: UUID) -> list[MatterRow]:
    mine = select_matters().where(Matter.subject_person_id == person_id, Matter.erased_at.is_(None))
    return read_matters(session, mine.order_by(Matter.proposed_at))


def _end(session: Session, row: MatterRow, now: datetime) -> None:
    edge = edge_for(row.state, MatterEvent.ERASE)
    if edge is None:
        return
    session.execute(
        update(Matter)
        .where(Matter.id == row.id)
        .values(state=edge.after, ended_at=now, ended_by_event=MatterEvent.ERASE)
    )
    if row.open_objection is not None:
        close(session, row, Decision.MOOT, None, None, now)
    note_step(session, row.id, MatterEvent.ERASE, edge.after, None, now)


def _plain(row: MatterRow) -> dict[str, Any]:
    return {
        "table": "credit_matter",
        "number": row.number,
        "state": row.state.value,
        "amount": row.amount,
        "repaired": row.repaired,
        "rule": row.rule,
        "source": row.source,
        "happened_at": row.happened_at.isoformat(),
        "proposed_at": row.proposed_at.isoformat(),
        "object_until": row.object_until.isoformat() if row.object_until else None,
        "expires_at": row.expires_at.isoformat() if row.expires_at else None,
    }


def _words(session: Session, numbers: Mapping[UUID, str]) -> Iterator[dict[str, Any]]:
    for text in texts_of(session, list(numbers)):
        yield {
            "table": "credit_matter_text", "number": numbers[text.matter_id], "about": text.about,
            "words": text.words, "at": text.at.isoformat(),
        }  # fmt: skip


def _photos(session: Session, numbers: Mapping[UUID, str]) -> Iterator[dict[str, Any]]:
    for file in files_of(session, list(numbers)):
        yield {
            "table": "credit_matter_file", "number": numbers[file.matter_id], "file": file.blob_key,
        }  # fmt: skip


def _consents(session: Session, person_id: UUID) -> Iterator[dict[str, Any]]:
    for consent in basis_consents_of(session, person_id):
        yield {
            "table": "credit_basis_consent",
            "basis": consent.basis,
            "given_at": consent.given_at.isoformat(),
            "ended_at": consent.ended_at.isoformat() if consent.ended_at else None,
        }


register_personal_data(ProcessOfAPerson())

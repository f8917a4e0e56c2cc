"""Who speaks for a shop: packages above tell it by the bond they know of, and tell its end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from credit.models import Speaker
from credit.queries.speakers import bonds_of, numbers_of_shop
from credit.rules.speaking import FIELDS
from credit.service.guard import let_marks_run_out
from credit.service.process.telling import subject_of
from portal.accounts.rules import PersonalField
from portal.accounts.service import register_personal_data


def let_speak(
    session: Session, *, organisation_id: UUID, person_id: UUID, source: str, now: datetime
) -> None:
    """From now on somebody reads what is announced to a shop, and may object for it (L7, L8).

    ``source`` names the bond, like ``operator:7K3M9-QX2HD``; told again, the bond is as told last.
    """
    stop_speaking(session, source, now=now)
    session.add(
        Speaker(source=source, organisation_id=organisation_id, person_id=person_id, since=now)
    )
    session.flush()  # whoever asks in this transaction reads it


def stop_speaking(session: Session, source: str, *, now: datetime) -> None:
    """A bond is over: by it nobody speaks any more. That she objected for the shop is remembered
    by the guard for the last time that marks have (N1)."""
    bond = session.execute(
        select(Speaker.organisation_id, Speaker.person_id).where(Speaker.source == source)
    ).one_or_none()
    if bond is None:
        return
    let_marks_run_out(
        session, person_id=bond.person_id, phone_hash=None, now=now,
        sources=[subject_of(number) for number in numbers_of_shop(session, bond.organisation_id)],
    )  # fmt: skip
    session.execute(delete(Speaker).where(Speaker.source == source))


@dataclass(frozen=True)
class BondsOfAPerson:
    """The provider of what is kept about who speaks for a shop."""

    fields: tuple[PersonalField, ...] = FIELDS

    def export(self, session: Session, person_id: UUID) -> list[dict[str, Any]]:
        return [
            {"table": "credit_speaker", "source": row.source, "since": row.since.isoformat()}
            for row in bonds_of(session, person_id)
        ]

    def erase(self, session: Session, person_id: UUID, now: datetime) -> None:
        session.execute(delete(Speaker).where(Speaker.person_id == person_id))

    def expire(self, session: Session, now: datetime) -> int:
        """A bond ends with what made it."""
        return 0

    def due(self, session: Session, now: datetime) -> Mapping[str, int]:
        return {}


register_personal_data(BondsOfAPerson())

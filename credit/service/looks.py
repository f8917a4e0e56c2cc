"""Whoever of the staff sees a person's ledger is written down, and she can read it (L15)."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.kernel.audit import note_action

LOOK: Final = "credit:look"


def note_look(
    session: Session,
    *,
    actor_id: UUID,
    subject_person_id: UUID,
    why: str,
    now: datetime,
) -> None:
    """Write down that somebody saw a person's ledger, or a matter of it, and why.

    It stands in the audit, on ``/me/looks`` and on ``/credit/looks``. Who looks at her own ledger
    is no news. A page that is opened by GET calls this through ``kernel.web.write_on_get``.
    """
    if actor_id == subject_person_id:
        return
    number = session.scalar(select(Person.number).where(Person.id == subject_person_id))
    note_action(
        session,
        at=now,
        actor_id=actor_id,
        action=LOOK,
        subject=f"person:{number}",
        person_id=subject_person_id,
        reason=why,
    )

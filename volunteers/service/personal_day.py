"""What the day of a shift keeps about people: handed out, and forgotten at an erasure.

What was on a shift stays as it was, without her: its rows name a sign-up that is gone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.accounts.rules import PersonalField
from portal.accounts.service import register_personal_data
from volunteers.models import Absence
from volunteers.queries.personal_day import day_records_of
from volunteers.rules.personal_day import PERSONAL_FIELDS


@dataclass(frozen=True)
class DaysOfAPerson:
    """The provider of the days of shifts; see ``portal.accounts.service.privacy``."""

    fields: tuple[PersonalField, ...] = PERSONAL_FIELDS

    def export(self, session: Session, person_id: UUID) -> list[dict[str, Any]]:
        return list(day_records_of(session, person_id))

    def erase(self, session: Session, person_id: UUID, now: datetime) -> None:
        """Forget her no-shows; the sign-up that marks and ticks hang on goes with her others."""
        session.execute(delete(Absence).where(Absence.person_id == person_id))

    def expire(self, session: Session, now: datetime) -> int:
        """Nothing runs out by itself: it stays as long as the account."""
        return 0

    def due(self, session: Session, now: datetime) -> Mapping[str, int]:
        return {}


register_personal_data(DaysOfAPerson())

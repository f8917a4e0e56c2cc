"""Who belonged to a grid's team: handed out, forgotten, and removed a year after she left.

The row stays without her: how many of which kind belonged to a team is no secret.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select, update
from sqlalchemy.orm import Session

from portal.accounts.rules import PersonalField
from portal.accounts.service import register_personal_data
from portal.areas.models import Area
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.instance import instance_of
from portal.reports.models import GridMember
from portal.reports.rules.grid_personal import KEPT, PERSONAL_FIELDS

_NOBODY: Mapping[str, Any] = {"person_id": None, "name": None}


@dataclass(frozen=True)
class TeamsOfAPerson:
    """The provider of grids; see ``portal.accounts.service.privacy``."""

    fields: tuple[PersonalField, ...] = PERSONAL_FIELDS

    def export(self, session: Session, person_id: UUID) -> list[dict[str, Any]]:
        rows = session.execute(
            select(Area.code, GridMember.kind, GridMember.since, GridMember.until)
            .join(Area, Area.id == GridMember.area_id)
            .where(GridMember.person_id == person_id)
            .order_by(GridMember.id)
        )
        return [
            {
                "table": "grid_member",
                "place": row.code,
                "kind": row.kind.value,
                "since": row.since.isoformat(),
                "until": row.until.isoformat() if row.until else None,
            }
            for row in rows
        ]

    def erase(self, session: Session, person_id: UUID, now: datetime) -> None:
        """She leaves every team today, and no row names her any more."""
        today = city_day(now, instance_of(session).city.zone)
        mine = GridMember.person_id == person_id
        standing = or_(GridMember.until.is_(None), GridMember.until > today)
        # whoever was to join later never did
        leaves = case((GridMember.since > today, GridMember.since), else_=today)
        session.execute(update(GridMember).where(mine, standing).values(until=leaves))
        session.execute(update(GridMember).where(mine).values(**_NOBODY))

    def expire(self, session: Session, now: datetime) -> int:
        statement = update(GridMember).where(_over(session, now)).values(**_NOBODY)
        return changed_rows(session, statement.execution_options(synchronize_session=False))

    def due(self, session: Session, now: datetime) -> Mapping[str, int]:
        count = select(func.count()).select_from(GridMember).where(_over(session, now))
        return {"grid_member": session.scalar(count) or 0}


def _over(session: Session, now: datetime) -> ColumnElement[bool]:
    """Somebody who left a year ago and is still named."""
    limit = city_day(now - KEPT, instance_of(session).city.zone)
    named = or_(GridMember.person_id.is_not(None), GridMember.name.is_not(None))
    return and_(GridMember.until < limit, named)


register_personal_data(TeamsOfAPerson())

"""Who belonged to a grid's team: handed out, forgotten, and removed a year after she left.

The row stays without her: how many of which kind belonged to a team is no secret. So does an entry
of the diary (it is only added to) when its words and photos have had their time: that somebody
went round, when, and what came of it is the grid's record.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from portal.accounts.rules import PersonalField
from portal.accounts.service import register_personal_data
from portal.areas.models import Area
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.instance import instance_of
from portal.kernel.uploads import forget_files
from portal.reports.models import (
    Case,
    GridEntry,
    GridEntryCase,
    GridEntryPhoto,
    GridEntryText,
    GridMember,
)
from portal.reports.rules.grid_personal import DIARY_KEPT, KEPT, PERSONAL_FIELDS
from portal.reports.rules.transitions import OPEN

BATCH = 200
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
        left = changed_rows(session, statement.execution_options(synchronize_session=False))
        return left + _forget_diary(session, now)

    def due(self, session: Session, now: datetime) -> Mapping[str, int]:
        count = select(func.count()).select_from(GridMember).where(_over(session, now))
        entries = select(func.count()).select_from(GridEntry).where(_told_long_ago(now))
        return {
            "grid_member": session.scalar(count) or 0,
            "grid_entry words": session.scalar(entries) or 0,
        }


def _over(session: Session, now: datetime) -> ColumnElement[bool]:
    """Somebody who left a year ago and is still named."""
    limit = city_day(now - KEPT, instance_of(session).city.zone)
    named = or_(GridMember.person_id.is_not(None), GridMember.name.is_not(None))
    return and_(GridMember.until < limit, named)


def _told_long_ago(now: datetime) -> ColumnElement[bool]:
    """Entries whose words had their time. Never while a matter that they tell of is open."""
    words = exists().where(GridEntryText.entry_id == GridEntry.id)
    photos = exists().where(GridEntryPhoto.entry_id == GridEntry.id)
    same = and_(Case.district == GridEntryCase.district, Case.id == GridEntryCase.case_id)
    going_on = exists().where(GridEntryCase.entry_id == GridEntry.id, same, Case.state.in_(OPEN))
    return and_(GridEntry.made_at <= now - DIARY_KEPT, or_(words, photos), ~going_on)


def _forget_diary(session: Session, now: datetime) -> int:
    """One batch of entries; their files go once the transaction holds."""
    over = select(GridEntry.id).where(_told_long_ago(now)).order_by(GridEntry.id).limit(BATCH)
    entries = list(session.scalars(over))
    photo = GridEntryPhoto
    mine = photo.entry_id.in_(entries)
    files = session.execute(select(photo.blob_key, photo.thumbnail_key).where(mine)).all()
    session.execute(delete(photo).where(mine))
    session.execute(delete(GridEntryText).where(GridEntryText.entry_id.in_(entries)))
    forget_files(session, [key for row in files for key in row])
    return len(entries)


register_personal_data(TeamsOfAPerson())

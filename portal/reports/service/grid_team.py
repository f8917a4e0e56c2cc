"""A grid's team (R270) and how often it is walked through: who changes them, and what is kept."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.accounts.queries import person_by_number
from portal.accounts.rules import Actor, Permission
from portal.areas.queries import AreaRow, area_by_code
from portal.kernel.audit import note_action
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.kernel.ids import new_id
from portal.kernel.instance import instance_of
from portal.reports.models import GridMember, GridSetting
from portal.reports.rules.grid import CORE, MOST_DAYS, MOST_NAME, GridRefusal, MemberKind

LONGEST_AHEAD = timedelta(days=366)


@dataclass(frozen=True)
class NewMember:
    """Whom to take into a team: somebody with an account (``number``), or a name.

    ``core`` None: as it is usual for the kind.
    """

    kind: MemberKind
    name: str = ""
    number: str = ""
    core: bool | None = None
    since: date | None = None


def grid_here(session: Session, code: str, actor: Actor, permission: Permission) -> AreaRow:
    """A place in the reach of a permission; raises Missing for what is not hers."""
    area = area_by_code(session, code)
    if area is None or not _reaches(actor, permission, area.path):
        raise Missing
    return area


def _reaches(actor: Actor, permission: Permission, path: str) -> bool:
    places = actor.places_for(permission)
    return places is None or any(path.startswith(place) for place in places)


def add_member(session: Session, code: str, new: NewMember, *, actor: Actor, now: datetime) -> UUID:
    """Take somebody into a team from a day on. Of two who enter the same person one does."""
    area = grid_here(session, code, actor, Permission.GRID_MANAGE)
    today = city_day(now, instance_of(session).city.zone)
    since = new.since or today
    if since > today + LONGEST_AHEAD:
        raise Refused(GridRefusal.BAD_DATES, field="since")
    person_id, name = _whom(session, new)
    member_id = new_id()
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = (
        dialect.insert(GridMember)
        .values(
            id=member_id,
            area_id=area.id,
            kind=new.kind,
            core=new.kind in CORE if new.core is None else new.core,
            person_id=person_id,
            name=name,
            since=since,
            added_by=actor.person_id,
            added_at=now,
        )
        .on_conflict_do_nothing()
    )
    if changed_rows(session, statement) != 1:
        raise Refused(GridRefusal.MEMBER_ALREADY, field="number")
    _note(session, actor, "grid:add", code, now)
    return member_id


def _whom(session: Session, new: NewMember) -> tuple[UUID | None, str | None]:
    """Her account, or the name that was typed."""
    if new.number.strip():
        person = person_by_number(session, new.number.strip().upper())
        if person is None:
            raise Refused(GridRefusal.NO_PERSON, field="number")
        return person.id, None
    name = new.name.strip()
    if not name or len(name) > MOST_NAME:
        raise Refused(GridRefusal.NO_NAME, field="name")
    return None, name


def end_member(
    session: Session, code: str, member_id: UUID, *, actor: Actor, now: datetime
) -> None:
    """From today on she no longer belongs to it; her spell stays in the record."""
    area = grid_here(session, code, actor, Permission.GRID_MANAGE)
    today = city_day(now, instance_of(session).city.zone)
    mine = (GridMember.id == member_id, GridMember.area_id == area.id)
    since = session.scalar(select(GridMember.since).where(*mine))
    if since is None:
        raise Missing
    ended = (
        update(GridMember)
        .where(*mine, GridMember.until.is_(None))
        .values(until=max(today, since), ended_by=actor.person_id)
    )
    if changed_rows(session, ended) != 1:
        raise Conflict(GridRefusal.BAD_DATES)
    _note(session, actor, "grid:end", code, now)


def set_patrol_days(
    session: Session, code: str, days: int | None, *, actor: Actor, now: datetime
) -> None:
    """How often this grid is to be walked through."""
    area = grid_here(session, code, actor, Permission.GRID_MANAGE)
    if days is None or not 1 <= days <= MOST_DAYS:
        raise Refused(GridRefusal.BAD_INTERVAL, field="days", facts={"most": MOST_DAYS})
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    values = {"patrol_days": days, "changed_by": actor.person_id, "changed_at": now}
    session.execute(
        dialect.insert(GridSetting)
        .values(area_id=area.id, **values)
        .on_conflict_do_update(index_elements=["area_id"], set_=values)
    )
    _note(session, actor, "grid:patrol", code, now)


def _note(session: Session, actor: Actor, action: str, code: str, now: datetime) -> None:
    if actor.person_id is None:
        raise Forbidden
    note_action(session, at=now, actor_id=actor.person_id, action=action, subject=f"area:{code}")

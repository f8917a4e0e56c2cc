"""Reads of grids: their teams, when they were walked through, and who works in which."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from portal.accounts.queries import people_by_ids
from portal.accounts.rules import Actor, Permission
from portal.areas.models import Area
from portal.areas.queries import AreaRow, finest_or_own, root_areas
from portal.kernel.clock import city_day
from portal.kernel.instance import instance_of
from portal.reports.models import GridEntry, GridMember, GridSetting
from portal.reports.rules.grid import (
    SETTING_PATROL,
    USUAL_DAYS,
    EntryKind,
    MemberKind,
    Patrol,
    member_on,
    patrol_of,
)

GRID = "grid"


@dataclass(frozen=True)
class MemberRow:
    """One spell of somebody in a team."""

    id: UUID
    kind: MemberKind
    core: bool
    person_id: UUID | None
    name: str | None
    since: date
    until: date | None
    added_by: UUID | None


_COLUMNS = [getattr(GridMember, field.name) for field in fields(MemberRow)]


@dataclass(frozen=True)
class Team:
    """A team on a day: its members, the names that staff may read, and how many of each kind."""

    members: Sequence[MemberRow]
    names: Mapping[UUID, str]

    @property
    def counts(self) -> list[tuple[MemberKind, int]]:
        """The core first; kinds with nobody are shown too: it is a team of six kinds."""
        return [(kind, sum(one.kind is kind for one in self.members)) for kind in MemberKind]


def team_of(session: Session, area_id: UUID, on: date) -> Team:
    """Who belongs to a place's team on a day, the core first."""
    statement = select(*_COLUMNS).where(GridMember.area_id == area_id).order_by(GridMember.id)
    rows = [MemberRow(*row) for row in session.execute(statement)]
    standing = [row for row in rows if member_on(row.since, row.until, on)]
    order = list(MemberKind)
    standing.sort(key=lambda row: (not row.core, order.index(row.kind)))
    people = people_by_ids(session, {row.person_id for row in standing if row.person_id})
    names = {
        row.id: people[row.person_id].display_name if row.person_id in people else row.name or ""
        for row in standing
    }
    return Team(standing, names)


def team_counts(session: Session, area_id: UUID, on: date) -> list[tuple[MemberKind, int]]:
    """How many of each kind belong to it: for everybody, without a name."""
    rows = session.execute(
        select(GridMember.kind, GridMember.since, GridMember.until).where(
            GridMember.area_id == area_id
        )
    ).all()
    standing = [row.kind for row in rows if member_on(row.since, row.until, on)]
    return [(kind, standing.count(kind)) for kind in MemberKind] if standing else []


def grids_of(session: Session, actor: Actor) -> list[AreaRow]:
    """The grids that somebody works in; her places themselves where they have none inside."""
    places = actor.places_for(Permission.GRID_WORK)
    paths = [root.path for root in root_areas(session)] if places is None else places
    return finest_or_own(session, paths, GRID)


def patrols_of(session: Session, areas: Iterable[AreaRow], now: datetime) -> dict[UUID, Patrol]:
    """When each grid was last walked through and when it is due: one query."""
    ids = [area.id for area in areas]
    city = instance_of(session).city
    usual = int(city.thresholds.get(SETTING_PATROL, USUAL_DAYS))
    later = aliased(GridEntry)
    standing = ~select(later.id).where(later.corrects_id == GridEntry.id).exists()
    walked = (
        select(GridEntry.area_id, func.max(GridEntry.at).label("at"))
        .where(
            GridEntry.area_id.in_(ids),
            GridEntry.kind == EntryKind.PATROL,
            GridEntry.at <= now,
            standing,
        )
        .group_by(GridEntry.area_id)
        .subquery()
    )
    rows = session.execute(
        select(Area.id, walked.c.at, GridSetting.patrol_days)
        .join(walked, walked.c.area_id == Area.id, isouter=True)
        .join(GridSetting, GridSetting.area_id == Area.id, isouter=True)
        .where(Area.id.in_(ids))
    ).all()
    last = {row.id: row.at for row in rows if row.at is not None}
    own = {row.id: row.patrol_days for row in rows if row.patrol_days is not None}
    return {
        id_: patrol_of(
            last.get(id_), city_day(last[id_], city.zone) if id_ in last else None,
            own.get(id_, usual),
        )
        for id_ in ids
    }  # fmt: skip

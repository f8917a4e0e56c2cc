"""Reads of routes and patrols: where they go, what was ticked, what stands in their log."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from volunteers.models import (
    Activity,
    ActivityTeam,
    Checkpoint,
    Doorstep,
    Patrol,
    PatrolAnswer,
    PatrolEntry,
    PatrolTick,
    Route,
    Shift,
    SignUp,
    Team,
    TeamMember,
)
from volunteers.queries.on_the_day import EXPECTED, SHIFT_COLUMNS, DayShift, day_shift
from volunteers.rules.activities import ActivityState, DutyKind, TeamKind
from volunteers.rules.doorsteps import DoorTopic
from volunteers.rules.patrols import CheckpointWish, Finding

PAGE = 30
_PUBLIC = (ActivityState.OPEN, ActivityState.CLOSED)


@dataclass(frozen=True)
class CheckpointRow:
    """One point of a route; ``place`` counts from 1."""

    id: UUID
    place: int
    name: str
    look_at: str
    lon: float | None
    lat: float | None

    @property
    def wish(self) -> CheckpointWish:
        return CheckpointWish(self.name, self.look_at, self.lon, self.lat)


@dataclass(frozen=True)
class RouteRow:
    """A route, with how many points it has."""

    id: UUID
    number: str
    name: str
    area_id: UUID
    place_path: str
    checklist: str | None
    made_at: datetime
    ended_at: datetime | None
    points: int


@dataclass(frozen=True)
class TeamRow:
    """A team that walks along."""

    id: UUID
    names: Mapping[str, str]
    kind: TeamKind


@dataclass(frozen=True)
class EntryRow:
    """One entry of a log. ``late``: an organiser wrote it afterwards, for ``reason``."""

    id: UUID
    duty: DutyKind
    made_at: datetime
    words: str
    people: int
    doors: int
    checkpoint_id: UUID | None
    team_id: UUID | None
    reason: str | None
    case_number: str | None
    topic: DoorTopic | None
    agreed: int
    building: str | None
    entrance: int | None
    answers: Mapping[str, Finding]

    @property
    def late(self) -> bool:
        return self.reason is not None


@dataclass(frozen=True)
class Totals:
    """What a log comes to, duty by duty: entries, people, doors, of these how many said yes; and
    the reports made of it."""

    entries: Mapping[DutyKind, int]
    people: int
    doors: int
    agreed: int
    reports: int


@dataclass(frozen=True)
class PatrolRow:
    """A patrol in a list."""

    shift: DayShift
    route: str | None
    points: int
    ticked: int
    open_to_all: bool


_ROUTES = (
    Route.id, Route.number, Route.name, Route.area_id, Route.place_path, Route.checklist,
    Route.made_at, Route.ended_at,
)  # fmt: skip


def _points() -> Any:
    return (
        select(func.count())
        .select_from(Checkpoint)
        .where(Checkpoint.route_id == Route.id)
        .correlate(Route)
        .scalar_subquery()
    )


def routes_in(session: Session, places: Collection[str] | None) -> list[RouteRow]:
    """The routes that are in use in some places (None: everywhere), by name."""
    statement = select(*_ROUTES, _points()).where(Route.ended_at.is_(None))
    if places is not None:
        statement = statement.where(or_(*(Route.place_path.startswith(path) for path in places)))
    statement = statement.order_by(Route.name, Route.id)
    return [RouteRow(*row) for row in session.execute(statement)]


def route_by_number(session: Session, number: str) -> RouteRow | None:
    """One route, one that has ended too."""
    row = session.execute(select(*_ROUTES, _points()).where(Route.number == number)).first()
    return RouteRow(*row) if row else None


def route_of(session: Session, shift_id: UUID) -> RouteRow | None:
    """The route that a shift walks."""
    statement = select(*_ROUTES, _points()).join(Patrol, Patrol.route_id == Route.id)
    row = session.execute(statement.where(Patrol.shift_id == shift_id)).first()
    return RouteRow(*row) if row else None


def checkpoints_of(session: Session, route_id: UUID) -> list[CheckpointRow]:
    """The points of a route in their order."""
    rows = session.execute(
        select(
            Checkpoint.id, Checkpoint.place, Checkpoint.name, Checkpoint.look_at, Checkpoint.lon,
            Checkpoint.lat,
        )
        .where(Checkpoint.route_id == route_id)
        .order_by(Checkpoint.place)
    )  # fmt: skip
    return [CheckpointRow(*row) for row in rows]


def ticks_of(session: Session, shift_id: UUID) -> dict[UUID, datetime]:
    """When each checkpoint was passed."""
    statement = select(PatrolTick.checkpoint_id, PatrolTick.at)
    rows = session.execute(statement.where(PatrolTick.shift_id == shift_id))
    return {row[0]: row[1] for row in rows}


def teams_of(session: Session, activity_id: UUID) -> list[TeamRow]:
    """The teams that take part, by name."""
    rows = session.execute(
        select(Team.id, Team.name_zh_hans, Team.name_zh_hant, Team.name_en, Team.kind)
        .join(ActivityTeam, ActivityTeam.team_id == Team.id)
        .where(ActivityTeam.activity_id == activity_id)
        .order_by(Team.name_zh_hans, Team.id)
    )
    return [TeamRow(row.id, _names(row), row.kind) for row in rows]


def _names(row: Any) -> dict[str, str]:
    said = {
        "zh_Hans": row.name_zh_hans, "zh_Hant": row.name_zh_hant, "en": row.name_en,
    }  # fmt: skip
    return {language: name for language, name in said.items() if name}


def team_of(session: Session, activity_id: UUID, person_id: UUID) -> UUID | None:
    """With which of an activity's teams somebody comes."""
    return session.scalar(
        select(TeamMember.team_id)
        .join(ActivityTeam, ActivityTeam.team_id == TeamMember.team_id)
        .where(
            ActivityTeam.activity_id == activity_id,
            TeamMember.person_id == person_id,
            TeamMember.left_at.is_(None),
        )
        .order_by(TeamMember.joined_at, TeamMember.id)
        .limit(1)
    )


def entries_of(session: Session, shift_id: UUID) -> list[EntryRow]:
    """The log of a patrol, oldest first."""
    columns = (
        PatrolEntry.id, PatrolEntry.duty, PatrolEntry.made_at, PatrolEntry.words,
        PatrolEntry.people, PatrolEntry.doors, PatrolEntry.checkpoint_id, PatrolEntry.team_id,
        PatrolEntry.reason, PatrolEntry.case_number, Doorstep.topic,
        func.coalesce(Doorstep.agreed, 0).label("agreed"), Doorstep.building, Doorstep.entrance,
    )  # fmt: skip
    rows: Any = session.execute(
        select(*columns)
        .outerjoin(Doorstep, Doorstep.entry_id == PatrolEntry.id)
        .where(PatrolEntry.shift_id == shift_id)
        .order_by(PatrolEntry.id)
    ).all()
    answers: dict[UUID, dict[str, Finding]] = {}
    for entry_id, item, finding in session.execute(
        select(PatrolAnswer.entry_id, PatrolAnswer.item, PatrolAnswer.finding)
        .join(PatrolEntry, PatrolEntry.id == PatrolAnswer.entry_id)
        .where(PatrolEntry.shift_id == shift_id)
    ):
        answers.setdefault(entry_id, {})[item] = finding
    return [EntryRow(**row._mapping, answers=answers.get(row.id, {})) for row in rows]


def totals(entries: Sequence[EntryRow]) -> Totals:
    """What a log comes to."""
    return Totals(
        entries=Counter(entry.duty for entry in entries),
        people=sum(entry.people for entry in entries),
        doors=sum(entry.doors for entry in entries),
        agreed=sum(entry.agreed for entry in entries),
        reports=sum(entry.case_number is not None for entry in entries),
    )


def is_public(session: Session, activity_id: UUID) -> bool:
    """Whether an activity may be seen by everybody."""
    state = session.scalar(select(Activity.state).where(Activity.id == activity_id))
    return state in _PUBLIC


def patrols(
    session: Session, since: datetime, *, places: Collection[str] | None = None
) -> list[PatrolRow]:
    """Patrols that end after a moment, in order, one page: what is public, and what is planned in
    ``places``."""
    statement = (
        _patrols()
        .where(Shift.ends_at > since, _seen(places))
        .order_by(Shift.starts_at, Shift.id)
        .limit(PAGE)
    )
    return [_patrol(row) for row in session.execute(statement)]


def patrols_before(
    session: Session, until: datetime, *, places: Collection[str] | None = None
) -> list[PatrolRow]:
    """The latest patrols that have ended, newest first, one page."""
    statement = (
        _patrols()
        .where(Shift.ends_at <= until, _seen(places))
        .order_by(Shift.starts_at.desc(), Shift.id)
        .limit(PAGE)
    )
    return [_patrol(row) for row in session.execute(statement)]


def patrols_of(session: Session, person_id: UUID, since: datetime) -> list[PatrolRow]:
    """Somebody's own patrols that end after a moment."""
    statement = (
        _patrols()
        .join(SignUp, SignUp.shift_id == Shift.id)
        .where(SignUp.person_id == person_id, SignUp.state.in_(EXPECTED), Shift.ends_at > since)
        .order_by(Shift.starts_at, Shift.id)
        .limit(PAGE)
    )
    return [_patrol(row) for row in session.execute(statement)]


def _seen(places: Collection[str] | None) -> Any:
    mine = [Shift.place_path.startswith(path) for path in places or ()]
    return or_(Activity.state.in_(_PUBLIC), *mine)


def _patrols() -> Select[*tuple[Any, ...]]:
    ticked = (
        select(func.count())
        .select_from(PatrolTick)
        .where(PatrolTick.shift_id == Shift.id)
        .correlate(Shift)
        .scalar_subquery()
    )
    return (
        select(
            *SHIFT_COLUMNS,
            Route.name.label("route"),
            _points().label("points"),
            ticked.label("ticked"),
            Activity.state.label("activity_state"),
        )
        .join(Activity, Activity.id == Shift.activity_id)
        .outerjoin(Patrol, Patrol.shift_id == Shift.id)
        .outerjoin(Route, Route.id == Patrol.route_id)
        .where(or_(Shift.duty == DutyKind.PATROL, Patrol.shift_id.is_not(None)))
    )


def _patrol(row: Any) -> PatrolRow:
    return PatrolRow(
        day_shift(row), row.route, row.points, row.ticked, row.activity_state in _PUBLIC
    )

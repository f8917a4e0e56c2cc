"""Reads of shifts and their seats: every list takes two queries, however long it is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from volunteers.models import Activity, ActivityTag, Shift, ShiftPost, SignUp, TeamMember
from volunteers.queries.activities import PUBLIC, said_in, within
from volunteers.rules.activities import ActivityKind, ActivityState, DutyKind
from volunteers.rules.planning import PostWish
from volunteers.rules.shifts import ShiftState, Span
from volunteers.rules.signing_up import SignUpState

PAGE: Final = 20
# what a newcomer is shown first, and how far ahead
HELP_SHOWN: Final = 5
HELP_LISTED: Final = 50
HELP_AHEAD: Final = timedelta(days=14)
_SHIFT: Final = (
    "id", "number", "activity_id", "series_id", "original_on", "detached", "batch_id", "duty",
    "starts_at", "ends_at", "area_id", "place_path", "meeting_place", "lon", "lat", "state",
    "opens_at", "sequence", "cancel_reason",
)  # fmt: skip


@dataclass(frozen=True)
class PostRow:
    """The seats of one role."""

    id: UUID
    shift_id: UUID
    role: str
    leads: bool
    qualification: str | None
    least: int
    seats: int
    taken: int

    @property
    def free(self) -> int:
        return self.seats - self.taken

    @property
    def missing(self) -> int:
        """How many are still needed."""
        return max(0, self.least - self.taken)


@dataclass(frozen=True)
class ShiftRow:
    """A shift as it is read, with its activity and its seats."""

    id: UUID
    number: str
    activity_id: UUID
    series_id: UUID | None
    original_on: date | None
    detached: bool
    batch_id: UUID | None
    duty: DutyKind
    starts_at: datetime
    ends_at: datetime
    area_id: UUID
    place_path: str
    meeting_place: str
    lon: float | None
    lat: float | None
    state: ShiftState
    opens_at: datetime | None
    sequence: int
    cancel_reason: str | None
    activity_number: str
    activity_state: ActivityState
    kind: ActivityKind
    titles: Mapping[str, str]
    posts: tuple[PostRow, ...] = ()

    @property
    def span(self) -> Span:
        return Span(self.starts_at, self.ends_at)

    @property
    def seats(self) -> int:
        return sum(post.seats for post in self.posts)

    @property
    def taken(self) -> int:
        return sum(post.taken for post in self.posts)

    @property
    def free(self) -> int:
        return sum(post.free for post in self.posts)

    @property
    def missing(self) -> int:
        """How many people it still needs to take place."""
        return sum(post.missing for post in self.posts)

    @property
    def called_off(self) -> bool:
        return self.state is ShiftState.CANCELLED

    def over(self, now: datetime) -> bool:
        return now >= self.ends_at

    def takes_people(self, now: datetime) -> bool:
        """Whether somebody could come in time: planned, of an open activity, not yet begun."""
        planned = self.state is ShiftState.PLANNED and self.activity_state is ActivityState.OPEN
        return planned and now < self.starts_at


@dataclass(frozen=True)
class Asked:
    """Which shifts somebody asks for. ``place``: a path; empty or None asks for all."""

    place: str | None = None
    kind: ActivityKind | None = None
    duty: DutyKind | None = None
    tag: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    free: bool = False


def _shifts() -> Select[Any]:
    texts = (Activity.title_zh_hans, Activity.title_zh_hant, Activity.title_en)
    return select(
        *(getattr(Shift, name) for name in _SHIFT),
        Activity.number.label("activity_number"),
        Activity.state.label("activity_state"),
        Activity.kind,
        *texts,
    ).join(Activity, Activity.id == Shift.activity_id)


def _rows(session: Session, statement: Select[Any]) -> list[ShiftRow]:
    found = [
        ShiftRow(
            **{name: getattr(row, name) for name in _SHIFT},
            activity_number=row.activity_number,
            activity_state=row.activity_state,
            kind=row.kind,
            titles=said_in(row, "title"),
        )
        for row in session.execute(statement)
    ]
    posts = posts_of(session, (row.id for row in found))
    return [replace(row, posts=posts.get(row.id, ())) for row in found]


def posts_of(session: Session, shifts: Iterable[UUID]) -> dict[UUID, tuple[PostRow, ...]]:
    """The seats of some shifts, those who lead first."""
    ids = list(shifts)
    if not ids:
        return {}
    rows = session.execute(
        select(
            ShiftPost.id, ShiftPost.shift_id, ShiftPost.role, ShiftPost.leads,
            ShiftPost.qualification, ShiftPost.least, ShiftPost.seats, ShiftPost.taken,
        )
        .where(ShiftPost.shift_id.in_(ids))
        .order_by(ShiftPost.leads.desc(), ShiftPost.role)
    )  # fmt: skip
    found: dict[UUID, tuple[PostRow, ...]] = {}
    for row in rows:
        found[row.shift_id] = (*found.get(row.shift_id, ()), PostRow(*row))
    return found


def post_wishes(row: ShiftRow) -> list[PostWish]:
    """The seats of a shift as their form shows them."""
    return [PostWish(post.role, post.seats, post.least, post.qualification) for post in row.posts]


def shift(session: Session, number: str) -> ShiftRow | None:
    """One shift by its number, whatever the state of its activity."""
    found = _rows(session, _shifts().where(Shift.number == number))
    return found[0] if found else None


def _public() -> ColumnElement[bool]:
    return Activity.state.in_(PUBLIC)


def _asked(asked: Asked) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.place:
        found.append(Shift.place_path.startswith(asked.place, autoescape=True))
    if asked.kind:
        found.append(Activity.kind == asked.kind)
    if asked.duty:
        found.append(Shift.duty == asked.duty)
    if asked.tag:
        tagged = (ActivityTag.activity_id == Activity.id, ActivityTag.tag == asked.tag)
        found.append(exists().where(*tagged))
    if asked.free:
        room = (ShiftPost.shift_id == Shift.id, ShiftPost.taken < ShiftPost.seats)
        found.append(exists().where(*room))
    return [*found, *_within(asked)]


def _within(asked: Asked) -> list[ColumnElement[bool]]:
    """That a shift begins in the stretch of time that is asked for."""
    since = [] if asked.since is None else [Shift.starts_at >= asked.since]
    return since if asked.until is None else [*since, Shift.starts_at < asked.until]


def _ordered(statement: Select[Any]) -> Select[Any]:
    return statement.order_by(Shift.starts_at, Shift.id)


def coming(
    session: Session, asked: Asked, *, now: datetime, after: str | None = None, limit: int = PAGE
) -> list[ShiftRow]:
    """What is coming, the soonest first; one more than a page when there is more.

    Shifts that are called off are left out: whoever was to come has been told.
    """
    statement = _shifts().where(
        Shift.ends_at > now, Shift.state == ShiftState.PLANNED,
        Activity.state == ActivityState.OPEN, *_asked(asked),
    )  # fmt: skip
    if after:
        last = select(Shift.starts_at, Shift.id).where(Shift.number == after).subquery()
        later = or_(
            Shift.starts_at > last.c.starts_at,
            and_(Shift.starts_at == last.c.starts_at, Shift.id > last.c.id),
        )
        statement = statement.where(exists().select_from(last).where(later))
    return _rows(session, _ordered(statement).limit(limit + 1))


def planned_in(
    session: Session,
    scopes: Sequence[str] | None,
    since: datetime,
    until: datetime,
    *,
    limit: int,
) -> list[ShiftRow]:
    """Planned shifts of some places (None: all) that begin in a stretch of time, the soonest
    first."""
    there = (Shift.starts_at > since, Shift.starts_at < until, Shift.state == ShiftState.PLANNED)
    statement = _shifts().where(*there, Activity.state.in_(PUBLIC))
    inside = within(Shift.place_path, scopes)
    if inside is not None:
        statement = statement.where(inside)
    return _rows(session, _ordered(statement).limit(limit))


def in_need(
    session: Session,
    asked: Asked,
    *,
    newcomer_shifts: int,
    now: datetime,
    limit: int = HELP_SHOWN,
) -> list[ShiftRow]:
    """Shifts that cannot take place yet for want of people that anybody could be.

    Roles that lead or need a qualification are nothing for a newcomer, and a shift on which nobody
    with experience has said yes is no place for her to begin alone. ``newcomer_shifts``: after so
    many somebody is experienced.
    """
    wanted = exists().where(
        ShiftPost.shift_id == Shift.id, ShiftPost.taken < ShiftPost.least,
        ShiftPost.leads.is_(False), ShiftPost.qualification.is_(None),
    )  # fmt: skip
    statement = _shifts().where(
        Shift.starts_at > now, Shift.starts_at < now + HELP_AHEAD,
        Shift.state == ShiftState.PLANNED, Activity.state == ActivityState.OPEN,
        or_(Shift.opens_at.is_(None), Shift.opens_at <= now), wanted,
        _led(newcomer_shifts, now), *_asked(asked),
    )  # fmt: skip
    return _rows(session, _ordered(statement).limit(limit))


def _led(newcomer_shifts: int, now: datetime) -> ColumnElement[bool]:
    """That somebody who leads a shift or a team, or has served often enough, has said yes."""
    on, before, then = aliased(SignUp), aliased(SignUp), aliased(Shift)
    served = (
        select(func.count())
        .select_from(before)
        .join(then, then.id == before.shift_id)
        .where(
            before.person_id == on.person_id, before.state == SignUpState.TAKEN,
            then.state == ShiftState.PLANNED, then.ends_at <= now,
        )
        .scalar_subquery()
    )  # fmt: skip
    leads_team = exists().where(
        TeamMember.person_id == on.person_id, TeamMember.leads, TeamMember.left_at.is_(None)
    )
    seat = (on.shift_id == Shift.id, on.state == SignUpState.TAKEN, ShiftPost.id == on.post_id)
    return exists().where(*seat, or_(ShiftPost.leads, leads_team, served >= newcomer_shifts))


def between(
    session: Session, since: datetime, until: datetime, *, place: str | None = None
) -> list[ShiftRow]:
    """Every public shift that begins in a stretch of time, those called off too."""
    asked = _asked(Asked(place=place, since=since, until=until))
    return _rows(session, _ordered(_shifts().where(_public(), *asked)))


def shifts_of(
    session: Session, activity_id: UUID, *, since: datetime | None = None, limit: int | None = None
) -> list[ShiftRow]:
    """The shifts of an activity that end after a moment, the soonest first."""
    statement = _shifts().where(Shift.activity_id == activity_id)
    if since is not None:
        statement = statement.where(Shift.ends_at > since)
    statement = _ordered(statement)
    return _rows(session, statement if limit is None else statement.limit(limit))


def shifts_of_several(
    session: Session,
    activities: Sequence[UUID],
    *,
    since: datetime,
    within: Asked | None = None,
    limit: int,
) -> list[ShiftRow]:
    """The shifts of several activities that end after a moment, the soonest first."""
    there = (Shift.activity_id.in_(activities), Shift.ends_at > since, _public())
    statement = _shifts().where(*there, *_within(within or Asked()))
    return _rows(session, _ordered(statement).limit(limit))


def past_shifts_of(
    session: Session, activity_id: UUID, *, before: datetime, limit: int
) -> list[ShiftRow]:
    """The shifts of an activity that ended by a moment, the latest first."""
    statement = _shifts().where(Shift.activity_id == activity_id, Shift.ends_at <= before)
    latest = statement.order_by(Shift.starts_at.desc(), Shift.id.desc())
    return _rows(session, latest.limit(limit))


def shifts_of_series(session: Session, series_id: UUID) -> list[ShiftRow]:
    """Every shift that was made for a series, by the day it was made for."""
    statement = _shifts().where(Shift.series_id == series_id).order_by(Shift.original_on)
    return _rows(session, statement)


def shifts_of_batch(session: Session, batch_id: UUID) -> Sequence[ShiftRow]:
    """Every shift of a batch."""
    return _rows(session, _ordered(_shifts().where(Shift.batch_id == batch_id)))

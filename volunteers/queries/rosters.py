"""Reads for rosters: who wants to be asked, which seats of a week are free, what was proposed."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, and_, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from volunteers.models import (
    Activity,
    AskMe,
    AskMeWindow,
    Attendance,
    AttendanceVoid,
    RosterBatch,
    RosterProposal,
    Shift,
    ShiftPost,
    SignUp,
    Team,
    TeamMember,
)
from volunteers.queries.activities import ActivityRow, said_in
from volunteers.queries.candidates import candidates, experienced_among
from volunteers.queries.shifts import ShiftRow, shifts_of
from volunteers.rules.activities import ActivityState
from volunteers.rules.fitness import Clock, Wanted, in_first_wave
from volunteers.rules.limits import Limits
from volunteers.rules.on_the_day import Mark
from volunteers.rules.roster import LATELY, Asked, RosterWish, Vacancy, Window
from volunteers.rules.shifts import ShiftState, Span
from volunteers.rules.signing_up import QUEUED, SEATED, SignUpState

# beyond so many people of a place a team is chosen
MOST_ASKED: Final = 5_000
MOST_ROSTERS: Final = 20


def wish_of(session: Session, person_id: UUID) -> RosterWish | None:
    """What somebody said about being asked; None: nobody asks her."""
    return _wishes(session, select(AskMe).where(AskMe.person_id == person_id)).get(person_id)


def _wishes(session: Session, statement: Select[Any]) -> dict[UUID, RosterWish]:
    rows: list[AskMe] = list(session.scalars(statement))
    windows: dict[UUID, list[Window]] = {row.person_id: [] for row in rows}
    found: Any = session.execute(
        select(
            AskMeWindow.person_id, AskMeWindow.weekday, AskMeWindow.start_minute,
            AskMeWindow.end_minute,
        )
        .where(AskMeWindow.person_id.in_(windows))
        .order_by(AskMeWindow.weekday, AskMeWindow.start_minute)
    )  # fmt: skip
    for person_id, weekday, start, end in found:
        windows[person_id].append(Window(weekday, start, end))
    return {
        row.person_id: RosterWish(row.place_path, tuple(windows[row.person_id]), row.away_until)
        for row in rows
    }


def wishes_for(
    session: Session, place_path: str, team_id: UUID | None
) -> Mapping[UUID, RosterWish]:
    """Who wants to be asked for something at a place or below it; ``team_id``: of one team only."""
    near = or_(
        literal(place_path).like(AskMe.place_path + "%"),
        AskMe.place_path.startswith(place_path, autoescape=True),
    )
    statement = select(AskMe).where(near).order_by(AskMe.person_id).limit(MOST_ASKED)
    if team_id is not None:
        member = and_(TeamMember.team_id == team_id, TeamMember.left_at.is_(None))
        statement = statement.where(exists().where(member, TeamMember.person_id == AskMe.person_id))
    return _wishes(session, statement)


def shifts_of_week(session: Session, activity_id: UUID, span: Span) -> list[ShiftRow]:
    """The shifts of an activity that begin in a stretch of time and take place."""
    return [
        row
        for row in shifts_of(session, activity_id, since=span.starts_at)
        if span.starts_at < row.starts_at < span.ends_at and row.state is ShiftState.PLANNED
    ]


def vacancies(
    session: Session, of: ActivityRow, rows: Collection[ShiftRow], clock: Clock
) -> list[Vacancy]:
    """The free seats of some shifts. As many as wait for one are left to those who wait, unless
    nobody experienced is there: then the list does not move by itself."""
    led = _led(session, [row.id for row in rows], clock.limits, clock.now)
    waiting = _waiting(session, [row.id for row in rows])
    found = []
    for row in rows:
        for post in row.posts:
            least_free = 0 if row.id in led else min(1, post.free)
            free = max(least_free, post.free - waiting[post.id])
            wanted = Wanted(
                span=Span(row.starts_at, row.ends_at),
                activity_open=of.state is ActivityState.OPEN, opens_at=row.opens_at,
                youngest=of.youngest, qualification=post.qualification, leads=post.leads,
                led=row.id in led, lon=row.lon, lat=row.lat,
            )  # fmt: skip
            if free > 0:
                found.append(
                    Vacancy(
                        post.id, row.id, row.place_path, free, wanted,
                        least=min(free, post.missing), wave=in_first_wave(row.opens_at, clock),
                    )
                )  # fmt: skip
    return found


def _led(session: Session, ids: Collection[UUID], limits: Limits, now: datetime) -> set[UUID]:
    """The shifts to which somebody experienced has agreed to come."""
    rows = session.execute(
        select(SignUp.shift_id, SignUp.person_id, ShiftPost.leads)
        .join(ShiftPost, ShiftPost.id == SignUp.post_id)
        .where(SignUp.shift_id.in_(ids), SignUp.state == SignUpState.TAKEN)
    ).all()
    seasoned = experienced_among(session, {row[1] for row in rows}, limits, now)
    return {shift for shift, who, leads in rows if leads or who in seasoned}


def _waiting(session: Session, ids: Collection[UUID]) -> Counter[UUID]:
    rows = session.execute(
        select(SignUp.post_id, func.count())
        .where(SignUp.shift_id.in_(ids), SignUp.state.in_(QUEUED))
        .group_by(SignUp.post_id)
    )
    return Counter({row[0]: row[1] for row in rows})


def asked_people(
    session: Session,
    wishes: Mapping[UUID, RosterWish],
    activity_id: UUID,
    shifts: Collection[UUID],
    span: Span,
    clock: Clock,
) -> list[Asked]:
    """Some people as a roster sees them, in the order of their ids."""
    known = candidates(session, wishes.keys(), span, clock.limits, clock.now)
    minutes = _minutes(session, wishes.keys(), clock.now)
    tried = _tried(session, wishes.keys(), shifts)
    waves = _waves(session, wishes.keys(), activity_id, clock.now)
    return [
        Asked(
            who, known[who], wishes[who], minutes=minutes[who],
            not_on=frozenset(tried.get(who, ())), waves=waves[who],
        )
        for who in sorted(known)
    ]  # fmt: skip


def _minutes(session: Session, people: Collection[UUID], now: datetime) -> Counter[UUID]:
    """Minutes that people served lately or have signed up for; not where they did not come."""
    void = exists().where(AttendanceVoid.attendance_id == Attendance.id)
    missed = exists().where(
        Attendance.sign_up_id == SignUp.id, Attendance.mark == Mark.ABSENT, ~void
    )
    rows = session.execute(
        select(SignUp.person_id, Shift.starts_at, Shift.ends_at)
        .join(Shift, Shift.id == SignUp.shift_id)
        .where(
            SignUp.person_id.in_(people),
            SignUp.state.in_(SEATED),
            Shift.state == ShiftState.PLANNED,
            Shift.ends_at > now - LATELY,
            ~missed,
        )
    )
    found: Counter[UUID] = Counter()
    for who, starts, ends in rows:
        found[who] += Span(starts, ends).minutes
    return found


def _tried(
    session: Session, people: Collection[UUID], shifts: Collection[UUID]
) -> dict[UUID, set[UUID]]:
    """Shifts on which people are, or were asked already; not where that was taken back."""
    undone = exists().where(
        RosterProposal.sign_up_id == SignUp.id,
        RosterBatch.id == RosterProposal.roster_id,
        RosterBatch.undone_at.is_not(None),
    )
    rows = session.execute(
        select(SignUp.person_id, SignUp.shift_id).where(
            SignUp.person_id.in_(people),
            SignUp.shift_id.in_(shifts),
            or_(SignUp.state != SignUpState.REMOVED, ~undone),
        )
    )
    found: dict[UUID, set[UUID]] = {}
    for who, shift_id in rows:
        found.setdefault(who, set()).add(shift_id)
    return found


def _waves(
    session: Session, people: Collection[UUID], activity_id: UUID, now: datetime
) -> Counter[UUID]:
    rows = session.execute(
        select(SignUp.person_id, func.count())
        .join(Shift, Shift.id == SignUp.shift_id)
        .where(
            SignUp.person_id.in_(people), SignUp.state.in_(SEATED),
            Shift.activity_id == activity_id, Shift.opens_at.is_not(None), Shift.ends_at > now,
        )
        .group_by(SignUp.person_id)
    )  # fmt: skip
    return Counter({row[0]: row[1] for row in rows})


def team_taking_part(session: Session, activity_teams: Iterable[UUID], number: str) -> UUID | None:
    """The id of one of an activity's teams by its number."""
    wanted = select(Team.id).where(Team.number == number, Team.id.in_(activity_teams))
    return session.scalar(wanted)


@dataclass(frozen=True)
class RosterRow:
    """What was proposed at once."""

    id: UUID
    number: str
    activity_id: UUID
    monday: date
    made_at: datetime
    undone_at: datetime | None
    activity_number: str
    place_path: str
    titles: Mapping[str, str]

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)


_ROSTER: Final = ("id", "number", "activity_id", "monday", "made_at", "undone_at")


def _rosters() -> Select[Any]:
    plain = (getattr(RosterBatch, name) for name in _ROSTER)
    titles = (Activity.title_zh_hans, Activity.title_zh_hant, Activity.title_en)
    return select(
        *plain, Activity.number.label("activity_number"), Activity.place_path, *titles
    ).join(Activity, Activity.id == RosterBatch.activity_id)


def _roster(row: Any) -> RosterRow:
    plain = {name: getattr(row, name) for name in _ROSTER}
    return RosterRow(
        **plain, activity_number=row.activity_number, place_path=row.place_path,
        titles=said_in(row, "title"),
    )  # fmt: skip


def roster_by_number(session: Session, number: str) -> RosterRow | None:
    """One by its number."""
    row = session.execute(_rosters().where(RosterBatch.number == number)).one_or_none()
    return None if row is None else _roster(row)


def rosters_of(session: Session, activity_id: UUID) -> list[RosterRow]:
    """What was proposed for an activity, the latest first."""
    statement = _rosters().where(RosterBatch.activity_id == activity_id)
    latest = statement.order_by(RosterBatch.id.desc()).limit(MOST_ROSTERS)
    return [_roster(row) for row in session.execute(latest)]

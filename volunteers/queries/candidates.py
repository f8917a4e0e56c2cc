"""Reads for the question whether somebody may take a seat: about her, and about the seat."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from portal.accounts.models import Person
from portal.accounts.rules import AgeBand
from volunteers.models import (
    Activity,
    GuardianYes,
    Qualification,
    Shift,
    ShiftPost,
    SignUp,
    TeamMember,
    Volunteer,
)
from volunteers.rules.activities import ActivityState
from volunteers.rules.fitness import Booked, Candidate, Wanted
from volunteers.rules.limits import Limits
from volunteers.rules.qualifications import QualificationState
from volunteers.rules.shifts import ShiftState, Span
from volunteers.rules.signing_up import SEATED, SignUpState

# what lies further away touches neither the rest nor the week of a shift
AROUND: Final = timedelta(days=8)


@dataclass(frozen=True)
class PostFacts:
    """A post, its shift and its activity, as far as a sign-up asks."""

    post_id: UUID
    shift_id: UUID
    activity_id: UUID
    number: str
    role: str
    leads: bool
    qualification: str | None
    seats: int
    taken: int
    span: Span
    sequence: int
    cancelled: bool
    opens_at: datetime | None
    activity_open: bool
    youngest: AgeBand
    place_path: str
    lon: float | None
    lat: float | None

    @property
    def free(self) -> int:
        return self.seats - self.taken


_POST: Final = (
    ShiftPost.id, ShiftPost.shift_id, Shift.activity_id, Shift.number, ShiftPost.role,
    ShiftPost.leads, ShiftPost.qualification, ShiftPost.seats, ShiftPost.taken, Shift.starts_at,
    Shift.ends_at, Shift.sequence, Shift.state, Shift.opens_at, Activity.state, Activity.youngest,
    Shift.place_path, Shift.lon, Shift.lat,
)  # fmt: skip


def _posts() -> Select[*tuple[Any, ...]]:
    return (
        select(*_POST)
        .join(Shift, Shift.id == ShiftPost.shift_id)
        .join(Activity, Activity.id == Shift.activity_id)
    )


def _post(row: Any) -> PostFacts:
    *first, starts, ends, sequence, state, opens, activity, youngest, place, lon, lat = row
    values: tuple[Any, ...] = (
        *first, Span(starts, ends), sequence, state is ShiftState.CANCELLED, opens,
        activity is ActivityState.OPEN, youngest, place, lon, lat,
    )  # fmt: skip
    return PostFacts(*values)


def post_facts(session: Session, post_id: UUID) -> PostFacts | None:
    """A post by its id."""
    row = session.execute(_posts().where(ShiftPost.id == post_id)).one_or_none()
    return _post(row) if row else None


def posts_by_ids(session: Session, post_ids: Collection[UUID]) -> Mapping[UUID, PostFacts]:
    """Some posts by their ids."""
    rows = session.execute(_posts().where(ShiftPost.id.in_(post_ids)))
    return {row[0]: _post(row) for row in rows}


def posts_of_shift(session: Session, shift_id: UUID) -> list[PostFacts]:
    """The posts of a shift, those that lead first."""
    rows = session.execute(
        _posts().where(ShiftPost.shift_id == shift_id).order_by(
            ShiftPost.leads.desc(), ShiftPost.role
        )
    )  # fmt: skip
    return [_post(row) for row in rows]


def lock_posts(session: Session, post_ids: Collection[UUID]) -> None:
    """Hold some posts until the transaction ends: whoever moves people on them waits. Always the
    first rows that a transaction locks, and in one order, so that nobody waits for ever."""
    session.execute(
        select(ShiftPost.id)
        .where(ShiftPost.id.in_(post_ids))
        .order_by(ShiftPost.id)
        .with_for_update()
    )


def lock_volunteers(session: Session, person_ids: Collection[UUID]) -> None:
    """Hold some volunteers, after posts: two seats at the same time are not given to one person in
    two windows."""
    session.execute(
        select(Volunteer.person_id)
        .where(Volunteer.person_id.in_(person_ids))
        .order_by(Volunteer.person_id)
        .with_for_update()
    )


def candidates(
    session: Session,
    person_ids: Collection[UUID],
    span: Span,
    limits: Limits,
    now: datetime,
    *,
    without: Collection[UUID] = (),
) -> Mapping[UUID, Candidate]:
    """Some people as they stand before a shift. ``without``: sign-ups that do not count, because
    they are given away in the same step."""
    ages: Any = session.execute(
        select(Person.id, Person.age_band, Volunteer.person_id)
        .join(Volunteer, Volunteer.person_id == Person.id, isouter=True)
        .where(Person.id.in_(person_ids), Person.erased_at.is_(None))
    )
    learnt = learnt_by(session, person_ids)
    booked = _booked(session, person_ids, span, without)
    seasoned = experienced_among(session, person_ids, limits, now)
    agreed = _agreed(session, person_ids)
    return {
        row[0]: Candidate(
            registered=row[2] is not None,
            age=row[1],
            guardian_agreed=row[0] in agreed,
            qualifications=learnt.get(row[0], {}),
            experienced=row[0] in seasoned,
            booked=booked.get(row[0], ()),
        )
        for row in ages
    }


def learnt_by(
    session: Session, person_ids: Collection[UUID]
) -> dict[UUID, dict[str, list[tuple[date, date | None]]]]:
    """What was checked of some people: code → (first day, last day or None)."""
    rows = session.execute(
        select(
            Qualification.person_id, Qualification.code, Qualification.valid_from,
            Qualification.valid_to,
        ).where(
            Qualification.person_id.in_(person_ids),
            Qualification.state == QualificationState.VALID,
        )
    )  # fmt: skip
    found: dict[UUID, dict[str, list[tuple[date, date | None]]]] = {}
    for who, code, first, last in rows:
        found.setdefault(who, {}).setdefault(code, []).append((first, last))
    return found


def _booked(
    session: Session, person_ids: Collection[UUID], span: Span, without: Collection[UUID]
) -> dict[UUID, list[Booked]]:
    rows = session.execute(
        select(SignUp.person_id, Shift.starts_at, Shift.ends_at, Shift.lon, Shift.lat)
        .join(Shift, Shift.id == SignUp.shift_id)
        .where(
            SignUp.person_id.in_(person_ids),
            SignUp.state.in_(SEATED),
            SignUp.id.not_in(without),
            Shift.state == ShiftState.PLANNED,
            Shift.starts_at < span.ends_at + AROUND,
            Shift.ends_at > span.starts_at - AROUND,
        )
        .order_by(Shift.starts_at)
    )
    found: dict[UUID, list[Booked]] = {}
    for who, starts, ends, lon, lat in rows:
        found.setdefault(who, []).append(Booked(Span(starts, ends), lon, lat))
    return found


def _agreed(session: Session, person_ids: Collection[UUID]) -> set[UUID]:
    return set(
        session.scalars(
            select(GuardianYes.child_id).where(
                GuardianYes.child_id.in_(person_ids),
                GuardianYes.agreed_at.is_not(None),
                GuardianYes.ended_at.is_(None),
            )
        )
    )


def experienced_among(
    session: Session, person_ids: Collection[UUID], limits: Limits, now: datetime
) -> set[UUID]:
    """Who has served so often that she can be with newcomers, or leads a team."""
    if limits.newcomer_shifts == 0:
        return set(person_ids)
    served = (
        select(SignUp.person_id)
        .join(Shift, Shift.id == SignUp.shift_id)
        .where(
            SignUp.person_id.in_(person_ids),
            SignUp.state == SignUpState.TAKEN,
            Shift.state == ShiftState.PLANNED,
            Shift.ends_at <= now,
        )
        .group_by(SignUp.person_id)
        .having(func.count() >= limits.newcomer_shifts)
    )
    leading = select(TeamMember.person_id).where(
        TeamMember.person_id.in_(person_ids), TeamMember.leads, TeamMember.left_at.is_(None)
    )
    return set(session.scalars(served)) | set(session.scalars(leading))


def led(
    session: Session,
    shift_id: UUID,
    limits: Limits,
    now: datetime,
    *,
    without: Collection[UUID] = (),
) -> bool:
    """Whether somebody with experience has agreed to come to a shift."""
    rows = session.execute(
        select(SignUp.person_id, ShiftPost.leads)
        .join(ShiftPost, ShiftPost.id == SignUp.post_id)
        .where(
            SignUp.shift_id == shift_id,
            SignUp.state == SignUpState.TAKEN,
            SignUp.id.not_in(without),
        )
    ).all()
    if any(leads for _who, leads in rows):
        return True
    return bool(experienced_among(session, [who for who, _leads in rows], limits, now))


def has_of_wave(
    session: Session, person_id: UUID, activity_id: UUID, shift_id: UUID, now: datetime
) -> bool:
    """Whether she has a seat of the same activity on another shift that is opened in waves."""
    return bool(
        session.scalar(
            select(
                exists().where(
                    SignUp.person_id == person_id,
                    SignUp.state.in_(SEATED),
                    SignUp.shift_id == Shift.id,
                    Shift.activity_id == activity_id,
                    Shift.id != shift_id,
                    Shift.opens_at.is_not(None),
                    Shift.ends_at > now,
                )
            )
        )
    )


def wanted(post: PostFacts, *, led: bool, wave: bool) -> Wanted:
    """The seat as the rules ask about it."""
    return Wanted(
        span=post.span, activity_open=post.activity_open, cancelled=post.cancelled,
        opens_at=post.opens_at, youngest=post.youngest, qualification=post.qualification,
        leads=post.leads, led=led, wave=wave, lon=post.lon, lat=post.lat,
    )  # fmt: skip


def queued(session: Session, post_id: UUID) -> list[tuple[UUID, UUID]]:
    """(sign-up, person) of those who wait for a seat, in their order; then those on standby."""
    rows = session.execute(
        select(SignUp.id, SignUp.person_id)
        .where(
            SignUp.post_id == post_id,
            SignUp.state.in_((SignUpState.WAITING, SignUpState.STANDBY)),
        )
        .order_by(SignUp.state.desc(), SignUp.changed_at, SignUp.id)
    )
    return [(row[0], row[1]) for row in rows]


def unanswered(session: Session, post_id: UUID, now: datetime) -> list[UUID]:
    """Sign-ups whose offer or proposal nobody answered in time."""
    return list(session.scalars(select(SignUp.id).where(SignUp.post_id == post_id, _over(now))))


def posts_to_settle(session: Session, now: datetime) -> list[UUID]:
    """Posts where an offer has run out, or where a seat is free while somebody waits."""
    waiting = aliased(SignUp)
    queue = exists().where(
        waiting.post_id == ShiftPost.id,
        waiting.state.in_((SignUpState.WAITING, SignUpState.STANDBY)),
    )
    over = exists().where(SignUp.post_id == ShiftPost.id, _over(now))
    free = and_(ShiftPost.taken < ShiftPost.seats, queue)
    return list(
        session.scalars(
            select(ShiftPost.id)
            .join(Shift, Shift.id == ShiftPost.shift_id)
            .where(Shift.state == ShiftState.PLANNED)
            .where(or_(over, and_(free, Shift.starts_at > now)))
            .order_by(ShiftPost.id)
        )
    )


def _over(now: datetime) -> ColumnElement[bool]:
    return and_(SignUp.state.in_((SignUpState.OFFERED, SignUpState.PROPOSED)), SignUp.until <= now)

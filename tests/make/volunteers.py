"""Voluntary service for tests: activities, shifts with seats, and people on them."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.accounts.rules import AgeBand
from portal.areas.models import Area
from portal.areas.queries import AreaRow
from portal.kernel.clock import now
from portal.kernel.ids import new_id
from tests.make.accounts import person
from volunteers.models import (
    Activity,
    Qualification,
    Shift,
    ShiftPost,
    SignUp,
    SignUpEvent,
    Team,
    TeamMember,
)
from volunteers.rules.activities import ActivityKind, ActivityState, DutyKind, TeamKind, shift_roles
from volunteers.rules.qualifications import QualificationState
from volunteers.rules.signing_up import SEATED, SignUpState
from volunteers.service.registering import register
from volunteers.service.seats import take_seat

# a Monday, 08:00 in the city
NOW = datetime(2026, 11, 30, tzinfo=UTC)


def team(session: Session, area: Area, **changes: Any) -> Team:
    """A team of volunteers of a place."""
    values: dict[str, Any] = {
        "kind": TeamKind.VOLUNTEER, "area_id": area.id, "place_path": area.path,
        "name_zh_hans": "东阁社区志愿服务队", "valid_from": NOW.date(),
    }  # fmt: skip
    row = Team(**values | changes)
    session.add(row)
    session.flush()
    return row


def activity(session: Session, area: Area | AreaRow, **changes: Any) -> Activity:
    """An open activity of a place."""
    values: dict[str, Any] = {
        "kind": ActivityKind.SHIFT, "state": ActivityState.OPEN, "area_id": area.id,
        "place_path": area.path, "title_zh_hans": "文明劝导",
        "words_zh_hans": "在路口劝导。",
        "meeting_place": "胜利路与红旗路路口", "risks": "车流较多", "insurance": "已投保意外险",
        "youngest": AgeBand.UNDER_18, "writer_id": new_id(), "written_at": NOW,
    }  # fmt: skip
    row = Activity(**values | changes)
    session.add(row)
    session.flush()
    return row


def shift(
    session: Session,
    of: Activity,
    *,
    starts_at: datetime = NOW + timedelta(days=2),
    hours: float = 2,
    seats: Mapping[str, int] | None = None,
    **changes: Any,
) -> Shift:
    """A shift with seats by role; one member by default."""
    values: dict[str, Any] = {
        "activity_id": of.id, "duty": DutyKind.PATROL, "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=hours), "area_id": of.area_id,
        "place_path": of.place_path, "meeting_place": of.meeting_place, "made_at": NOW,
    }  # fmt: skip
    row = Shift(**values | changes)
    session.add(row)
    session.flush()
    for role, many in (seats or {"member": 1}).items():
        leads = shift_roles()[role].leads
        session.add(ShiftPost(shift_id=row.id, role=role, leads=leads, seats=many))
    session.flush()
    return row


def post(session: Session, of: Shift, role: str = "member") -> ShiftPost:
    """The seats of one role."""
    return session.query(ShiftPost).filter_by(shift_id=of.id, role=role).one()


def sign_up(
    session: Session,
    on: Shift,
    person_id: UUID,
    *,
    role: str = "member",
    state: SignUpState = SignUpState.TAKEN,
    at: datetime = NOW,
    until: datetime | None = None,
) -> SignUp:
    """Somebody on a shift as if she had signed up; a seat is taken where the state holds one."""
    seat = post(session, on, role)
    if state in SEATED:
        take_seat(session, seat.id)
    row = SignUp(
        shift_id=on.id, post_id=seat.id, person_id=person_id, state=state, made_at=at,
        changed_at=at, until=until,
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.add(SignUpEvent(sign_up_id=row.id, at=at, state=state, actor_id=person_id))
    session.flush()
    return row


def volunteer(
    session: Session,
    *,
    age: AgeBand = AgeBand.ADULT,
    experienced: bool = True,
    named: bool = False,
    name: str = "王小明",
) -> Person:
    """Somebody who registered; one who leads a team unless she is to be a newcomer."""
    who = person(session, name)
    who.age_band = age
    session.flush()
    register(session, who.id, named=named, now=NOW)
    if experienced:
        place = session.query(Area).order_by(Area.path).first()
        assert place is not None
        of = session.query(Team).first() or team(session, place)
        session.add(TeamMember(team_id=of.id, person_id=who.id, leads=True, joined_at=NOW))
    session.flush()
    return who


def waiting_qualification(session: Session, person_id: UUID, path: str) -> str:
    """The number of a qualification that waits for a check; no picture lies behind it."""
    row = Qualification(
        person_id=person_id, code="first_aid", place_path=path, valid_from=now().date(),
        state=QualificationState.WAITING, handed_at=now(),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.number

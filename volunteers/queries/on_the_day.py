"""Reads of the day of a shift: the shift itself, its roll, what was written about whom."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from portal.accounts.queries import people_by_ids
from volunteers.models import (
    Activity,
    Attendance,
    AttendanceVoid,
    Shift,
    ShiftPost,
    SignUp,
)
from volunteers.rules.activities import DutyKind
from volunteers.rules.on_the_day import Mark, Way
from volunteers.rules.shifts import ShiftState, Span
from volunteers.rules.signing_up import SignUpState

# these are expected on the day
EXPECTED = (SignUpState.TAKEN, SignUpState.STANDBY)


@dataclass(frozen=True)
class DayShift:
    """A shift as its day needs it. ``point``: longitude and latitude of the meeting place."""

    id: UUID
    number: str
    activity_id: UUID
    titles: Mapping[str, str]
    duty: DutyKind
    state: ShiftState
    starts_at: datetime
    ends_at: datetime
    area_id: UUID
    place_path: str
    meeting_place: str
    point: tuple[float, float] | None

    @property
    def span(self) -> Span:
        return Span(self.starts_at, self.ends_at)


@dataclass(frozen=True)
class MarkRow:
    """What stands about somebody: when it was, how it is known, who wrote it and why."""

    id: UUID
    sign_up_id: UUID
    mark: Mark
    way: Way
    at: datetime
    made_at: datetime
    reason: str | None
    batch_id: UUID | None


@dataclass(frozen=True)
class RollRow:
    """One person of the roll. ``coming`` is an arrival or an absence."""

    sign_up_id: UUID
    number: str
    person_id: UUID
    name: str
    role: str
    state: SignUpState
    coming: MarkRow | None
    going: MarkRow | None

    @property
    def here(self) -> bool:
        return self.coming is not None and self.coming.mark is Mark.ARRIVED


@dataclass(frozen=True)
class MySignUp:
    """Somebody's own sign-up for a shift."""

    id: UUID
    number: str
    person_id: UUID


SHIFT_COLUMNS = (
    Shift.id, Shift.number, Shift.activity_id, Activity.title_zh_hans, Activity.title_zh_hant,
    Activity.title_en, Shift.duty, Shift.state, Shift.starts_at, Shift.ends_at, Shift.area_id,
    Shift.place_path, Shift.meeting_place, Shift.lon, Shift.lat, Activity.lon.label("near_lon"),
    Activity.lat.label("near_lat"),
)  # fmt: skip
_LANGUAGES = ("zh_Hans", "zh_Hant", "en")


def day_shift(row: Any) -> DayShift:
    """A row of ``SHIFT_COLUMNS``. A shift without a point of its own has its activity's."""
    said = {language: getattr(row, f"title_{language.lower()}") for language in _LANGUAGES}
    titles = {language: text for language, text in said.items() if text}
    lon, lat = (row.lon, row.lat) if row.lon is not None else (row.near_lon, row.near_lat)
    return DayShift(
        id=row.id, number=row.number, activity_id=row.activity_id, titles=titles, duty=row.duty,
        state=row.state, starts_at=row.starts_at, ends_at=row.ends_at, area_id=row.area_id,
        place_path=row.place_path, meeting_place=row.meeting_place,
        point=None if lon is None or lat is None else (lon, lat),
    )  # fmt: skip


def shift_by_number(session: Session, number: str) -> DayShift | None:
    """One shift, whatever its state."""
    return _one(session, Shift.number == number)


def shift_by_id(session: Session, shift_id: UUID) -> DayShift | None:
    return _one(session, Shift.id == shift_id)


def _one(session: Session, where: ColumnElement[bool]) -> DayShift | None:
    statement = select(*SHIFT_COLUMNS).join(Activity, Activity.id == Shift.activity_id)
    row = session.execute(statement.where(where)).first()
    return day_shift(row) if row else None


def shifts_of_day(
    session: Session, places: Collection[str] | None, first: datetime, end: datetime
) -> list[DayShift]:
    """The planned shifts that start between two moments (half-open) in some places, in order."""
    statement = (
        select(*SHIFT_COLUMNS)
        .join(Activity, Activity.id == Shift.activity_id)
        .where(Shift.state == ShiftState.PLANNED, Shift.starts_at >= first, Shift.starts_at < end)
        .order_by(Shift.starts_at, Shift.id)
    )
    if places is not None:
        statement = statement.where(or_(*(Shift.place_path.startswith(path) for path in places)))
    return [day_shift(row) for row in session.execute(statement)]


def expected_on(session: Session, shift_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many people are expected on each of some shifts."""
    rows = session.execute(
        select(SignUp.shift_id, func.count())
        .where(SignUp.shift_id.in_(shift_ids), SignUp.state.in_(EXPECTED))
        .group_by(SignUp.shift_id)
    )
    return {row[0]: row[1] for row in rows}


def my_sign_up(session: Session, shift_id: UUID, person_id: UUID) -> MySignUp | None:
    """Somebody's own sign-up, if she is expected on the shift."""
    row = session.execute(
        select(SignUp.id, SignUp.number, SignUp.person_id).where(
            SignUp.shift_id == shift_id,
            SignUp.person_id == person_id,
            SignUp.state.in_(EXPECTED),
        )
    ).first()
    return MySignUp(*row) if row else None


_MARKS = (
    Attendance.id, Attendance.sign_up_id, Attendance.mark, Attendance.way, Attendance.at,
    Attendance.made_at, Attendance.reason, Attendance.batch_id,
)  # fmt: skip
NOT_VOIDED = ~exists().where(AttendanceVoid.attendance_id == Attendance.id)


def standing_marks(session: Session, shift_id: UUID) -> list[MarkRow]:
    """What stands about everybody of a shift."""
    statement = select(*_MARKS).where(Attendance.shift_id == shift_id, NOT_VOIDED)
    return [MarkRow(*row) for row in session.execute(statement.order_by(Attendance.id))]


def standing_mark(session: Session, sign_up_id: UUID, *, leaving: bool) -> MarkRow | None:
    """What stands about one person's coming or going."""
    statement = select(*_MARKS).where(
        Attendance.sign_up_id == sign_up_id, Attendance.leaving == leaving, NOT_VOIDED
    )
    row = session.execute(statement).first()
    return MarkRow(*row) if row else None


def voided_before(session: Session, sign_up_id: UUID, *, leaving: bool) -> int:
    """How often somebody's coming (or going) on a shift was taken back."""
    statement = (
        select(func.count())
        .select_from(Attendance)
        .join(AttendanceVoid, AttendanceVoid.attendance_id == Attendance.id)
        .where(Attendance.sign_up_id == sign_up_id, Attendance.leaving == leaving)
    )
    return session.scalar(statement) or 0


def roll_of(session: Session, shift_id: UUID) -> list[RollRow]:
    """Everybody who is expected on a shift, by name, with what stands about her."""
    marks = standing_marks(session, shift_id)
    coming = {mark.sign_up_id: mark for mark in marks if mark.mark is not Mark.LEFT}
    going = {mark.sign_up_id: mark for mark in marks if mark.mark is Mark.LEFT}
    rows = session.execute(
        select(SignUp.id, SignUp.number, SignUp.person_id, ShiftPost.role, SignUp.state)
        .join(ShiftPost, ShiftPost.id == SignUp.post_id)
        .where(SignUp.shift_id == shift_id, SignUp.state.in_(EXPECTED))
    ).all()
    people = people_by_ids(session, {row.person_id for row in rows})
    found = [
        RollRow(
            sign_up_id=row.id, number=row.number, person_id=row.person_id,
            name=people[row.person_id].display_name, role=row.role, state=row.state,
            coming=coming.get(row.id), going=going.get(row.id),
        )
        for row in rows
        if row.person_id in people
    ]  # fmt: skip
    return sorted(found, key=lambda row: (row.state is SignUpState.STANDBY, row.name, row.number))

"""No-shows and what people said to them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import Session

from volunteers.models import Absence, Activity, Attendance, Shift, SignUp
from volunteers.queries.on_the_day import NOT_VOIDED, SHIFT_COLUMNS, DayShift, day_shift
from volunteers.rules.on_the_day import OPEN_ABSENCES, AbsenceState, Mark

PAGE = 50


@dataclass(frozen=True)
class AbsenceRow:
    """One no-show, with its shift."""

    id: UUID
    number: str
    person_id: UUID
    state: AbsenceState
    told_at: datetime
    reply_until: datetime
    words: str | None
    replied_at: datetime | None
    decided_at: datetime | None
    answer: str | None
    shift: DayShift

    def may_reply(self, now: datetime) -> bool:
        """She has her word until the last moment of her time, that moment included."""
        return self.state is AbsenceState.TOLD and now <= self.reply_until

    def may_decide(self, now: datetime) -> bool:
        """When she has said something, or her time is over."""
        late = self.state is AbsenceState.TOLD and now > self.reply_until
        return self.state is AbsenceState.REPLIED or late


@dataclass(frozen=True)
class UntoldRow:
    """Somebody who did not come and has not been told yet."""

    attendance_id: UUID
    sign_up_id: UUID
    person_id: UUID
    shift: DayShift


_ABSENCES = (
    Absence.id, Absence.number, Absence.person_id, Absence.state, Absence.told_at,
    Absence.reply_until, Absence.words, Absence.replied_at, Absence.decided_at, Absence.answer,
)  # fmt: skip


def _rows() -> Select[*tuple[Any, ...]]:
    return (
        select(*(column.label(f"a{at}") for at, column in enumerate(_ABSENCES)), *SHIFT_COLUMNS)
        .join(Shift, Shift.id == Absence.shift_id)
        .join(Activity, Activity.id == Shift.activity_id)
    )


def _row(row: Any) -> AbsenceRow:
    own = {column.key: row[at] for at, column in enumerate(_ABSENCES)}
    return AbsenceRow(**own, shift=day_shift(row))


def absence_by_number(session: Session, number: str) -> AbsenceRow | None:
    """One no-show."""
    row = session.execute(_rows().where(Absence.number == number)).first()
    return _row(row) if row else None


def absences_in(
    session: Session, places: Iterable[str] | None, *, open_only: bool, before: UUID | None = None
) -> list[AbsenceRow]:
    """No-shows of some places (None: of all), newest first, one page and one more."""
    statement = _rows().order_by(Absence.id.desc()).limit(PAGE + 1)
    if places is not None:
        statement = statement.where(or_(*(Shift.place_path.startswith(path) for path in places)))
    if open_only:
        statement = statement.where(Absence.state.in_(OPEN_ABSENCES))
    if before is not None:
        statement = statement.where(Absence.id < before)
    return [_row(row) for row in session.execute(statement)]


def absences_of(session: Session, person_id: UUID) -> list[AbsenceRow]:
    """Somebody's own no-shows, newest first."""
    statement = _rows().where(Absence.person_id == person_id).order_by(Absence.id.desc())
    return [_row(row) for row in session.execute(statement)]


def untold(session: Session, before: datetime, most: int) -> list[UntoldRow]:
    """No-shows that stand since a moment, and that nobody was told of."""
    told = exists().where(Absence.attendance_id == Attendance.id)
    statement = (
        select(
            Attendance.id.label("attendance_id"),
            Attendance.sign_up_id,
            SignUp.person_id,
            *SHIFT_COLUMNS,
        )
        .join(SignUp, SignUp.id == Attendance.sign_up_id)
        .join(Shift, Shift.id == Attendance.shift_id)
        .join(Activity, Activity.id == Shift.activity_id)
        .where(Attendance.mark == Mark.ABSENT, Attendance.made_at <= before, NOT_VOIDED, ~told)
        .order_by(Attendance.id)
        .limit(most)
    )
    rows = session.execute(statement).all()
    return [UntoldRow(*row[:3], shift=day_shift(row)) for row in rows]

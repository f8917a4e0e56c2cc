"""Reads for reminders: seats that lie ahead, whom to call, who holds a seat on a shift."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from portal.organisations.queries import who_goes_on
from volunteers.models import (
    Activity,
    ActivityTeam,
    Shift,
    ShiftReminder,
    SignUp,
    Team,
    Volunteer,
)
from volunteers.queries.activities import said_in
from volunteers.rules.reminders import AHEAD, Due, Held
from volunteers.rules.shifts import ShiftState
from volunteers.rules.signing_up import SignUpState


@dataclass(frozen=True)
class SeatRow:
    """A seat that somebody holds, with what she is told of its shift."""

    sign_up_id: UUID
    number: str
    person_id: UUID
    shift_id: UUID
    activity_id: UUID
    organisation_id: UUID | None
    starts_at: datetime
    meeting_place: str
    gear: str
    titles: Mapping[str, str]
    held: Held


_SEAT: Final = (
    SignUp.id, SignUp.number, SignUp.person_id, SignUp.shift_id, Shift.activity_id,
    Activity.organisation_id, Shift.starts_at, Shift.meeting_place, Activity.gear,
)  # fmt: skip
_HELD: Final = (
    SignUp.changed_at.label("taken_at"), Shift.changed_at.label("moved_at"), Shift.sequence,
    SignUp.sequence.label("agreed"), Volunteer.day_before, Volunteer.hours_before,
    Activity.title_zh_hans, Activity.title_zh_hant, Activity.title_en,
)  # fmt: skip


def _seats() -> Select[*tuple[Any, ...]]:
    return (
        select(*_SEAT, *_HELD)
        .select_from(SignUp)
        .join(Shift, Shift.id == SignUp.shift_id)
        .join(Activity, Activity.id == Shift.activity_id)
        .join(Volunteer, Volunteer.person_id == SignUp.person_id, isouter=True)
        .where(SignUp.state == SignUpState.TAKEN, Shift.state == ShiftState.PLANNED)
    )


def _seat(row: Any) -> SeatRow:
    held = Held(
        starts_at=row.starts_at, taken_at=row.taken_at, changed_at=row.moved_at,
        confirmed=row.sequence <= row.agreed, day_before=row.day_before is not False,
        hours_before=row.hours_before is not False,
    )  # fmt: skip
    values: tuple[Any, ...] = (*row[: len(_SEAT)], said_in(row, "title"), held)
    return SeatRow(*values)


def seats_ahead(session: Session, now: datetime) -> list[SeatRow]:
    """Seats whose holders may have to be reminded now: soon, or of a shift that was changed."""
    changed = and_(Shift.changed_at.is_not(None), Shift.sequence > SignUp.sequence)
    soon = or_(Shift.starts_at <= now + AHEAD, changed)
    rows = session.execute(_seats().where(Shift.starts_at > now, soon).order_by(SignUp.id))
    return [_seat(row) for row in rows]


def seat_held(session: Session, sign_up_id: UUID) -> SeatRow | None:
    """A seat as it is now, held until the transaction ends; None: nobody has it any more."""
    held = select(SignUp.id).where(SignUp.id == sign_up_id, SignUp.state == SignUpState.TAKEN)
    if session.scalar(held.with_for_update()) is None:
        return None
    row = session.execute(_seats().where(SignUp.id == sign_up_id)).one_or_none()
    return _seat(row) if row else None


def holders_of(session: Session, shift_id: UUID) -> list[SeatRow]:
    """Who holds a seat on a shift."""
    rows = session.execute(_seats().where(SignUp.shift_id == shift_id).order_by(SignUp.id))
    return [_seat(row) for row in rows]


def told_already(session: Session, sign_ups: Collection[UUID]) -> set[tuple[UUID, Due]]:
    """What people were reminded of."""
    rows = session.execute(
        select(ShiftReminder.sign_up_id, ShiftReminder.kind, ShiftReminder.about).where(
            ShiftReminder.sign_up_id.in_(sign_ups)
        )
    )
    return {(row.sign_up_id, Due(row.kind, row.about)) for row in rows}


def whom_to_call(
    session: Session, activity_id: UUID, organisation_id: UUID | None, on: date
) -> str | None:
    """A telephone of those who organise, as they made it public: that of the unit that goes on with
    it, else a team's. None is anybody's own."""
    if organisation_id is not None:
        unit = who_goes_on(session, organisation_id, on)
        if unit is not None and unit.phone:
            return unit.phone
    return session.scalar(
        select(Team.phone)
        .join(ActivityTeam, ActivityTeam.team_id == Team.id)
        .where(ActivityTeam.activity_id == activity_id, Team.phone.is_not(None))
        .order_by(Team.id)
        .limit(1)
    )

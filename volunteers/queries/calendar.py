"""What stands in a person's calendar."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.areas.rules import tidy_names
from volunteers.models import Activity, CalendarFeed, Shift, SignUp, SignUpEvent
from volunteers.rules.shifts import ShiftState, Span
from volunteers.rules.signing_up import ACTIVE, SignUpState

# what a person of the phone's calendar has to keep free; a waiting list is no appointment
SHOWN = ACTIVE - {SignUpState.WAITING}


@dataclass(frozen=True)
class Appointment:
    """One shift in somebody's calendar. ``sequence`` only ever grows (RFC 5545, 3.8.7.4)."""

    number: str
    titles: Mapping[str, str]
    span: Span
    meeting_place: str
    cancelled: bool
    tentative: bool
    sequence: int
    changed_at: datetime


def feed_of(session: Session, person_id: UUID) -> UUID | None:
    """The id of somebody's feed, if she has one."""
    return session.scalar(select(CalendarFeed.id).where(CalendarFeed.person_id == person_id))


def owner_of_feed(session: Session, token_hash: str) -> UUID | None:
    """Whose feed a token opens."""
    return session.scalar(
        select(CalendarFeed.person_id).where(CalendarFeed.token_hash == token_hash)
    )


def appointments(session: Session, person_id: UUID, since: datetime) -> list[Appointment]:
    """Her shifts that end after a moment, those that fell through too, in the order of time.

    One a shift: her newest sign-up. Two queries, however many shifts.
    """
    rows: Any = session.execute(
        select(
            Shift.id, Shift.number, Shift.starts_at, Shift.ends_at, Shift.meeting_place,
            Shift.state.label("shift_state"), Shift.sequence, Shift.cancelled_at, SignUp.state,
            SignUp.changed_at, Activity.title_zh_hans, Activity.title_zh_hant, Activity.title_en,
        )
        .join(Shift, Shift.id == SignUp.shift_id)
        .join(Activity, Activity.id == Shift.activity_id)
        .where(SignUp.person_id == person_id, Shift.ends_at > since)
        .order_by(Shift.starts_at, Shift.id, SignUp.id)
    ).all()  # fmt: skip
    newest = {row.id: row for row in rows if row.state is not SignUpState.WAITING}
    steps = _steps(session, person_id, since)
    return [_appointment(row, steps.get(row.id, 0)) for row in newest.values()]


def _steps(session: Session, person_id: UUID, since: datetime) -> dict[UUID, int]:
    """How often something happened to her on each shift."""
    rows = session.execute(
        select(SignUp.shift_id, func.count())
        .join(SignUpEvent, SignUpEvent.sign_up_id == SignUp.id)
        .join(Shift, Shift.id == SignUp.shift_id)
        .where(SignUp.person_id == person_id, Shift.ends_at > since)
        .group_by(SignUp.shift_id)
    )
    return {row[0]: row[1] for row in rows}


def _appointment(row: Any, steps: int) -> Appointment:
    titles = {
        "zh_Hans": row.title_zh_hans, "zh_Hant": row.title_zh_hant, "en": row.title_en,
    }  # fmt: skip
    off = row.shift_state is ShiftState.CANCELLED or row.state not in SHOWN
    return Appointment(
        row.number, tidy_names(titles), Span(row.starts_at, row.ends_at), row.meeting_place, off,
        row.state is not SignUpState.TAKEN, row.sequence + steps,
        max(row.changed_at, row.cancelled_at or row.changed_at),
    )  # fmt: skip

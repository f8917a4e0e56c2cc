"""Reads of sign-ups: a shift as its volunteers see it, one's own shifts, an organiser's list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from portal.accounts.rules import AgeBand
from volunteers.models import Activity, RosterProposal, Shift, ShiftPost, SignUp, SignUpEvent
from volunteers.rules.activities import ActivityState
from volunteers.rules.shifts import ShiftState, Span
from volunteers.rules.signing_up import ACTIVE, ASKED, SEATED, SignUpState

LANGUAGES: Final = ("zh_Hans", "zh_Hant", "en")
PAST: Final = 20
MOST_COMING: Final = 50


@dataclass(frozen=True)
class SignShift:
    """A shift with what must be told before anybody signs up (条例, article 12)."""

    id: UUID
    number: str
    activity_id: UUID
    span: Span
    meeting_place: str
    cancelled: bool
    cancel_reason: str | None
    opens_at: datetime | None
    sequence: int
    place_path: str
    organisation_id: UUID | None
    open: bool
    hidden: bool
    risky: bool
    risks: str
    insurance: str
    gear: str
    youngest: AgeBand
    titles: Mapping[str, str]


_SHIFT: Final = (
    Shift.id, Shift.number, Shift.activity_id, Shift.starts_at, Shift.ends_at,
    Shift.meeting_place, Shift.state, Shift.cancel_reason, Shift.opens_at, Shift.sequence,
    Shift.place_path, Activity.organisation_id, Activity.state, Activity.risky, Activity.risks,
    Activity.insurance, Activity.gear, Activity.youngest, Activity.title_zh_hans,
    Activity.title_zh_hant, Activity.title_en,
)  # fmt: skip


def _shift(row: Sequence[Any]) -> SignShift:
    (key, number, activity_id, starts, ends, meeting, state, reason, opens, sequence, place, unit,
     activity, risky, risks, insurance, gear, youngest, *titles) = row  # fmt: skip
    return SignShift(
        key, number, activity_id, Span(starts, ends), meeting, state is ShiftState.CANCELLED,
        reason, opens, sequence, place, unit, activity is ActivityState.OPEN,
        activity is ActivityState.DRAFT, risky, risks, insurance, gear, youngest,
        {lang: title for lang, title in zip(LANGUAGES, titles, strict=True) if title},
    )  # fmt: skip


def _shifts() -> Select[*tuple[Any, ...]]:
    return select(*_SHIFT).select_from(Shift).join(Activity, Activity.id == Shift.activity_id)


def sign_shift(session: Session, number: str) -> SignShift | None:
    """A shift by its number."""
    row = session.execute(_shifts().where(Shift.number == number)).one_or_none()
    return _shift(row) if row else None


def sign_shift_by_id(session: Session, shift_id: UUID) -> SignShift:
    """A shift that is known to be there."""
    return _shift(session.execute(_shifts().where(Shift.id == shift_id)).one())


def shifts_to_swap(
    session: Session, shift: SignShift, person_id: UUID, now: datetime
) -> list[SignShift]:
    """Coming shifts of the same activity on which she has no place and others do."""
    mine = select(SignUp.shift_id).where(SignUp.person_id == person_id, SignUp.state.in_(ACTIVE))
    held = select(SignUp.shift_id).where(SignUp.state == SignUpState.TAKEN)
    rows = session.execute(
        _shifts()
        .where(
            Shift.activity_id == shift.activity_id,
            Shift.state == ShiftState.PLANNED,
            Shift.starts_at > now,
            Shift.id.not_in(mine),
            Shift.id.in_(held),
        )
        .order_by(Shift.starts_at, Shift.id)
        .limit(MOST_COMING)
    )
    return [_shift(row) for row in rows]


@dataclass(frozen=True)
class MySignUp:
    """One of somebody's sign-ups with its shift."""

    id: UUID
    number: str
    person_id: UUID
    post_id: UUID
    role: str
    state: SignUpState
    made_at: datetime
    changed_at: datetime
    until: datetime | None
    sequence: int
    shift: SignShift

    def state_at(self, now: datetime) -> SignUpState:
        """Her state as it is read at a moment: an offer that has run out has lapsed by itself."""
        over = self.until is not None and now >= self.until
        return SignUpState.LAPSED if self.state in ASKED and over else self.state

    def changed(self) -> bool:
        """Whether the shift is another than the one she agreed to."""
        return self.state is SignUpState.TAKEN and self.shift.sequence > self.sequence


_MINE: Final = (
    SignUp.id, SignUp.number, SignUp.person_id, SignUp.post_id, ShiftPost.role, SignUp.state,
    SignUp.made_at, SignUp.changed_at, SignUp.until, SignUp.sequence,
)  # fmt: skip


def _sign_ups() -> Select[*tuple[Any, ...]]:
    return (
        select(*_MINE, *_SHIFT)
        .select_from(SignUp)
        .join(ShiftPost, ShiftPost.id == SignUp.post_id)
        .join(Shift, Shift.id == SignUp.shift_id)
        .join(Activity, Activity.id == Shift.activity_id)
    )


def _sign_up(row: Sequence[Any]) -> MySignUp:
    values: tuple[Any, ...] = (*row[: len(_MINE)], _shift(row[len(_MINE) :]))
    return MySignUp(*values)


def sign_up_by_number(session: Session, number: str) -> MySignUp | None:
    """A sign-up by its number, whoever's it is."""
    row = session.execute(_sign_ups().where(SignUp.number == number)).one_or_none()
    return _sign_up(row) if row else None


def sign_up_by_id(session: Session, sign_up_id: UUID) -> MySignUp:
    """A sign-up that is known to be there."""
    return _sign_up(session.execute(_sign_ups().where(SignUp.id == sign_up_id)).one())


def sign_ups_of_roster(session: Session, roster_id: UUID) -> list[MySignUp]:
    """What a roster proposed, by the beginning of the shift."""
    rows = session.execute(
        _sign_ups()
        .join(RosterProposal, RosterProposal.sign_up_id == SignUp.id)
        .where(RosterProposal.roster_id == roster_id)
        .order_by(Shift.starts_at, Shift.id, SignUp.id)
    )
    return [_sign_up(row) for row in rows]


def my_coming(session: Session, person_id: UUID, now: datetime) -> list[MySignUp]:
    """What is ahead of somebody: the next first; what was called off is told until it is over."""
    state = SignUp.state.in_((*ACTIVE, SignUpState.CALLED_OFF))
    return _listed(session, person_id, state, Shift.ends_at > now, ahead=True)


def my_past(session: Session, person_id: UUID, now: datetime) -> list[MySignUp]:
    """What somebody was on, the latest first."""
    state = SignUp.state == SignUpState.TAKEN
    return _listed(session, person_id, state, Shift.ends_at <= now, ahead=False)


def _listed(
    session: Session, person_id: UUID, *where: ColumnElement[bool], ahead: bool
) -> list[MySignUp]:
    order = Shift.starts_at.asc() if ahead else Shift.starts_at.desc()
    rows = session.execute(
        _sign_ups()
        .where(SignUp.person_id == person_id, *where)
        .order_by(order, SignUp.id)
        .limit(MOST_COMING if ahead else PAST)
    )
    return [_sign_up(row) for row in rows]


def my_place(session: Session, shift_id: UUID, person_id: UUID | None) -> MySignUp | None:
    """Her active sign-up for a shift."""
    row = session.execute(
        _sign_ups().where(
            SignUp.shift_id == shift_id, SignUp.person_id == person_id, SignUp.state.in_(ACTIVE)
        )
    ).one_or_none()
    return _sign_up(row) if row else None


def ahead_of(session: Session, row: MySignUp) -> int:
    """How many wait for a seat of the same post before her."""
    before = (SignUp.changed_at < row.changed_at) | (
        (SignUp.changed_at == row.changed_at) & (SignUp.id < row.id)
    )
    counted = select(func.count()).where(
        SignUp.post_id == row.post_id, SignUp.state == SignUpState.WAITING, before
    )
    return session.scalar(counted) or 0


def waiting_counts(session: Session, shift_id: UUID) -> dict[UUID, int]:
    """How many wait for a seat, by post."""
    rows = session.execute(
        select(SignUp.post_id, func.count())
        .where(SignUp.shift_id == shift_id, SignUp.state == SignUpState.WAITING)
        .group_by(SignUp.post_id)
    )
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True)
class StepRow:
    """One step of a sign-up."""

    at: datetime
    state: SignUpState
    actor_id: UUID | None
    reason: str | None
    overridden: tuple[str, ...] = field(default_factory=tuple)


def steps_of(session: Session, sign_up_id: UUID) -> list[StepRow]:
    """What happened to a sign-up, oldest first."""
    rows: Any = session.scalars(
        select(SignUpEvent).where(SignUpEvent.sign_up_id == sign_up_id).order_by(SignUpEvent.id)
    )
    return [
        StepRow(row.at, row.state, row.actor_id, row.reason,
                tuple((row.overridden or "").split()))
        for row in rows
    ]  # fmt: skip


def people_on(session: Session, shift_id: UUID) -> list[MySignUp]:
    """Everybody who is or was on a shift, for its organisers: those with a seat first."""
    rows = session.execute(
        _sign_ups().where(SignUp.shift_id == shift_id).order_by(SignUp.changed_at, SignUp.id)
    )
    found = [_sign_up(row) for row in rows]
    return sorted(found, key=lambda row: (row.state not in SEATED, row.state not in ACTIVE))


def last_reasons(session: Session, shift_id: UUID) -> dict[UUID, str]:
    """The latest reason that was given, by sign-up."""
    rows: Any = session.execute(
        select(SignUpEvent.sign_up_id, SignUpEvent.reason)
        .join(SignUp, SignUp.id == SignUpEvent.sign_up_id)
        .where(SignUp.shift_id == shift_id, SignUpEvent.reason.is_not(None))
        .order_by(SignUpEvent.id)
    )
    return {row[0]: row[1] for row in rows}

"""Reads of offers to hand a seat to somebody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from volunteers.models import Handover, Shift, ShiftPost, SignUp
from volunteers.queries.sign_ups import MySignUp, sign_up_by_id
from volunteers.rules.handovers import HandoverKind, HandoverState
from volunteers.rules.signing_up import SignUpState


@dataclass(frozen=True)
class HandoverRow:
    """An offer. ``given``: the sign-up that is handed over, and where it stands now."""

    id: UUID
    number: str
    kind: HandoverKind
    state: HandoverState
    wanted_shift_id: UUID | None
    until: datetime
    given: MySignUp

    def open_at(self, now: datetime) -> bool:
        """Whether it can still be accepted."""
        held = self.given.state is SignUpState.TAKEN and not self.given.shift.cancelled
        return self.state is HandoverState.OFFERED and held and now < self.until


_COLUMNS: Final = (
    Handover.id, Handover.number, Handover.kind, Handover.state, Handover.wanted_shift_id,
    Handover.until, Handover.sign_up_id,
)  # fmt: skip


def _handovers() -> Select[*tuple[Any, ...]]:
    return select(*_COLUMNS).join(SignUp, SignUp.id == Handover.sign_up_id)


def _row(session: Session, row: Sequence[Any]) -> HandoverRow:
    values: tuple[Any, ...] = (*row[:-1], sign_up_by_id(session, row[-1]))
    return HandoverRow(*values)


def handover_by_number(session: Session, number: str) -> HandoverRow | None:
    """An offer by its number."""
    row = session.execute(_handovers().where(Handover.number == number)).one_or_none()
    return _row(session, row) if row else None


def open_handover(session: Session, sign_up_id: UUID) -> HandoverRow | None:
    """The offer that stands for a sign-up."""
    found = _found(session, Handover.sign_up_id == sign_up_id)
    return found[0] if found else None


def asked_of(session: Session, person_id: UUID, now: datetime) -> list[HandoverRow]:
    """Offers that somebody may answer: swaps for a shift she is on; stand-ins for one whose list
    she waits in."""
    held = select(SignUp.shift_id).where(
        SignUp.person_id == person_id, SignUp.state == SignUpState.TAKEN
    )
    waits = select(SignUp.post_id).where(
        SignUp.person_id == person_id,
        SignUp.state.in_((SignUpState.WAITING, SignUpState.STANDBY)),
    )
    for_her = Handover.wanted_shift_id.in_(held) | (
        (Handover.kind == HandoverKind.SUBSTITUTE) & SignUp.post_id.in_(waits)
    )
    found = _found(session, for_her, SignUp.person_id != person_id, Handover.until > now)
    return [row for row in found if row.open_at(now)]


def _found(session: Session, *where: ColumnElement[bool]) -> list[HandoverRow]:
    rows = session.execute(
        _handovers()
        .where(Handover.state == HandoverState.OFFERED, *where)
        .order_by(Handover.id)
        .limit(20)
    ).all()
    return [_row(session, row) for row in rows]


def place_to_give(
    session: Session, shift_id: UUID, role: str, person_id: UUID
) -> tuple[UUID, UUID] | None:
    """(sign-up, post) of somebody's seat of a role on a shift."""
    row = session.execute(
        select(SignUp.id, SignUp.post_id)
        .join(ShiftPost, ShiftPost.id == SignUp.post_id)
        .where(
            SignUp.shift_id == shift_id,
            SignUp.person_id == person_id,
            SignUp.state == SignUpState.TAKEN,
            ShiftPost.role == role,
        )
    ).one_or_none()
    return (row[0], row[1]) if row else None


def own_queue_place(session: Session, shift_id: UUID, person_id: UUID) -> UUID | None:
    """Her place in a shift's waiting list: it ends when she stands in."""
    return session.scalar(
        select(SignUp.id).where(
            SignUp.shift_id == shift_id,
            SignUp.person_id == person_id,
            SignUp.state.in_((SignUpState.WAITING, SignUpState.STANDBY)),
        )
    )


def to_ask(session: Session, row: HandoverRow) -> list[UUID]:
    """Whom an offer is sent to: those of the wanted shift in her role; or those who wait."""
    statement = (
        select(SignUp.person_id)
        .join(ShiftPost, ShiftPost.id == SignUp.post_id)
        .where(SignUp.person_id != row.given.person_id)
    )
    if row.wanted_shift_id is not None:
        statement = statement.where(
            SignUp.shift_id == row.wanted_shift_id,
            SignUp.state == SignUpState.TAKEN,
            ShiftPost.role == row.given.role,
        )
    else:
        statement = statement.where(
            SignUp.post_id == row.given.post_id,
            SignUp.state.in_((SignUpState.WAITING, SignUpState.STANDBY)),
        )
    return list(session.scalars(statement))


def starts_at(session: Session, shift_id: UUID) -> datetime:
    """When a shift that is known to be there begins."""
    return session.execute(select(Shift.starts_at).where(Shift.id == shift_id)).scalar_one()

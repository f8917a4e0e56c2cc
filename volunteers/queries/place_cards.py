"""Reads of the cards that hang at meeting places."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from volunteers.models import Activity, PlaceCard, Shift, SignUp
from volunteers.queries.on_the_day import (
    EXPECTED,
    SHIFT_COLUMNS,
    DayShift,
    MySignUp,
    day_shift,
)
from volunteers.rules.shifts import ShiftState


@dataclass(frozen=True)
class CardRow:
    """A card that hangs."""

    id: UUID
    activity_id: UUID
    area_id: UUID
    meeting_place: str
    made_at: datetime

    def hangs_for(self, shift: DayShift) -> bool:
        """Whether a shift meets where it hangs: the same words in another area are elsewhere."""
        place = (shift.activity_id, shift.area_id, shift.meeting_place)
        return place == (self.activity_id, self.area_id, self.meeting_place)


def card_by_hash(session: Session, code_hash: str) -> CardRow | None:
    """The card with a code, as long as it hangs."""
    return _one(session, PlaceCard.code_hash == code_hash)


def card_at(session: Session, shift: DayShift) -> CardRow | None:
    """The card of an activity at the meeting place of one of its shifts."""
    of = PlaceCard
    return _one(
        session,
        and_(
            of.activity_id == shift.activity_id, of.area_id == shift.area_id,
            of.meeting_place == shift.meeting_place,
        ),
    )  # fmt: skip


def _one(session: Session, these: ColumnElement[bool]) -> CardRow | None:
    of = PlaceCard
    statement = select(of.id, of.activity_id, of.area_id, of.meeting_place, of.made_at)
    row = session.execute(statement.where(these, of.ended_at.is_(None))).first()
    return CardRow(*row) if row else None


def mine_at_card(
    session: Session, card: CardRow, person_id: UUID, first: datetime, last: datetime
) -> list[tuple[DayShift, MySignUp]]:
    """The shifts at a card's place on which somebody is expected, that touch a stretch of time."""
    mine = (SignUp.id.label("mine"), SignUp.number.label("mine_number"), SignUp.person_id)
    rows = session.execute(
        select(*SHIFT_COLUMNS, *mine)
        .join(Activity, Activity.id == Shift.activity_id)
        .join(SignUp, SignUp.shift_id == Shift.id)
        .where(
            Shift.activity_id == card.activity_id, Shift.area_id == card.area_id,
            Shift.meeting_place == card.meeting_place, Shift.state == ShiftState.PLANNED,
            Shift.starts_at <= last, Shift.ends_at >= first,
            SignUp.person_id == person_id, SignUp.state.in_(EXPECTED),
        )
        .order_by(Shift.starts_at, Shift.id)
    )  # fmt: skip
    return [(day_shift(row), MySignUp(row.mine, row.mine_number, row.person_id)) for row in rows]

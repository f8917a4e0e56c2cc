"""Seats: taken and given back by one conditional UPDATE, so that none is sold twice."""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict
from volunteers.models import ShiftPost
from volunteers.rules.signing_up import SignUpRefusal


def take_seat(session: Session, post_id: UUID) -> None:
    """Take one of a post's seats; raises Conflict when there is none.

    Call it first in the transaction: whoever comes second waits here and then sees the truth
    (peers that counted before they wrote oversold 10 of 10 one-seat shifts).
    """
    one = update(ShiftPost).where(ShiftPost.id == post_id, ShiftPost.taken < ShiftPost.seats)
    if changed_rows(session, one.values(taken=ShiftPost.taken + 1)) != 1:
        raise Conflict(SignUpRefusal.FULL)


def give_seat_back(session: Session, post_id: UUID) -> None:
    """Give a seat back that was taken by ``take_seat``."""
    one = update(ShiftPost).where(ShiftPost.id == post_id, ShiftPost.taken > 0)
    changed_rows(session, one.values(taken=ShiftPost.taken - 1))

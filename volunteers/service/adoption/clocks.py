"""What ends by itself: an offer that nobody signs, a notice that has run, a term that is over."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from portal.kernel.clock import city_day
from portal.kernel.db import Database
from portal.kernel.errors import Conflict
from volunteers.queries.adoption.adoptions import (
    AdoptionRow,
    adoption_by_number,
    due_adoptions,
    due_condition,
)
from volunteers.rules.adoption.life import AdoptionState, Step, Who
from volunteers.service.adoption.moving import move
from volunteers.service.adoption.notices import tell_adopters


def run_clocks(database: Database, now: datetime) -> int:
    """End what is due, each in a transaction of its own; how many."""
    today = city_day(now, database.info["instance"].city.zone)
    with database.read() as session:
        numbers = [row.number for row in due_adoptions(session, due_condition(today))]
    return sum(_end(database, number, today, now) for number in numbers)


def _end(database: Database, number: str, today: date, now: datetime) -> bool:
    try:
        with database.write() as session:
            return _end_one(session, number, today, now)
    except Conflict:
        # somebody was first, and life went on
        return False


def _end_one(session: Session, number: str, today: date, now: datetime) -> bool:
    row = adoption_by_number(session, number, lock=True)
    step = _step(row, today) if row is not None else None
    if row is None or step is None:
        return False
    tell_adopters(session, row, f"adoption.{step.value}", {}, now)
    move(session, row, step, Who.CLOCK, now=now)
    return True


def _step(row: AdoptionRow, today: date) -> Step | None:
    """What is due for a row as it stands now."""
    if row.state is AdoptionState.OFFERED:
        return Step.LAPSE if row.offered_until and row.offered_until < today else None
    if row.state is AdoptionState.LEAVING and row.leaves_on and row.leaves_on < today:
        return Step.LEAVE
    return Step.EXPIRE if row.live and row.ends_on and row.ends_on < today else None

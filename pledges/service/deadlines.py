"""Days that pass by themselves: written down once, and told to both sides.

Nothing goes up the ladder by the clock: recording is a step of somebody (L11). An appeal that is
not decided in time goes on stopping everything else, and the street is told.
"""

from datetime import date, datetime

from sqlalchemy.orm import Session

from pledges.queries.breaches import (
    BreachRow,
    breach_by_number,
    days_passed,
    speaker_of,
)
from pledges.rules.breaches import BreachStep
from pledges.rules.signing import Who
from pledges.service.days import today_of
from pledges.service.steps import move, send_word
from portal.accounts.queries import people_by_ids, people_holding
from portal.accounts.rules import Permission
from portal.kernel.db import Database


def note_passed_days(database: Database, now: datetime) -> int:
    """Write down what has passed, each breach in a transaction of its own; how many."""
    with database.read() as session:
        found = days_passed(session, today_of(session, now))
    done = 0
    for row, step, day in found:
        with database.write() as session:
            done += _note(session, row.number, step, day, now)
    return done


def _note(session: Session, number: str, step: BreachStep, day: date, now: datetime) -> bool:
    """Whether it still stands so, now that nobody else moves it."""
    row = breach_by_number(session, number, lock=True)
    still = days_passed(session, today_of(session, now), number)
    if row is None or (step, day) not in {(of, at) for _row, of, at in still}:
        return False
    move(session, row, step, Who.CLOCK, now=now, due_on=day)
    if step is BreachStep.MISS:
        _tell_shop(session, row, day, now)
    reviewers = people_holding(session, Permission.PLEDGE_REVIEW, row.place_path, None, now)
    send_word(session, row, reviewers, f"breach.desk_{step.value}", day, now, mine=False)
    return True


def _tell_shop(session: Session, row: BreachRow, day: date, now: datetime) -> None:
    person_id = speaker_of(session, row).person_id
    people = people_by_ids(session, {person_id}) if person_id is not None else {}
    send_word(session, row, people.values(), "breach.miss", day, now, mine=True)

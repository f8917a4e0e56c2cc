"""Days that pass are written down once and told; a change of tenant ends what is open."""

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from pledges.models import Breach, PremisesOperator
from pledges.queries.breaches import said_of
from pledges.rules.breaches import AppealOutcome, BreachState, BreachStep, ladder
from pledges.rules.register import OperatorWish
from pledges.service.answers import appeal, say_rectified
from pledges.service.breaches import open_breach, take_step
from pledges.service.deadlines import note_passed_days
from pledges.service.premises import change_tenant
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Refused
from portal.kernel.outbox import OutboxMessage
from portal.kernel.uploads import KeptPhotos
from tests.make.inspections import DAY, Frontage, frontage, seen, steps
from tests.make.pledges import NOW
from tests.make.together import at_once

NEXT = OperatorWish("赵小华", "13900000077", sole_trader=True)


@pytest.fixture
def made(app: Flask, database: Database) -> Frontage:
    return frontage(database)


def told(made: Frontage, template: str) -> int:
    """How many messages of a kind were written."""
    with made.database.read() as session:
        found = select(OutboxMessage.id).where(OutboxMessage.template == template)
        return len(session.scalars(found).all())


def test_R044_a_day_that_passes_is_written_down_once_and_told_to_both_sides(
    made: Frontage,
) -> None:
    number = made.breach()
    late = made.demanded(number)
    assert note_passed_days(made.database, late - DAY) == 0
    assert sorted(at_once(*[lambda: note_passed_days(made.database, late)] * 2)) == [0, 1]
    assert note_passed_days(made.database, late + DAY) == 0
    assert steps(made, number).count(BreachStep.MISS) == 1
    # nothing is recorded by the clock: somebody looks first (L11)
    assert seen(made, number).state is BreachState.TO_RECTIFY
    assert told(made, "breach.miss") == 1
    # both of the desk of this street, nobody of the next one
    assert told(made, "breach.desk_miss") == 2


def test_who_says_in_time_that_it_is_put_right_has_missed_nothing(made: Frontage) -> None:
    number = made.breach()
    late = made.demanded(number)
    made.do(say_rectified, made.owner, number, "已清扫", KeptPhotos(), now=late - DAY)
    assert note_passed_days(made.database, late) == 0


def test_an_appeal_that_is_not_decided_in_time_goes_on_and_the_street_is_told(
    made: Frontage,
) -> None:
    number = made.breach()
    made.do(appeal, made.owner, number, "当天停业", now=NOW)
    due = NOW + ladder()[BreachStep.RESUME].days * DAY
    assert note_passed_days(made.database, due) == 0
    assert note_passed_days(made.database, due + DAY) == 1
    assert note_passed_days(made.database, due + DAY) == 0
    assert seen(made, number).suspended
    assert told(made, "breach.desk_miss_appeal") == 2


def operator(made: Frontage) -> str:
    with made.database.read() as session:
        return session.scalars(
            select(PremisesOperator.number).where(PremisesOperator.ends_on.is_(None))
        ).one()


def leave(made: Frontage, now: datetime) -> None:
    made.do(change_tenant, made.desk, made.door, NEXT, seen=operator(made), now=now)


def test_what_is_open_of_whoever_leaves_ends_and_the_next_one_begins_anew(made: Frontage) -> None:
    number = made.breach()
    made.do(appeal, made.owner, number, "当天停业", now=NOW)
    leave(made, NOW + DAY)
    row = seen(made, number)
    assert (row.state, row.suspended, row.ended_at) == (BreachState.VOID, False, NOW + DAY)
    with made.database.read() as session:
        assert [one.outcome for one in said_of(session, row)] == [AppealOutcome.MOOT]
    with pytest.raises(Conflict):
        made.do(take_step, made.desk, number, BreachStep.VOID, "走错门", now=NOW + 2 * DAY)
    assert made.breach(now=NOW + 2 * DAY) != number


def test_an_inspection_and_a_breach_at_once_with_a_change_of_tenant_leave_nothing_half_done(
    made: Frontage,
) -> None:
    inspection, later = made.inspected("swept"), NOW + DAY

    def opened() -> bool:
        try:
            made.do(open_breach, made.desk, inspection, made.clauses["swept"], "有", now=later)
        except Refused:
            return False
        return True

    def changed() -> None:
        leave(made, later)

    found = at_once(opened, changed, lambda: made.inspected("trees", now=later))
    with made.database.read() as session:
        rows = session.scalars(select(PremisesOperator.ends_on).order_by(PremisesOperator.id))
        assert [one is None for one in rows] == [False, True]
    with made.database.read() as session:
        states = session.scalars(select(Breach.state)).all()
    # either it was opened first and ended with the tenancy, or it was never opened
    assert states == ([BreachState.VOID] if found[0] else [])

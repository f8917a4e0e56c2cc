"""Several at once: a draft, a breach, a step, an appeal; nothing is half done."""

from typing import Any

import pytest
from flask import Flask

from pledges.models import (
    Breach,
    Inspection,
)
from pledges.queries.breaches import said_of
from pledges.rules.breaches import (
    AppealOutcome,
    BreachState,
    BreachStep,
)
from pledges.service.answers import appeal, decide_appeal, drop_appeal
from pledges.service.breaches import open_breach, take_step
from pledges.service.inspections import void_inspection
from portal.kernel.db import Database
from portal.kernel.errors import Forbidden, Refused
from tests.make.accounts import actor, staff
from tests.make.inspections import STREET, Frontage, counted, frontage, seen, steps
from tests.make.pledges import NOW
from tests.make.together import at_once


@pytest.fixture
def made(app: Flask, database: Database) -> Frontage:
    return frontage(database)


def outcome_of(made: Frontage, act: Any, *given: Any, **named: Any) -> Any:
    def run() -> str:
        try:
            made.do(act, *given, **named)
        except (Refused, Forbidden) as told:
            return type(told).__name__
        return "done"

    return run


def test_a_draft_that_is_sent_many_times_at_once_is_one_inspection(made: Frontage) -> None:
    found = at_once(*[lambda: made.inspected(draft_key="phone-1") for _ in range(4)])
    assert len(set(found)) == 1
    assert counted(made, Inspection) == 1


def test_of_two_who_open_the_same_breach_one_does(made: Frontage) -> None:
    wish = (made.inspected("swept"), made.clauses["swept"], "有垃圾")
    found = at_once(
        outcome_of(made, open_breach, made.desk, *wish, now=NOW),
        outcome_of(made, open_breach, made.second, *wish, now=NOW),
    )
    assert sorted(found) == ["Conflict", "done"]
    assert counted(made, Breach) == 1


def test_of_two_steps_at_once_one_is_taken(made: Frontage) -> None:
    number = made.breach()
    late = made.demanded(number)
    given = (number, BreachStep.RECORD, "期满仍未整改")
    found = at_once(
        outcome_of(made, take_step, made.desk, *given, now=late),
        outcome_of(made, take_step, made.second, *given, now=late),
    )
    assert sorted(found) == ["Conflict", "done"]
    assert steps(made, number).count(BreachStep.RECORD) == 1


def test_an_appeal_and_a_step_at_once_leave_nothing_half_done(made: Frontage) -> None:
    number = made.breach()
    late = made.demanded(number)
    found = at_once(
        outcome_of(made, take_step, made.desk, number, BreachStep.RECORD, "期满", now=late),
        outcome_of(made, appeal, made.owner, number, "当天没有营业", now=late),
    )
    row, taken = seen(made, number), steps(made, number)
    # the appeal always counts; the step only if it came first
    assert found[1] == "done"
    assert row.suspended
    assert (found[0] == "done") == (BreachStep.RECORD in taken)
    assert row.state is (BreachState.RECORDED if found[0] == "done" else BreachState.TO_RECTIFY)


def test_an_appeal_while_its_inspection_is_struck_out_ends_with_the_breach(made: Frontage) -> None:
    inspection = made.inspected("swept")
    number = made.do(open_breach, made.desk, inspection, made.clauses["swept"], "有", now=NOW)
    at_once(
        outcome_of(made, void_inspection, made.second, inspection, "走错门", now=NOW),
        outcome_of(made, appeal, made.owner, number, "当天没有营业", now=NOW),
    )
    row = seen(made, number)
    assert (row.state, row.suspended) == (BreachState.VOID, False)
    with made.database.read() as session:
        assert all(one.outcome is AppealOutcome.UPHELD for one in said_of(session, row))


def test_of_two_who_decide_an_appeal_at_once_one_does(made: Frontage) -> None:
    number = made.breach()
    made.do(appeal, made.owner, number, "当天没有营业", now=NOW)
    found = at_once(
        outcome_of(made, decide_appeal, made.second, number, AppealOutcome.UPHELD, "成立", now=NOW),
        outcome_of(made, drop_appeal, made.owner, number, now=NOW),
    )
    assert sorted(found) == ["Conflict", "done"]
    assert not seen(made, number).suspended


def test_of_two_deciders_at_once_one_decides(made: Frontage) -> None:
    number = made.breach()
    made.do(appeal, made.owner, number, "当天没有营业", now=NOW)
    with made.database.write() as session:
        third = actor(session, staff(session, "street_desk", area=made.tree[STREET]))
    given = {AppealOutcome.UPHELD: made.second, AppealOutcome.REJECTED: third}
    found = at_once(
        *(
            outcome_of(made, decide_appeal, who, number, outcome, "已核对", now=NOW)
            for outcome, who in given.items()
        )
    )
    assert sorted(found) == ["Conflict", "done"]
    upheld = found[0] == "done"
    row = seen(made, number)
    assert (row.state, row.suspended) == (
        BreachState.VOID if upheld else BreachState.REMINDED, False,
    )  # fmt: skip
    with made.database.read() as session:
        [said] = said_of(session, row)
        assert said.outcome is (AppealOutcome.UPHELD if upheld else AppealOutcome.REJECTED)


def test_an_inspection_and_an_appeal_at_once_do_not_touch_each_other(made: Frontage) -> None:
    number = made.breach()
    found = at_once(
        lambda: made.inspected("trees", now=NOW),
        outcome_of(made, appeal, made.owner, number, "当天没有营业", now=NOW),
    )
    assert found[1] == "done"
    assert seen(made, number).suspended
    assert counted(made, Inspection) == 2
    # what the second look found can be opened, while the first waits
    other = made.do(open_breach, made.desk, found[0], made.clauses["trees"], "树池脏", now=NOW)
    assert not seen(made, other).suspended

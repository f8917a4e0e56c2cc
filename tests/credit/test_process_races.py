"""Two at once in a matter: one is told that the other was quicker, and the ledger has one entry."""

from typing import Any

import pytest

from credit.queries.accounts import accounts_of, unit_sums, wrong_balances
from credit.queries.matters import objections_of
from credit.rules.kinds import Party
from credit.rules.process import DISPUTES, Decision, MatterRefusal, MatterState
from credit.service.process import confirm, decide, extend, object_to, put_right, repair
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from tests.make.process import (
    ANNOUNCED,
    DAY,
    NO_PHOTOS,
    WINDOW_OVER,
    World,
    announced,
    in_effect,
    waiting,
    world,
)
from tests.make.together import at_once

ROUNDS = 4
S = MatterState
_LOST = {MatterRefusal.CHANGED, MatterRefusal.NOT_NOW}


@pytest.fixture
def made(database: Database) -> World:
    return world(database)


def tried(made: World, act: Any, *given: Any, **named: Any) -> Any:
    """An act in a transaction of its own that says how it went."""

    def run() -> Any:
        try:
            made.do(act, *given, **named)
        except Refused as error:
            return error.code
        return "done"

    return run


def check(made: World) -> tuple[int, int]:
    with made.database.read() as session:
        assert wrong_balances(session) == []
        assert set(unit_sums(session).values()) <= {0}
        rows = accounts_of(session, Party.PERSON, made.subject.id)
    return sum(row.balance for row in rows), sum(row.held for row in rows)


def only_one(outcomes: list[Any]) -> None:
    assert outcomes.count("done") == 1, outcomes
    assert set(outcomes) <= {"done", *_LOST}, outcomes


def objected(made: World, matter_id: Any, now: Any) -> Any:
    return tried(
        made, object_to, person_id=made.subject.id, matter_id=matter_id, statement="不是我",
        files=NO_PHOTOS, now=now,
    )  # fmt: skip


def test_two_confirmers_announce_it_once(made: World) -> None:
    for turn in range(ROUNDS):
        matter_id = waiting(made, source=f"case:{turn}")
        named = {"no_interest": True, "gates": made.gates, "now": ANNOUNCED}
        acts = [
            tried(made, confirm, matter_id, actor=who, **named)
            for who in (made.centre, made.reviewer)
        ]
        only_one(at_once(*acts))
        assert check(made) == (0, 3 * (turn + 1))


def test_an_objection_in_the_moment_of_posting_is_never_lost(made: World) -> None:
    for turn in range(ROUNDS):
        matter_id = announced(made, source=f"case:{turn}")
        said, _ran = at_once(objected(made, matter_id, WINDOW_OVER), lambda: made.run(WINDOW_OVER))
        assert said == "done"
        row = made.row(matter_id)
        assert row.state in DISPUTES
        assert (row.posted_id is not None) == (row.state is S.CONTESTED)
    check(made)


def test_two_reviewers_decide_once(made: World) -> None:
    for turn in range(ROUNDS):
        matter_id = announced(made, source=f"case:{turn}")
        objected(made, matter_id, ANNOUNCED)()
        named = {"reason": "看过了", "no_interest": True, "now": ANNOUNCED}
        acts = [
            tried(made, decide, matter_id, actor=made.reviewer, granted=True, **named),
            tried(made, decide, matter_id, actor=made.second_reviewer, granted=False, **named),
        ]
        only_one(at_once(*acts))
        with made.database.read() as session:
            [objection] = objections_of(session, [matter_id])
        granted = objection.decision is Decision.GRANTED
        assert made.row(matter_id).state is (S.VOIDED if granted else S.ANNOUNCED)
    check(made)


def test_a_decision_in_the_moment_in_which_the_clock_runs_out_is_one_of_both(made: World) -> None:
    for turn in range(ROUNDS):
        matter_id = announced(made, source=f"case:{turn}")
        objected(made, matter_id, ANNOUNCED)()
        late = made.row(matter_id).answer_by
        assert late is not None
        named = {"granted": False, "reason": "看过了", "no_interest": True}
        decided, _ran = at_once(
            tried(made, decide, matter_id, actor=made.reviewer, now=late - DAY / 100, **named),
            lambda late=late: made.run(late),
        )
        expected = S.ANNOUNCED if decided == "done" else S.VOIDED
        assert made.row(matter_id).state is expected
    check(made)


def test_more_time_is_given_once(made: World) -> None:
    matter_id = announced(made)
    objected(made, matter_id, ANNOUNCED)()
    named = {"reason": "须问市场监管所", "now": ANNOUNCED}
    acts = [
        tried(made, extend, matter_id, actor=who, **named)
        for who in (made.reviewer, made.second_reviewer)
    ]
    outcomes = at_once(*acts)
    assert outcomes.count("done") == 1, outcomes
    assert set(outcomes) <= {"done", MatterRefusal.CHANGED, MatterRefusal.EXTENDED_ALREADY}


def test_a_deduction_is_repaired_once_by_whoever_is_quicker(made: World) -> None:
    for turn in range(ROUNDS):
        matter_id = in_effect(made, source=f"case:{turn}")
        named = {"amount": 3, "service": "清扫", "now": WINDOW_OVER}
        acts = [
            tried(made, repair, matter_id, actor=who, **named)
            for who in (made.proposer, made.centre, made.reviewer)
        ]
        only_one(at_once(*acts))
        assert check(made) == (0, 0)


def test_put_right_and_posting_at_once_end_in_one_of_both(made: World) -> None:
    for turn in range(ROUNDS):
        matter_id = announced(made, source=f"case:{turn}")
        outcome, _ran = at_once(
            tried(made, put_right, matter_id, actor=made.proposer, now=WINDOW_OVER),
            lambda: made.run(WINDOW_OVER),
        )
        expected = S.VOIDED if outcome == "done" else S.IN_EFFECT
        assert made.row(matter_id).state is expected
        if expected is S.IN_EFFECT:
            named = {"amount": 3, "service": "清扫", "now": WINDOW_OVER}
            made.do(repair, matter_id, actor=made.proposer, **named)
    assert check(made) == (0, 0)

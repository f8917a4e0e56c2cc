"""Two decide at once, or a case is handed over while the exit is decided; on both engines."""

from functools import partial

from portal.accounts.rules import Actor
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Refused
from portal.organisations.rules import CompanyStanding
from portal.reports.queries.companies import StepRow, steps_of
from portal.reports.rules.codes import State
from portal.reports.rules.companies import Outcome
from portal.reports.service.companies import decide_step
from portal.reports.service.handling import dispatch_case
from tests.make import reports
from tests.make.areas import small_tree
from tests.make.companies import chief, contracted, later, proposed, row_of, stands
from tests.make.reports import NOW, desk
from tests.make.rows import case_now
from tests.make.together import at_once

S = CompanyStanding


def _decide(database: Database, step: StepRow, outcome: Outcome, by: Actor) -> str:
    try:
        with database.write() as session:
            unit = row_of(session).unit
            decide_step(session, unit, step, outcome, words="同意", actor=by, now=later(9))
    except Conflict:
        return "late"
    return outcome.value


def test_of_two_who_decide_at_once_one_decides(database: Database) -> None:
    with database.write() as session:
        small_tree(session)
        contracted(session)
        stands(session, S.ACTIVE)
        step = proposed(session, S.EXITED)
    ends = (Outcome.STANDS, Outcome.DROPPED, Outcome.STANDS)
    found = at_once(*(partial(_decide, database, step, end, chief()) for end in ends))
    assert sorted(found).count("late") == 2
    [won] = [one for one in found if one != "late"]
    with database.read() as session:
        unit = row_of(session).unit
        assert unit.standing is (S.EXITED if won == Outcome.STANDS else S.ACTIVE)
        assert steps_of(session, unit.id)[0].outcome == won


def test_r250_a_case_is_handed_over_before_the_exit_or_not_at_all(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        contracted(session)
        firm = stands(session, S.ACTIVE)
        step = proposed(session, S.EXITED)
        area = tree["370283001001"]
        numbers = [reports.case(session, area, state=State.FILED, at=NOW).number for _ in range(6)]
    seen = [case_now(database, number) for number in numbers]

    def give(at: int) -> str:
        try:
            with database.write() as session:
                dispatch_case(session, seen[at], actor=desk(), now=NOW, unit_id=firm.id)
        except Refused:
            return "refused"
        return "given"

    acts = [partial(give, at) for at in range(6)]
    by = chief()
    exits = partial(_decide, database, step, Outcome.STANDS, by)
    found = at_once(*acts[:3], exits, *acts[3:])
    assert found[3] == Outcome.STANDS
    given = [one for at, one in enumerate(found) if at != 3]
    for case, how in zip([case_now(database, number) for number in numbers], given, strict=True):
        assert (case.unit_id == firm.id) is (how == "given")
    # nothing is given once it has left
    with database.read() as session:
        assert row_of(session).unit.standing is S.EXITED
    left = [at for at, how in enumerate(given) if how == "refused"]
    assert [give(at) for at in left] == ["refused"] * len(left)

"""What follows a breach: a case, a proposal for the ledger; both or nothing."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from credit.models import Matter
from pledges.queries.breaches import breach_by_number, events_of
from pledges.rules.breaches import BreachRefusal, BreachState, BreachStep
from pledges.rules.refusals import PledgeRefusal
from pledges.service.answers import appeal
from pledges.service.breaches import take_step
from pledges.service.follow_up import CaseWish, hand_over
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from portal.reports.models import Case
from portal.reports.rules.codes import Source
from tests.make import process
from tests.make.inspections import DAY, frontage, seen, steps
from tests.make.recorded import CASE, Shop, followed, recorded_shop
from tests.make.together import at_once


@pytest.fixture
def shop(app: Flask, database: Database) -> Shop:
    return recorded_shop(database)


def refused(shop: Shop, code: Any, **wish: Any) -> None:
    with pytest.raises(Refused) as told:
        shop.follow(**wish)
    assert told.value.code is code


def test_L11_a_case_and_a_proposal_come_of_a_breach_in_one_step(shop: Shop) -> None:
    shop.follow(case=CASE, conduct=shop.conduct())
    with shop.made.database.read() as session:
        row = breach_by_number(session, shop.number)
        case, matter = session.scalars(select(Case)).one(), session.scalars(select(Matter)).one()
        assert row is not None
        assert (row.case_number, row.matter_number) == (case.number, matter.number)
        assert case.source is Source.PLEDGE_INSPECTION
        # only proposed: the other two people of the process decide
        assert (matter.state.value, matter.subject_person_id) == ("proposed", None)
        assert matter.proposer_id == shop.made.desk.person_id
        steps = [one.step for one in events_of(session, row)]
        assert steps[-2:] == [BreachStep.PROPOSE_CONDUCT, BreachStep.OPEN_CASE]
    refused(shop, BreachRefusal.CASE_THERE, case=CASE)
    refused(shop, BreachRefusal.CONDUCT_THERE, conduct=shop.conduct())


def test_when_one_of_the_two_is_refused_there_is_neither(shop: Shop) -> None:
    with pytest.raises(Refused):
        shop.follow(case=CASE, conduct=shop.conduct(rule_code="none"))
    refused(shop, BreachRefusal.NO_CATEGORY, case=CaseWish("none", "垃圾"), conduct=shop.conduct())
    refused(shop, BreachRefusal.NOTHING_CHOSEN)
    assert followed(shop) == (0, 0)
    with shop.made.database.read() as session:
        row = breach_by_number(session, shop.number)
        assert row is not None
        assert (row.case_number, row.matter_number) == (None, None)


def test_L7_nothing_is_proposed_before_the_appeal_window_is_over(shop: Shop) -> None:
    refused(shop, BreachRefusal.TOO_EARLY, conduct=shop.conduct(), now=shop.over - 2 * DAY)
    shop.made.do(appeal, shop.made.owner, shop.number, "已清扫", now=shop.over - 2 * DAY)
    refused(shop, BreachRefusal.SUSPENDED, conduct=shop.conduct())
    refused(shop, BreachRefusal.SUSPENDED, case=CASE)
    assert followed(shop) == (0, 0)


def test_nothing_is_proposed_of_what_was_only_reminded(app: Flask, shop: Shop) -> None:
    other = shop.made.breach("trees", now=shop.over)
    shop.number = other
    refused(shop, BreachRefusal.NOT_RECORDED, conduct=shop.conduct())
    # whoever tidies up need not wait
    shop.follow(case=CASE)
    assert followed(shop) == (1, 0)


def test_of_a_sole_trader_nothing_is_written_into_the_ledger(
    app: Flask, database: Database
) -> None:
    world = process.world(database)
    made = frontage(database, world.tree)
    number = made.breach()
    shop = Shop(made, world, number, made.recorded(number))
    refused(shop, BreachRefusal.NO_ORGANISATION, conduct=shop.conduct())


def test_of_two_who_follow_up_at_once_one_does(shop: Shop) -> None:
    def run() -> str:
        try:
            shop.follow(case=CASE, conduct=shop.conduct())
        except Refused as told:
            return type(told).__name__
        return "done"

    assert sorted(at_once(run, run)) == ["Conflict", "done"]
    assert followed(shop) == (1, 1)


def test_a_follow_up_and_the_end_of_a_breach_at_once_leave_nothing_half_done(shop: Shop) -> None:
    def follow() -> bool:
        try:
            shop.follow(case=CASE, conduct=shop.conduct())
        except Refused:
            return False
        return True

    def end() -> bool:
        shop.made.do(
            take_step, shop.made.second, shop.number, BreachStep.FIND_RECTIFIED, "好了",
            now=shop.over,
        )  # fmt: skip
        return True

    first, _ended = at_once(follow, end)
    assert followed(shop) == ((1, 1) if first else (0, 0))


def handed(shop: Shop, **wish: Any) -> None:
    shop.made.do(
        hand_over, shop.made.desk, shop.number, "长期不履行", language="zh_Hans", now=shop.over,
        gates=shop.world.gates, **wish,
    )  # fmt: skip


def test_R044_what_is_not_put_right_for_long_is_handed_over_with_a_case_and_a_proposal(
    shop: Shop,
) -> None:
    handed(shop, case=CASE, conduct=shop.conduct())
    assert followed(shop) == (1, 1)
    row = seen(shop.made, shop.number)
    assert (row.state, row.ended_at) == (BreachState.HANDED_OVER, shop.over)
    assert row.case_number
    assert row.matter_number
    assert steps(shop.made, shop.number)[-1] is BreachStep.HAND_OVER


def test_R044_handing_over_alone_is_possible(shop: Shop) -> None:
    handed(shop)
    assert followed(shop) == (0, 0)
    assert seen(shop.made, shop.number).state is BreachState.HANDED_OVER


def test_when_handing_over_fails_in_the_middle_nothing_remains(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_given: Any, **_named: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("pledges.service.follow_up.take_step", fails)
    with pytest.raises(RuntimeError):
        handed(shop, case=CASE, conduct=shop.conduct())
    # without a reason it is refused as well, when all else is written already
    monkeypatch.undo()
    with pytest.raises(Refused) as told:
        shop.made.do(
            hand_over, shop.made.desk, shop.number, " ", case=CASE, conduct=shop.conduct(),
            language="zh_Hans", now=shop.over, gates=shop.world.gates,
        )  # fmt: skip
    assert told.value.code is PledgeRefusal.NO_REASON
    assert followed(shop) == (0, 0)
    row = seen(shop.made, shop.number)
    assert (row.state, row.case_number, row.matter_number) == (BreachState.RECORDED, None, None)
    assert steps(shop.made, shop.number)[-1] is BreachStep.RECORD

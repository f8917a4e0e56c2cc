"""Inspections, the ladder of a breach, what the shop says, and what follows of it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from pledges.models import (
    BreachEvent,
    DoorVisit,
    Inspection,
    InspectionScore,
    Listing,
    ListSwitch,
    PremisesOperator,
)
from pledges.queries.breaches import events_of, said_of
from pledges.queries.inspections import inspection_by_number
from pledges.queries.visits import plan_by_number, stops_of, visits_to
from pledges.rules.breaches import (
    AppealOutcome,
    BreachRefusal,
    BreachState,
    BreachStep,
    ladder,
)
from pledges.rules.inspections import Body, Finding, InspectionRefusal, InspectionState
from pledges.rules.premises import OperatorEnd
from pledges.rules.refusals import PledgeRefusal
from pledges.rules.visits import VisitPurpose, VisitRefusal
from pledges.service.answers import appeal, decide_appeal, drop_appeal, reply, say_rectified
from pledges.service.breaches import open_breach, take_step
from pledges.service.inspections import make_inspection, void_inspection
from pledges.service.visits import PlanWish, VisitWish, log_visit, make_plan, void_visit
from portal.kernel.db import Database
from portal.kernel.errors import Missing, Refused
from portal.kernel.ids import new_id
from portal.kernel.outbox import OutboxMessage
from portal.kernel.uploads import KeptPhotos
from tests.make import pledges as make
from tests.make.inspections import (
    DAY,
    OTHER_STREET,
    STREET,
    Frontage,
    counted,
    frontage,
    seen,
    steps,
)
from tests.make.pledges import NOW, TODAY

NOTHING = KeptPhotos()


@pytest.fixture
def made(app: Flask, database: Database) -> Frontage:
    return frontage(database)


def refused(made: Frontage, code: Any, act: Any, *given: Any, **named: Any) -> None:
    with pytest.raises(Refused) as told:
        made.do(act, *given, **named)
    assert told.value.code is code


def test_an_inspection_is_kept_with_its_scores(made: Frontage) -> None:
    number = made.inspected("swept")
    with made.database.read() as session:
        row = inspection_by_number(session, number)
        assert row is not None
        assert (row.body, row.pledge_id is None) == (Body.LIAISON, False)
        rows = session.execute(select(InspectionScore.axis, InspectionScore.score))
        assert {one.axis.value: one.score for one in rows} == {
            "clean": 0, "green": 100, "order": 100, "light": 100,
        }  # fmt: skip


def test_a_shop_that_has_not_pledged_is_looked_at_by_the_text_that_would_count(
    app: Flask, database: Database
) -> None:
    made = frontage(database)
    with database.write() as session:
        other = make.premises(session, made.tree[STREET], "20号", title="西阁面馆").number
    number = made.do(make_inspection, made.inspector, other, made.wish(), now=NOW)
    with database.read() as session:
        row = inspection_by_number(session, number)
        assert row is not None
        assert (row.pledge_id, row.operator_id) == (None, None)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"answers": {}}, InspectionRefusal.UNANSWERED),
        ({"body": Body.STREET}, InspectionRefusal.NO_BODY),
        ({"body": None}, InspectionRefusal.NO_BODY),
        ({"at": NOW + DAY}, InspectionRefusal.AHEAD),
        ({"at": NOW - 15 * DAY}, InspectionRefusal.TOO_OLD),
        ({"version_id": new_id()}, InspectionRefusal.CHANGED_TEXT),
        ({"words": "店主电话 13900000017"}, PledgeRefusal.LEADS_TO_PERSON),
        ({"words": "脏" * 301}, PledgeRefusal.LONG),
    ],
)
def test_bad_input_is_answered_and_changes_nothing(
    made: Frontage, changes: dict[str, Any], code: Any
) -> None:
    refused(made, code, make_inspection, made.inspector, made.door, made.wish(**changes), now=NOW)
    assert counted(made, Inspection) == 0


def test_who_may_inspect(made: Frontage) -> None:
    for stranger in (made.elsewhere, made.owner):
        with pytest.raises(Missing):
            made.do(make_inspection, stranger, made.door, made.wish(), now=NOW)
    own = replace(made.inspector, person_id=made.owner.person_id)
    refused(made, InspectionRefusal.OWN, make_inspection, own, made.door, made.wish(), now=NOW)


def test_a_draft_that_is_sent_again_is_the_same_inspection(made: Frontage) -> None:
    first = made.inspected(draft_key="phone-1")
    assert made.inspected("swept", draft_key="phone-1") == first
    refused(
        made, InspectionRefusal.OTHER_DRAFT, make_inspection, made.desk, made.door,
        made.wish(draft_key="phone-1", body=Body.STREET), now=NOW,
    )  # fmt: skip
    assert counted(made, Inspection) == 1


def test_a_void_inspection_takes_its_breaches_with_it(made: Frontage) -> None:
    number = made.inspected("swept")
    breach = made.do(open_breach, made.desk, number, made.clauses["swept"], "有垃圾", now=NOW)
    refused(made, PledgeRefusal.NO_REASON, void_inspection, made.desk, number, " ", now=NOW)
    with pytest.raises(Missing):
        made.do(void_inspection, made.elsewhere, number, "走错门", now=NOW)
    made.do(void_inspection, made.desk, number, "走错门", now=NOW)
    assert seen(made, breach).state is BreachState.VOID
    with made.database.read() as session:
        row = inspection_by_number(session, number)
        assert row is not None
        assert row.state is InspectionState.VOID
    refused(
        made, InspectionRefusal.VOID_ALREADY, void_inspection, made.desk, number, "再来", now=NOW
    )
    refused(
        made, InspectionRefusal.VOID_ALREADY, open_breach, made.desk, number,
        made.clauses["swept"], "有垃圾", now=NOW,
    )  # fmt: skip


def test_a_breach_comes_only_of_what_was_found_and_is_opened_by_the_street(made: Frontage) -> None:
    number = made.inspected("swept")
    with pytest.raises(Missing):
        made.do(open_breach, made.inspector, number, made.clauses["swept"], "有垃圾", now=NOW)
    refused(
        made, BreachRefusal.NOT_FOUND_SO, open_breach, made.desk, number, made.clauses["lamps"],
        "灯坏", now=NOW,
    )  # fmt: skip
    made.do(open_breach, made.desk, number, made.clauses["swept"], "有垃圾", now=NOW)
    refused(
        made, BreachRefusal.OPEN_ALREADY, open_breach, made.desk, number, made.clauses["swept"],
        "有垃圾", now=NOW,
    )  # fmt: skip


def test_whoever_came_after_does_not_answer_for_what_was_found_before(made: Frontage) -> None:
    number = made.inspected("swept")
    with made.database.write() as session:
        runs = session.scalars(select(PremisesOperator)).one()
        runs.ends_on, runs.ended_why = TODAY, OperatorEnd.TENANT_CHANGE
    refused(
        made, BreachRefusal.TENANT_LEFT, open_breach, made.desk, number, made.clauses["swept"],
        "有垃圾", now=NOW,
    )  # fmt: skip


def test_R044_the_ladder_is_climbed_step_by_step_in_its_days(made: Frontage) -> None:
    number = made.breach()
    early = {"due_on": (NOW + 30 * DAY).date(), "now": NOW}
    refused(
        made,
        BreachRefusal.TOO_EARLY,
        take_step,
        made.desk,
        number,
        BreachStep.DEMAND,
        "脏",
        **early,
    )
    refused(
        made, BreachRefusal.BAD_DAY, take_step, made.desk, number, BreachStep.DEMAND, "脏",
        due_on=(NOW + 4 * DAY).date(), now=NOW + 3 * DAY,
    )  # fmt: skip
    late = made.demanded(number)
    refused(
        made, BreachRefusal.TOO_EARLY, take_step, made.desk, number, BreachStep.RECORD, "脏",
        now=late - DAY,
    )  # fmt: skip
    made.do(take_step, made.desk, number, BreachStep.RECORD, "期满仍未整改", now=late)
    refused(
        made, BreachRefusal.TOO_EARLY, take_step, made.desk, number, BreachStep.HAND_OVER, "脏",
        now=late,
    )  # fmt: skip
    over = late + ladder()[BreachStep.RECORD].days * DAY
    made.do(take_step, made.desk, number, BreachStep.HAND_OVER, "长期不履行", now=over)
    row = seen(made, number)
    assert (row.state, row.ended_at) == (BreachState.HANDED_OVER, over)
    assert steps(made, number) == [
        BreachStep.REMIND, BreachStep.DEMAND, BreachStep.RECORD, BreachStep.HAND_OVER,
    ]  # fmt: skip
    with pytest.raises(Missing):
        made.do(take_step, made.elsewhere, number, BreachStep.VOID, "撤", now=over)


def test_L7_every_step_has_its_reason_its_rule_and_a_message_to_the_shop(made: Frontage) -> None:
    number = made.breach()
    refused(
        made, PledgeRefusal.NO_REASON, take_step, made.desk, number, BreachStep.DEMAND, " ",
        due_on=TODAY, now=NOW + 3 * DAY,
    )  # fmt: skip
    made.recorded(number)
    with made.database.read() as session:
        for event in events_of(session, seen(made, number)):
            assert event.reason
            assert event.notice == ladder()[event.step].source
        told = session.scalars(select(OutboxMessage.template).order_by(OutboxMessage.id)).all()
    assert sorted(told) == ["breach.demand", "breach.record", "breach.remind"]


def test_a_shop_without_an_account_is_told_on_paper_only(app: Flask, database: Database) -> None:
    made = frontage(database, person_id=None)
    made.breach()
    assert counted(made, OutboxMessage) == 0


def test_L6_the_list_is_off_until_its_legal_basis_is_named(made: Frontage) -> None:
    number = made.breach()
    over = made.recorded(number)
    listed = (take_step, made.desk, number, BreachStep.LIST, "期满仍未整改")
    refused(made, BreachRefusal.LIST_OFF, *listed, now=over)
    assert seen(made, number).state is BreachState.RECORDED
    with made.database.write() as session:
        street = made.tree[STREET]
        session.add(
            ListSwitch(area_id=street.id, place_path=street.path, basis="条例（演示）", on_at=NOW)
        )
    made.do(*listed, now=over)
    with made.database.read() as session:
        row = session.scalars(select(Listing)).one()
        # a second person confirms it
        assert (row.state.value, row.confirmed_by) == ("proposed", None)
        assert row.ends_on > row.starts_on


def test_the_owner_says_it_is_put_right_and_the_street_looks(made: Frontage) -> None:
    number = made.breach()
    with pytest.raises(Missing):
        made.do(reply, made.inspector, number, "别人", now=NOW)
    refused(made, BreachRefusal.NO_WORDS, say_rectified, made.owner, number, "", NOTHING, now=NOW)
    made.do(say_rectified, made.owner, number, "已清扫", NOTHING, now=NOW)
    assert seen(made, number).rectified_at == NOW
    assert seen(made, number).ended_at is None
    made.do(take_step, made.second, number, BreachStep.FIND_RECTIFIED, "已整改", now=NOW + DAY)
    row = seen(made, number)
    assert (row.state, row.ended_at) == (BreachState.RECTIFIED, NOW + DAY)
    with made.database.read() as session:
        assert [one.words for one in said_of(session, row)] == ["已清扫"]
        # the shop's own steps keep nobody
        shop = select(BreachEvent.actor_id).where(BreachEvent.step == BreachStep.SAY_RECTIFIED)
        assert session.scalars(shop).all() == [None]


def test_an_appeal_suspends_and_the_days_are_given_back(made: Frontage) -> None:
    number = made.breach()
    late = made.demanded(number)
    before = seen(made, number).rectify_by
    made.do(appeal, made.owner, number, "当天没有营业", now=late - 3 * DAY)
    refused(
        made, BreachRefusal.SUSPENDED, take_step, made.desk, number, BreachStep.RECORD, "脏",
        now=late + 30 * DAY,
    )  # fmt: skip
    refused(made, BreachRefusal.APPEAL_OPEN, appeal, made.owner, number, "再", now=late)
    made.do(
        decide_appeal, made.second, number, AppealOutcome.REJECTED, "照片清楚", now=late + 2 * DAY
    )
    row = seen(made, number)
    assert before is not None
    assert (row.suspended, row.rectify_by) == (False, before + timedelta(days=5))
    refused(
        made, BreachRefusal.APPEALED_ALREADY, appeal, made.owner, number, "再", now=late + 3 * DAY
    )
    refused(
        made, BreachRefusal.NO_APPEAL, decide_appeal, made.second, number, AppealOutcome.UPHELD,
        "再", now=late + 3 * DAY,
    )  # fmt: skip


def test_L7_an_appeal_is_open_for_its_days_and_not_longer(made: Frontage) -> None:
    number = made.breach()
    last = ladder()[BreachStep.SUSPEND].days
    refused(
        made, BreachRefusal.APPEAL_OVER, appeal, made.owner, number, "晚了",
        now=NOW + (last + 1) * DAY,
    )  # fmt: skip
    made.do(appeal, made.owner, number, "当天没有营业", now=NOW + last * DAY)
    made.do(drop_appeal, made.owner, number, now=NOW + last * DAY)
    assert not seen(made, number).suspended


def test_L9_nobody_who_took_part_decides_an_appeal(made: Frontage) -> None:
    number = made.breach()
    made.do(appeal, made.owner, number, "当天没有营业", now=NOW)
    decided = (number, AppealOutcome.UPHELD, "申诉成立")
    refused(made, BreachRefusal.TOOK_A_STEP, decide_appeal, made.desk, *decided, now=NOW)
    # the inspector could not even with the permission
    inspector = replace(made.second, person_id=made.inspector.person_id)
    refused(made, BreachRefusal.TOOK_A_STEP, decide_appeal, inspector, *decided, now=NOW)
    owner = replace(made.second, person_id=made.owner.person_id)
    refused(made, InspectionRefusal.OWN, decide_appeal, owner, *decided, now=NOW)
    made.do(decide_appeal, made.second, *decided, now=NOW)
    row = seen(made, number)
    assert (row.state, row.suspended) == (BreachState.VOID, False)
    with made.database.read() as session:
        assert [one.outcome for one in said_of(session, row)] == [AppealOutcome.UPHELD]


def test_a_plan_leads_along_a_road_and_is_done_by_inspections(made: Frontage) -> None:
    wish = PlanWish("十二月检查", STREET, "胜利路", Body.LIAISON, TODAY, TODAY + DAY)
    plan = made.do(make_plan, made.desk, wish, now=NOW)
    with made.database.read() as session:
        row = plan_by_number(session, plan)
        assert row is not None
        assert [one.done for one in stops_of(session, row)] == [False]
    made.inspected(plan=plan)
    with made.database.read() as session:
        assert [one.done for one in stops_of(session, row)] == [True]
    for changes, code in (
        ({"road": "没有的路"}, InspectionRefusal.NO_STOPS),
        ({"place": OTHER_STREET}, PledgeRefusal.NOT_YOUR_PLACE),
        ({"ends_on": TODAY - DAY}, InspectionRefusal.BAD_DAYS),
    ):
        refused(made, code, make_plan, made.desk, replace(wish, **changes), now=NOW)


def test_R278_R295_a_visit_at_the_door_keeps_no_word_about_a_person(made: Frontage) -> None:
    wish = VisitWish(VisitPurpose.EXPLAIN, Body.LIAISON, NOW, agreed=True, words="讲解了门前三包")
    number = made.do(log_visit, made.inspector, made.door, wish, now=NOW)
    for changes, code in (
        ({"words": "店主手机 13900000017"}, PledgeRefusal.LEADS_TO_PERSON),
        ({"agreed": False}, VisitRefusal.NOT_AGREED),
        ({"purpose": None}, VisitRefusal.NO_PURPOSE),
        ({"body": Body.COMPANY}, InspectionRefusal.NO_BODY),
        ({"at": NOW + DAY}, InspectionRefusal.AHEAD),
    ):
        refused(made, code, log_visit, made.inspector, made.door, replace(wish, **changes), now=NOW)
    with pytest.raises(Missing):
        made.do(log_visit, made.elsewhere, made.door, wish, now=NOW)
    assert counted(made, DoorVisit) == 1
    made.do(void_visit, made.inspector, number, "写错门", now=NOW)
    with made.database.read() as session:
        assert session.scalars(select(DoorVisit.words)).one() is None


def test_what_was_not_seen_has_no_score(made: Frontage) -> None:
    answers = dict.fromkeys(made.clauses.values(), Finding.NOT_SEEN)
    made.inspected(answers=answers)
    assert counted(made, InspectionScore) == 0


def test_R278_a_shop_sees_who_came_and_only_its_own_time_there(made: Frontage) -> None:
    wish = VisitWish(VisitPurpose.EXPLAIN, Body.LIAISON, NOW, agreed=True, words="讲解了门前三包")
    kept = made.do(log_visit, made.inspector, made.door, wish, now=NOW)
    struck = made.do(log_visit, made.inspector, made.door, wish, now=NOW)
    made.do(void_visit, made.inspector, struck, "写错门", now=NOW)
    with made.database.read() as session:
        assert [one.number for one in visits_to(session, made.owner.person_id)] == [kept]
        assert visits_to(session, made.desk.person_id) == []
    with made.database.write() as session:
        door = make.door_of(session, made.door)
        session.execute(
            update(PremisesOperator)
            .where(PremisesOperator.premises_id == door.id)
            .values(ends_on=TODAY, ended_why=OperatorEnd.TENANT_CHANGE)
        )
    with made.database.read() as session:
        assert visits_to(session, made.owner.person_id) == []

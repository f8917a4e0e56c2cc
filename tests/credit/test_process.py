"""Due process: from a proposal to its end, each step by who may take it, and by nobody else."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from credit.queries.matter_desk import deduction_rules
from credit.queries.matters import matter_by_number
from credit.queries.own import details_of
from credit.queries.process import own_matter, own_matters
from credit.rules.guard import Route
from credit.rules.process import (
    CONFIRMED,
    EDGES,
    ENDED,
    LIVE,
    TABLE,
    MatterEvent,
    MatterRefusal,
    MatterState,
    settings_from,
)
from credit.service import publish_rule
from credit.service.process import (
    confirm,
    propose,
    put_right,
    stand_aside,
    void_running,
    withdraw_proposal,
)
from credit.service.process.gates import Gates
from credit.service.sealing import seal
from portal.accounts.service import Place, grant_role
from portal.kernel.db import Database
from portal.kernel.errors import Forbidden, Refused
from tests.credit.heard import conduct, refused
from tests.make.accounts import actor, person, staff
from tests.make.credit import DISTRICT
from tests.make.process import (
    ANNOUNCED,
    CHECKED,
    DAY,
    PUBLISHED,
    START,
    WINDOW_OVER,
    World,
    announced,
    in_effect,
    litter_rule,
    proposed,
    waiting,
    wish,
    world,
)

S, E = MatterState, MatterEvent


@pytest.fixture
def made(database: Database) -> World:
    return world(database)


def test_every_edge_leaves_a_state_that_lives_or_was_repaired_and_no_two_are_the_same() -> None:
    assert len(TABLE) == len(EDGES)
    for edge in EDGES:
        assert edge.before is None or edge.before in LIVE | {S.REPAIRED}, edge
        assert edge.law
    reached = {edge.after for edge in EDGES}
    assert reached == set(MatterState)
    assert not any(edge.before in ENDED - {S.REPAIRED} for edge in EDGES)


def test_L11_nothing_is_announced_or_counts_without_passing_confirmation() -> None:
    """Every way in the table to a state that counts goes through a second person."""
    without = {S.PROPOSED}
    while True:
        more = {
            edge.after for edge in EDGES if edge.before in without and edge.event is not E.CONFIRM
        }
        if more <= without:
            break
        without |= more
    assert without.isdisjoint(CONFIRMED)


def test_a_deduction_goes_its_whole_way_and_leaves_nothing(made: World) -> None:
    matter_id = proposed(made)
    assert made.row(matter_id).state is S.PROPOSED
    assert conduct(made) == (0, 0)
    made.check(START + timedelta(minutes=10))
    assert made.row(matter_id).state is S.PROPOSED  # its hour is not over yet
    made.check(CHECKED)
    assert made.row(matter_id).state is S.WAITING
    made.do(
        confirm, matter_id, no_interest=True, actor=made.centre, gates=made.gates, now=ANNOUNCED
    )
    assert conduct(made) == (0, 3)
    row = made.row(matter_id)
    assert row.object_until is not None
    assert row.object_until >= ANNOUNCED + 15 * DAY
    made.run(row.object_until - timedelta(seconds=1))
    assert made.row(matter_id).state is S.ANNOUNCED
    made.run(WINDOW_OVER)
    assert made.row(matter_id).state is S.IN_EFFECT
    assert conduct(made) == (-3, 0)
    over = WINDOW_OVER + 60 * DAY
    made.run(over - timedelta(minutes=2))
    assert made.row(matter_id).state is S.IN_EFFECT
    made.run(over)
    assert made.row(matter_id).state is S.EXPIRED
    assert conduct(made) == (0, 0)
    assert made.row(matter_id).subject_person_id is None


def test_N1_the_guard_is_asked_by_the_job_and_never_while_somebody_proposes(made: World) -> None:
    asked: list[object] = []

    def judge(_session: Session, **given: object) -> Route:
        asked.append(given)
        return Route.ORDINARY

    judged = Gates(made.gates.deductions_on, judge)
    made.do(propose, DISTRICT, wish(made), actor=made.proposer, gates=judged, now=START)
    assert asked == []


def test_N1_a_proposal_that_never_may_take_effect_ends_like_one_nobody_confirmed(
    made: World,
) -> None:
    ordinary = waiting(made)
    made.route = Route.NEVER
    never = waiting(made, source="case:8K3M9-QX2HD")
    for who in (made.centre, made.reviewer):
        with pytest.raises(Forbidden):
            made.do(confirm, never, no_interest=True, actor=who, gates=made.gates, now=ANNOUNCED)
    rows = made.row(ordinary), made.row(never)
    assert rows[0].confirm_by == rows[1].confirm_by
    assert rows[0].confirm_by is not None
    assert [row.stands(rows[0].confirm_by) for row in rows] == [S.LAPSED, S.LAPSED]
    made.run(rows[0].confirm_by)
    ends = [
        (row.state, row.ended_at, row.ended_by_event) for row in map(made.row, (ordinary, never))
    ]
    assert ends[0] == ends[1]
    assert ends[0][0] is S.LAPSED


def test_N1_what_goes_outside_is_confirmed_by_a_reviewer_only(made: World) -> None:
    made.route = Route.OUTSIDE
    matter_id = waiting(made)
    named = {"no_interest": True, "gates": made.gates, "now": ANNOUNCED}
    with pytest.raises(Forbidden):
        made.do(confirm, matter_id, actor=made.centre, **named)
    made.do(confirm, matter_id, actor=made.reviewer, **named)
    assert made.row(matter_id).state is S.ANNOUNCED


def test_L11_whoever_proposes_does_not_confirm_and_no_one_of_her_unit_does(made: World) -> None:
    matter_id = waiting(made)
    named = {"no_interest": True, "gates": made.gates, "now": ANNOUNCED}
    with made.database.write() as session:
        both = staff(session, "city_centre")
        at = Place(area_id=made.tree["370283001"].id, organisation_id=None)
        grant_role(session, None, both.id, "street_desk", at, now=START)
        session.flush()
        inside = actor(session, both)
    with pytest.raises(Forbidden):
        made.do(confirm, matter_id, actor=inside, **named)
    refused(made, MatterRefusal.SAME_PERSON, confirm, matter_id, actor=made.proposer, **named)
    own = made.do(
        propose, DISTRICT, wish(made, source="case:1"), actor=inside, gates=made.gates, now=START
    )
    made.check()
    with made.database.read() as session:
        row = matter_by_number(session, own, CHECKED)
    assert row is not None
    refused(made, MatterRefusal.SAME_PERSON, confirm, row.id, actor=inside, **named)


def test_L9_who_confirms_says_that_it_does_not_touch_her_or_stands_aside(made: World) -> None:
    matter_id = waiting(made)
    named = {"actor": made.centre, "gates": made.gates, "now": ANNOUNCED}
    refused(made, MatterRefusal.INTEREST, confirm, matter_id, no_interest=False, **named)
    made.do(stand_aside, matter_id, actor=made.centre, now=ANNOUNCED)
    refused(made, MatterRefusal.STOOD_ASIDE, confirm, matter_id, no_interest=True, **named)
    made.do(
        confirm, matter_id, no_interest=True, actor=made.reviewer, gates=made.gates, now=ANNOUNCED
    )
    assert made.row(matter_id).state is S.ANNOUNCED


def test_L1_nothing_is_proposed_about_a_child_or_somebody_whose_age_nobody_knows(
    made: World,
) -> None:
    with made.database.write() as session:
        unknown = person(session)
    named = {"actor": made.proposer, "gates": made.gates, "now": START}
    for typed in (unknown.number, "00000-00000", "一户人家", ""):
        refused(
            made, MatterRefusal.NO_SUBJECT, propose, DISTRICT, wish(made, subject=typed), **named
        )


def test_L2_off_nothing_is_proposed_confirmed_or_posted_and_what_runs_is_voided(
    made: World,
) -> None:
    running = announced(made)
    made.on = False
    named = {"gates": made.gates, "now": ANNOUNCED}
    refused(
        made,
        MatterRefusal.SWITCHED_OFF,
        propose,
        DISTRICT,
        wish(made),
        actor=made.proposer,
        **named,
    )
    made.run(WINDOW_OVER)
    assert made.row(running).state is S.VOIDED
    assert made.row(running).ended_by_event is E.SWITCH_OFF
    assert conduct(made) == (0, 0)
    made.on = True
    counting = waiting(made, source="case:2")
    made.on = False
    refused(
        made, MatterRefusal.SWITCHED_OFF, confirm, counting, no_interest=True, actor=made.centre,
        **named,
    )  # fmt: skip
    assert made.do(void_running, DISTRICT, now=ANNOUNCED) == 1


def test_L3_what_is_put_right_before_it_counts_is_voided_by_that_alone(made: World) -> None:
    before, after = announced(made), in_effect(made, source="case:2")
    made.run(WINDOW_OVER)
    assert made.row(before).state is S.IN_EFFECT
    refused(made, MatterRefusal.NOT_NOW, put_right, after, actor=made.proposer, now=WINDOW_OVER)
    third = announced(made, source="case:3")
    made.do(put_right, third, actor=made.proposer, now=ANNOUNCED + DAY)
    assert made.row(third).state is S.VOIDED


def test_L7_the_notice_says_all_and_the_window_is_never_under_fifteen_days(made: World) -> None:
    matter_id = announced(made)
    with made.database.read() as session:
        mine = own_matter(session, made.subject.id, matter_id, ANNOUNCED)
        [listed] = own_matters(session, made.subject.id, ANNOUNCED)
    assert mine == listed
    assert mine is not None
    assert (mine.act, mine.place, mine.amount) == ("在路边丢下一袋垃圾", "东阁街道", 3)
    assert (mine.rule_title, mine.rule_text, mine.rule_version) == ("乱扔垃圾", "自律规范第九条", 1)
    assert (mine.rule_evidence, mine.evidence) == ("照片", ())
    assert mine.basis.title == "平度市城市管理条例（演示）"
    assert mine.can_object
    assert mine.can_add_statement
    assert mine.proposed_by["zh_Hans"] == "东阁街道"
    with made.database.read() as session:
        conduct_id = made.row(matter_id).account_id
        assert conduct_id is not None
        sealed = details_of(session, DISTRICT, conduct_id)[mine.entry_ids[0]]
    assert (sealed["evidence_needed"], sealed["evidence"]) == ("照片", [])
    with pytest.raises(ValueError, match="at least 15"):
        settings_from({"deduction_window_days": 14})
    assert settings_from({"deduction_window_days": 20}).window == 20 * DAY


def test_N2_a_proposal_is_about_one_person_who_did_it(made: World) -> None:
    with pytest.raises(Refused) as error:
        proposed(made, subject=f"{made.subject.number} {made.subject.number}")
    assert error.value.code is MatterRefusal.NO_SUBJECT


def test_N3_nothing_is_deducted_for_volunteer_work(made: World) -> None:
    for source in ("shift:1", "patrol:1", "care:1"):
        with pytest.raises(Refused) as error:
            proposed(made, source=source)
        assert error.value.code is MatterRefusal.VOLUNTEER_HOURS


def test_L4_words_about_health_or_money_are_warned_of_and_can_be_overruled(made: World) -> None:
    with pytest.raises(Refused) as error:
        proposed(made, act="因患病乱扔垃圾")
    assert error.value.code is MatterRefusal.SENSITIVE_WORDS
    assert error.value.facts == {"words": "患病"}
    proposed(made, act="把保险杠丢在路边", overrule=True)


def test_N6_the_rule_is_the_one_that_counted_when_it_happened(made: World) -> None:
    with pytest.raises(Refused) as error:
        proposed(made, happened_at=START - 30 * DAY)
    assert error.value.code is MatterRefusal.NO_SUCH_RULE


@pytest.mark.parametrize(
    ("named", "may"),
    [("", True), ("city_centre,street_desk", True), ("city_centre credit_reviewer", False)],
)
def test_N6_only_the_roles_that_the_published_rule_names_propose_by_it(
    made: World, named: str, may: bool
) -> None:
    with made.database.write() as session:
        rule = litter_rule(code="dumping", fact="dumping", proposers=named)
        publish_rule(session, DISTRICT, rule, actor_id=None, now=PUBLISHED)
    seal(made.database, PUBLISHED)
    with made.database.read() as session:
        offered = deduction_rules(session, DISTRICT, made.proposer, START)
    assert {rule.code for rule in offered} == ({"litter", "dumping"} if may else {"litter"})
    if may:
        proposed(made, rule_code="dumping")
        return
    with pytest.raises(Refused) as error:
        proposed(made, rule_code="dumping")
    assert (error.value.code, error.value.field) == (MatterRefusal.NOT_A_PROPOSER, "rule_code")


def test_a_proposer_takes_her_proposal_back_and_nobody_else_does(made: World) -> None:
    matter_id = waiting(made)
    with pytest.raises(Forbidden):
        made.do(withdraw_proposal, matter_id, actor=made.centre, now=CHECKED)
    made.do(withdraw_proposal, matter_id, actor=made.proposer, now=CHECKED)
    assert made.row(matter_id).state is S.LAPSED

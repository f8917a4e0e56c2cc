"""The person is heard: objections, their clocks and ladder, and what ends a deduction early."""

import pytest

from credit.queries.entries import entry
from credit.queries.process import own_matter, own_matters
from credit.rules.guard import Route
from credit.rules.kinds import Kind
from credit.rules.process import (
    Decision,
    MatterEvent,
    MatterRefusal,
    MatterState,
)
from credit.service.process import (
    add_statement,
    ask_review,
    confirm,
    decide,
    object_to,
    repair,
    revoke_basis,
    take_on,
    withdraw_objection,
)
from portal.kernel.db import Database
from portal.kernel.errors import Forbidden, Missing, Refused
from tests.credit.heard import conduct, objected, refused
from tests.make.accounts import person
from tests.make.credit import DISTRICT
from tests.make.process import (
    ANNOUNCED,
    DAY,
    HOUR,
    NO_PHOTOS,
    WINDOW_OVER,
    World,
    announced,
    in_effect,
    waiting,
    world,
)

S, E = MatterState, MatterEvent


@pytest.fixture
def made(database: Database) -> World:
    return world(database)


def test_L8_an_objection_is_marked_at_once_and_stops_the_posting(made: World) -> None:
    matter_id = announced(made)
    objected(made, matter_id)
    row = made.row(matter_id)
    assert row.state is S.DISPUTED
    # Tuesday morning: three working days end on Friday at 18:00
    assert row.answer_by is not None
    assert row.answer_by.isoformat() == "2026-03-06T10:00:00+00:00"
    with made.database.read() as session:
        mine = own_matter(session, made.subject.id, matter_id, ANNOUNCED + DAY)
    assert mine is not None
    assert mine.disputed
    assert not mine.can_object


def test_L8_a_missed_clock_voids_it_on_every_page_even_when_no_job_runs(made: World) -> None:
    matter_id = announced(made)
    objected(made, matter_id)
    late = made.row(matter_id).answer_by
    assert late is not None
    with made.database.read() as session:
        mine = own_matter(session, made.subject.id, matter_id, late)
    assert mine is not None
    assert mine.state is S.VOIDED
    named = {"granted": False, "reason": "证据充分", "no_interest": True}
    refused(made, MatterRefusal.NOT_NOW, decide, matter_id, actor=made.reviewer, now=late, **named)
    made.run(late)
    assert made.row(matter_id).state is S.VOIDED
    assert conduct(made) == (0, 0)


def test_L8_one_can_object_to_what_is_in_effect_and_a_missed_clock_reverses_it(
    made: World,
) -> None:
    matter_id = in_effect(made)
    objected(made, matter_id, WINDOW_OVER + DAY)
    row = made.row(matter_id)
    assert row.state is S.CONTESTED
    assert row.answer_by is not None
    made.run(row.answer_by)
    row = made.row(matter_id)
    assert row.state is S.REVERSED
    assert conduct(made) == (0, 0)
    with made.database.read() as session:
        last = entry(session, DISTRICT, row.end_id) if row.end_id else None
    assert last is not None
    assert last.kind is Kind.CORRECTION


def test_L9_an_objection_is_decided_by_somebody_who_had_no_part_in_it(made: World) -> None:
    made.route = Route.OUTSIDE
    matter_id = waiting(made)
    made.do(
        confirm, matter_id, no_interest=True, actor=made.reviewer, gates=made.gates, now=ANNOUNCED
    )
    objected(made, matter_id)
    named = {"granted": True, "reason": "照片上不是她", "no_interest": True, "now": ANNOUNCED + DAY}
    refused(made, MatterRefusal.SAME_PERSON, decide, matter_id, actor=made.reviewer, **named)
    with pytest.raises(Forbidden):
        made.do(decide, matter_id, actor=made.centre, **named)
    made.do(decide, matter_id, actor=made.second_reviewer, **named)
    assert made.row(matter_id).state is S.VOIDED
    assert conduct(made) == (0, 0)
    with made.database.read() as session:
        mine = own_matter(session, made.subject.id, matter_id, ANNOUNCED + DAY)
    assert mine is not None
    assert (mine.decision, mine.decision_reason) == (Decision.GRANTED, "照片上不是她")


def test_L9_after_an_answer_that_lets_it_stand_the_ladder_goes_on(made: World) -> None:
    matter_id = announced(made)
    objected(made, matter_id)
    moment = ANNOUNCED + DAY + HOUR
    named = {"granted": False, "reason": "证据充分", "no_interest": True}
    made.do(decide, matter_id, actor=made.reviewer, now=moment, **named)
    assert made.row(matter_id).state is S.ANNOUNCED
    review = {
        "person_id": made.subject.id, "matter_id": matter_id, "statement": "请再看",
        "files": NO_PHOTOS,
    }  # fmt: skip
    refused(made, MatterRefusal.ASKED_ALREADY, object_to, now=moment, **review)
    refused(made, MatterRefusal.TOO_LATE, ask_review, now=moment + 31 * DAY, **review)
    made.do(ask_review, now=moment, **review)
    assert made.row(matter_id).open_step == "handling"
    refused(
        made, MatterRefusal.SAME_PERSON, decide, matter_id, actor=made.reviewer, now=moment, **named
    )
    before = made.row(matter_id).answer_by
    made.do(take_on, matter_id, no_interest=True, actor=made.second_reviewer, now=moment)
    after = made.row(matter_id).answer_by
    assert before is not None
    assert after is not None
    assert after - before == 45 * DAY  # 15 days to accept it, 60 to answer it
    made.do(decide, matter_id, actor=made.second_reviewer, now=moment, **named)
    made.run(WINDOW_OVER)
    assert made.row(matter_id).state is S.IN_EFFECT


def test_an_objection_can_be_taken_back_and_raised_once_more(made: World) -> None:
    matter_id = announced(made)
    for _ in range(2):
        objected(made, matter_id)
        made.do(
            withdraw_objection, person_id=made.subject.id, matter_id=matter_id, now=ANNOUNCED + DAY
        )
    assert made.row(matter_id).state is S.ANNOUNCED
    with pytest.raises(Refused) as error:
        objected(made, matter_id)
    assert error.value.code is MatterRefusal.ASKED_ALREADY


def test_L10_a_basis_that_is_revoked_is_felt_at_once_and_written_down_by_the_job(
    made: World,
) -> None:
    running, counting = announced(made, source="case:1"), in_effect(made, source="case:2")
    assert made.row(running).state is S.IN_EFFECT
    third = announced(made, source="case:3", now=WINDOW_OVER)
    moment = WINDOW_OVER + HOUR
    made.do(revoke_basis, made.basis, "条例已废止", actor=made.keeper, now=moment)
    states = [made.row(one).stands(moment) for one in (running, counting, third)]
    assert states == [S.REVERSED, S.REVERSED, S.VOIDED]
    made.run(moment)
    assert [made.row(one).state for one in (running, counting, third)] == states
    assert conduct(made) == (0, 0)


def test_L12_repair_gives_back_in_part_or_whole_and_stops_showing_in_time(made: World) -> None:
    matter_id = in_effect(made)
    named = {"service": "清理楼道一次", "actor": made.proposer, "now": WINDOW_OVER}
    refused(made, MatterRefusal.BAD_AMOUNT, repair, matter_id, amount=4, **named)
    made.do(repair, matter_id, amount=1, **named)
    assert conduct(made) == (-2, 0)
    assert made.row(matter_id).state is S.IN_EFFECT
    made.do(repair, matter_id, amount=2, **named)
    assert conduct(made) == (0, 0)
    assert made.row(matter_id).state is S.REPAIRED
    over = WINDOW_OVER + 60 * DAY
    with made.database.read() as session:
        assert own_matters(session, made.subject.id, over - DAY)
        assert own_matters(session, made.subject.id, over) == []
    made.run(over)
    assert made.row(matter_id).erased_at == over


def test_L14_a_statement_stands_beside_it_and_is_hers_alone(made: World) -> None:
    matter_id = in_effect(made)
    with made.database.write() as session:
        other = person(session)
    named = {"matter_id": matter_id, "statement": "当时袋子破了", "now": WINDOW_OVER}
    with pytest.raises(Missing):
        made.do(add_statement, person_id=other.id, **named)
    made.do(add_statement, person_id=made.subject.id, **named)
    with made.database.read() as session:
        mine = own_matter(session, made.subject.id, matter_id, WINDOW_OVER)
        assert own_matter(session, other.id, matter_id, WINDOW_OVER) is None
    assert mine is not None
    assert [words for _, words in mine.statements] == ["当时袋子破了"]

"""A week is proposed, answered and taken back."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal.accounts.rules import AgeBand
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Missing, Refused
from tests.make import rosters, volunteers
from tests.make.accounts import staff
from tests.make.volunteers import NOW
from tests.volunteers.rostering import MONDAY, Town, proposing
from volunteers.models import (
    ActivityTeam,
    AskMe,
    AskMeWindow,
    TeamMember,
)
from volunteers.queries.rosters import wish_of
from volunteers.rules.roster import Gap, RosterRefusal, RosterWish, Window
from volunteers.rules.signing_up import SignUpState
from volunteers.service import signing_up
from volunteers.service.messages import Told
from volunteers.service.personal import ServiceOfAPerson
from volunteers.service.rosters import (
    ask_me,
    do_not_ask,
)
from volunteers.service.waiting import settle_post

HOUR = timedelta(hours=1)


@pytest.fixture
def town(database: Database) -> Town:
    return Town(database)


def test_nobody_is_thought_of_who_has_not_said_so(town: Town) -> None:
    with town.database.write() as session:
        silent = volunteers.volunteer(session)
        left = rosters.asked(session, town.city)
        do_not_ask(session, left.id)
        member = rosters.asked(session, town.city)
    plan = town.plan()
    assert {one.person_id for one in plan.roster.placed} == {member.id}
    assert silent.id not in plan.people


def test_a_seat_is_kept_for_each_and_one_message_tells_of_all(town: Town) -> None:
    (who,) = town.people(1)
    number = town.propose()
    found = town.proposals(number)
    assert [one.state for one in found] == [SignUpState.PROPOSED] * 3
    assert {one.person_id for one in found} == {who.id}
    assert town.taken() == [1, 1, 1]
    assert town.told() == {Told.ROSTER_PROPOSED: 1}
    # a quarter of the time until the shift, and no more than two days
    assert [one.until for one in found] == [
        NOW + timedelta(hours=12), NOW + timedelta(hours=18), NOW + timedelta(hours=24),
    ]  # fmt: skip
    town.answer(found[0], signing_up.accept)
    town.answer(found[1], signing_up.decline)
    assert [one.state for one in town.proposals(number)] == [
        SignUpState.TAKEN, SignUpState.DECLINED, SignUpState.PROPOSED,
    ]  # fmt: skip
    assert town.taken() == [1, 0, 1]


def test_who_said_no_is_not_asked_again_and_another_is(town: Town) -> None:
    first, second = town.people(2)
    number = town.propose()
    one = town.proposals(number)[0]
    town.answer(one, signing_up.decline)
    (again,) = town.plan().roster.placed
    assert again.post_id == one.post_id
    assert {again.person_id, one.person_id} == {first.id, second.id}
    other = town.proposals(town.propose())[0]
    town.answer(other, signing_up.decline)
    plan = town.plan()
    assert plan.roster.placed == ()
    assert plan.roster.empty == ((one.post_id, 1, Gap.ASKED),)


def test_a_proposal_that_nobody_answers_frees_its_seat(town: Town) -> None:
    town.people(1)
    number = town.propose()
    for post in town.posts:
        with town.database.write() as session:
            settle_post(session, post.id, NOW + timedelta(hours=12))
    assert [one.state for one in town.proposals(number)] == [
        SignUpState.LAPSED, SignUpState.PROPOSED, SignUpState.PROPOSED,
    ]  # fmt: skip
    assert town.taken() == [0, 1, 1]


def test_who_served_lately_comes_after_who_did_not(town: Town) -> None:
    busy, idle = town.people(2)
    with town.database.write() as session:
        past = volunteers.shift(session, town.activity, starts_at=NOW - timedelta(days=5), hours=8)
        volunteers.sign_up(session, past, busy.id)
    plan = town.plan()
    assert {one.person_id for one in plan.roster.placed} == {idle.id}
    assert plan.minutes == {idle.id: 0}


def test_times_places_and_days_away_are_hers(town: Town) -> None:
    with town.database.write() as session:
        # the shifts begin at eight in the city, on Wednesday, Thursday and Friday
        rosters.asked(session, town.city, windows=[Window(3, 8 * 60, 10 * 60)])
        rosters.asked(session, town.city, windows=[Window(2, 8 * 60 + 1, 10 * 60)])
        rosters.asked(session, town.tree["370283001"])
        late = rosters.asked(session, town.city, away_until=date(2026, 12, 3))
    found = {one.post_id: one.person_id for one in town.plan().roster.placed}
    assert found.keys() == {town.posts[1].id, town.posts[2].id}
    assert found[town.posts[2].id] == late.id


def test_a_team_is_asked_alone(town: Town) -> None:
    town.people(2)
    with town.database.write() as session:
        member = rosters.asked(session, town.city, experienced=False)
        of = volunteers.team(session, town.city)
        session.add(ActivityTeam(activity_id=town.activity.id, team_id=of.id))
        session.add(TeamMember(team_id=of.id, person_id=member.id, leads=True, joined_at=NOW))
        number = of.number
    plan = town.plan(team=number)
    assert {one.person_id for one in plan.roster.placed} == {member.id}
    with pytest.raises(Refused) as refused:
        town.plan(team="NONE")
    assert refused.value.code is RosterRefusal.NO_TEAM


def test_a_newcomer_is_asked_once_somebody_experienced_has_said_yes(town: Town) -> None:
    with town.database.write() as session:
        rosters.asked(session, town.city, experienced=False)
    plan = town.plan()
    assert plan.roster.placed == ()
    assert {gap for _post, _many, gap in plan.roster.empty} == {Gap.NEWCOMER}
    with pytest.raises(Refused) as refused:
        town.propose()
    assert refused.value.code is RosterRefusal.NOTHING


def test_seats_for_which_others_wait_are_left_to_them(town: Town) -> None:
    (who,) = town.people(1)
    with town.database.write() as session:
        lead = volunteers.volunteer(session)
        waits = volunteers.volunteer(session)
        full = volunteers.shift(
            session, town.activity, starts_at=NOW + timedelta(days=5), seats={"member": 2}
        )
        volunteers.sign_up(session, full, lead.id)
        volunteers.sign_up(session, full, waits.id, state=SignUpState.WAITING)
        post = volunteers.post(session, full)
    placed = town.plan().roster.placed
    assert post.id not in {one.post_id for one in placed}
    assert {one.person_id for one in placed} == {who.id}


def test_a_batch_is_undone_while_nobody_has_said_yes(town: Town) -> None:
    town.people(2)
    number = town.propose()
    town.answer(town.proposals(number)[0], signing_up.decline)
    assert town.undo(number) == 2
    assert town.taken() == [0, 0, 0]
    assert town.told()[Told.ROSTER_UNDONE] > 0
    with pytest.raises(Conflict) as again:
        town.undo(number)
    assert again.value.code is RosterRefusal.UNDONE
    # what was taken back was no answer of theirs: they may be asked again
    assert len(town.plan().roster.placed) == 3
    other = town.propose()
    town.answer(town.proposals(other)[0], signing_up.accept)
    with pytest.raises(Conflict) as late:
        town.undo(other)
    assert late.value.code is RosterRefusal.ACCEPTED


def test_nothing_else_is_proposed_than_what_was_seen(town: Town) -> None:
    town.people(2)
    seen = town.plan().roster.digest
    with town.database.write() as session:
        volunteers.sign_up(session, town.shifts[0], volunteers.volunteer(session).id)
    with pytest.raises(Conflict) as refused, town.database.write() as session:
        proposing(town, seen)(session)
    assert refused.value.code is RosterRefusal.CHANGED
    assert town.taken() == [1, 0, 0]


@pytest.mark.parametrize("week", ["", "2026-12-01", "2026-11-23", "never"])
def test_only_weeks_of_the_list_can_be_chosen(town: Town, week: str) -> None:
    with pytest.raises(Refused) as refused:
        town.plan(monday=week)
    assert refused.value.code is RosterRefusal.NO_WEEK


def test_an_organiser_of_elsewhere_sees_and_does_nothing(town: Town) -> None:
    town.people(1)
    number = town.propose()
    with town.database.write() as session:
        town.organiser = staff(session, "volunteer_organiser", area=town.tree["370283001"])
    for act in (town.plan, lambda: town.undo(number)):
        with pytest.raises(Missing):
            act()


def test_a_child_without_her_guardian_is_not_asked(town: Town) -> None:
    town.people(1, age=AgeBand.UNDER_14)
    plan = town.plan()
    assert plan.roster.placed == ()
    assert {gap for _post, _many, gap in plan.roster.empty} == {Gap.AGE}


def test_what_she_said_is_kept_changed_handed_out_and_forgotten(town: Town) -> None:
    (who,) = town.people(1, windows=[Window(0, 480, 600)], away_until=MONDAY)
    with town.database.read() as session:
        assert wish_of(session, who.id) == RosterWish(
            town.city.path, (Window(0, 480, 600),), MONDAY
        )
        (record,) = [
            row
            for row in ServiceOfAPerson().export(session, who.id)
            if row["table"] == "volunteer_ask_me"
        ]
        assert record["windows"] == [[0, 480, 600]]
    with town.database.write() as session:
        for bad, field in ((Window(2, -1, 60), "until_2"), (Window(4, 60, 60), "until_4")):
            with pytest.raises(Refused) as refused:
                ask_me(session, who.id, place="370283", windows=[bad], away_until=None, now=NOW)
            assert refused.value.field == field
        ask_me(session, who.id, place="370283001", windows=[], away_until=None, now=NOW)
    with town.database.write() as session:
        ServiceOfAPerson().erase(session, who.id, NOW)
    with town.database.read() as session:
        assert session.scalars(select(AskMe)).all() == []
        assert session.scalars(select(AskMeWindow)).all() == []

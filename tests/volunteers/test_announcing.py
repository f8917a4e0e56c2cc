"""What an organiser writes goes once to whom it is for, and shows nobody to anybody."""

import json
from collections import Counter
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.accounts.models import Person
from portal.kernel import clock
from portal.kernel.audit import AuditEntry
from portal.kernel.errors import Missing, Refused
from portal.kernel.instance import instance_of
from portal.kernel.outbox import OutboxMessage
from tests.make import volunteers as make
from tests.make.accounts import actor, person, staff
from tests.make.together import at_once
from tests.make.volunteers import NOW
from tests.volunteers.planning import OTHER, STREET, Town
from volunteers.models import Announcement, AnnouncementReceiver, TeamMember
from volunteers.queries.announcing import got_by, unread_of
from volunteers.rules.announcing import LONGEST_WORDS, AnnouncingRefusal
from volunteers.rules.signing_up import SignUpState
from volunteers.service.announcing import mute_teams, write_to_shift, write_to_team
from volunteers.service.messages import Told
from volunteers.service.personal import ServiceOfAPerson

WORDS = "请带水杯"
CANARY = "金丝雀"


class Scene:
    """A team of three and a shift with people in several states."""

    def __init__(self, town: Town) -> None:
        self.town = town
        with town.database.write() as session:
            self.team = make.team(session, town.tree[STREET])
            self.people = [person(session, f"{CANARY}{at}") for at in range(3)]
            for who in self.people:
                row = TeamMember(team_id=self.team.id, person_id=who.id, joined_at=NOW)
                session.add(row)
            of = make.activity(session, town.tree[STREET])
            self.shift = make.shift(session, of, seats={"member": 9})
            states = (SignUpState.TAKEN, SignUpState.STANDBY, SignUpState.WITHDRAWN)
            for who, state in zip(self.people, states, strict=True):
                make.sign_up(session, self.shift, who.id, state=state)

    def to_team(self, words: str = WORDS, *, now: datetime = NOW, by: Person | None = None) -> str:
        with self.town.database.write() as session:
            who = actor(session, by or self.town.organiser)
            return write_to_team(session, who, self.team.number, words, now=now)

    def to_shift(self, words: str = WORDS, *, now: datetime = NOW) -> str:
        with self.town.database.write() as session:
            who = actor(session, self.town.organiser)
            return write_to_shift(session, who, self.shift.number, words, now=now)

    def got(self) -> list[int]:
        with self.town.database.read() as session:
            return [unread_of(session, who.id, NOW) for who in self.people]

    def posted(self) -> list[OutboxMessage]:
        with self.town.database.read() as session:
            what = OutboxMessage.template == Told.ANNOUNCED.value
            return list(session.scalars(select(OutboxMessage).where(what)))


@pytest.fixture
def scene(town: Town) -> Scene:
    return Scene(town)


def refusal(act: Any, *given: Any, **named: Any) -> StrEnum | None:
    with pytest.raises(Refused) as found:
        act(*given, **named)
    return found.value.code


def test_a_team_gets_it_on_the_page_and_by_phone(scene: Scene) -> None:
    number = scene.to_team(f"  {WORDS}\n 集合  ")
    assert scene.got() == [1, 1, 1]
    posted = scene.posted()
    assert len(posted) == 3
    with scene.town.database.read() as session:
        for row in posted:
            facts = json.loads(instance_of(session).vault.unseal(str(row.sealed_facts)))
            assert facts["words"] == f"{WORDS} 集合"
            assert facts["title"] == "东阁社区志愿服务队"
            assert CANARY not in str(facts)
        found = session.scalars(select(AuditEntry).where(AuditEntry.action == "team:write")).one()
        assert found.actor_id == scene.town.organiser.id
        [got] = got_by(session, scene.people[0].id)
    assert (got.number, got.read_at) == (number, None)


def test_all_who_are_expected_on_a_shift_get_it_though_they_muted_the_team(scene: Scene) -> None:
    with scene.town.database.write() as session:
        for who in scene.people:
            mute_teams(session, who.id, [scene.team.number], now=NOW)
    scene.to_shift()
    assert scene.got() == [1, 1, 0]


def test_who_muted_a_team_or_left_it_gets_nothing_of_it(scene: Scene) -> None:
    first, second, third = scene.people
    with scene.town.database.write() as session:
        mute_teams(session, first.id, [scene.team.number], now=NOW)
        session.query(TeamMember).filter_by(person_id=second.id).one().left_at = NOW
    scene.to_team()
    assert scene.got() == [0, 0, 1]
    with scene.town.database.write() as session:
        mute_teams(session, first.id, [], now=NOW)
        mute_teams(session, third.id, [scene.team.number], now=NOW)
    scene.to_team("再发一条")
    assert scene.got() == [1, 0, 1]
    with scene.town.database.write() as session:
        mute_teams(session, first.id, [scene.team.number], now=NOW)
    assert refusal(scene.to_team, "没有人") is AnnouncingRefusal.NOBODY


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (" \n ", AnnouncingRefusal.NO_WORDS),
        ("字" * (LONGEST_WORDS + 1), AnnouncingRefusal.TOO_LONG),
        ("请打 13800001288", AnnouncingRefusal.PERSONAL),
        ("集合后找王小明先生", AnnouncingRefusal.PERSONAL),
    ],
)
def test_bad_words_change_nothing(scene: Scene, words: str, code: AnnouncingRefusal) -> None:
    assert refusal(scene.to_team, words) is code
    assert scene.got() == [0, 0, 0]


def test_the_longest_words_go(scene: Scene) -> None:
    office = "请拨打 0532-00001234"
    scene.to_team(office + "字" * (LONGEST_WORDS - len(office)))
    assert scene.got() == [1, 1, 1]


def test_nobody_is_flooded_and_the_same_goes_once_a_day(scene: Scene) -> None:
    for at in range(5):
        scene.to_team(f"{at}")
    assert refusal(scene.to_team, "六") is AnnouncingRefusal.TOO_OFTEN
    # another team or shift is another matter
    scene.to_shift()
    assert refusal(scene.to_shift) is AnnouncingRefusal.SAME
    day = timedelta(days=1)
    assert refusal(scene.to_team, "六", now=NOW + day - timedelta(seconds=1))
    scene.to_team("六", now=NOW + day)
    assert scene.got() == [7, 7, 6]


def test_two_clicks_at_once_send_once(scene: Scene) -> None:
    def act() -> StrEnum | str | None:
        try:
            scene.to_team()
        except Refused as refused:
            return refused.code
        return "ok"

    assert Counter(at_once(*[act] * 4)) == {"ok": 1, AnnouncingRefusal.SAME: 3}
    assert scene.got() == [1, 1, 1]
    assert len(scene.posted()) == 3


def test_six_different_ones_at_once_and_five_go(scene: Scene) -> None:
    def act(words: str) -> Any:
        def run() -> StrEnum | str | None:
            try:
                scene.to_team(words)
            except Refused as refused:
                return refused.code
            return "ok"

        return run

    found = Counter(at_once(*[act(f"{at}") for at in range(8)]))
    assert found == {"ok": 5, AnnouncingRefusal.TOO_OFTEN: 3}


def test_at_night_it_waits_until_the_morning_unless_the_shift_begins_before(scene: Scene) -> None:
    night = NOW + timedelta(hours=15)  # 23:00 in the city
    scene.to_team(now=night)
    morning = NOW + timedelta(days=1)
    assert {row.due_at for row in scene.posted()} == {morning}
    with scene.town.database.write() as session:
        scene.shift.starts_at = night + timedelta(hours=3)
        session.merge(scene.shift)
    scene.to_shift("雨天改期", now=night)
    assert {row.due_at for row in scene.posted()} == {morning, night}


def test_another_street_is_nobodys_business(scene: Scene) -> None:
    with scene.town.database.write() as session:
        foreign = staff(session, "volunteer_organiser", area=scene.town.tree[OTHER])
    with pytest.raises(Missing):
        scene.to_team(by=foreign)


def test_a_shift_that_is_long_over_is_not_written_to(scene: Scene) -> None:
    over = scene.shift.ends_at + timedelta(days=7)
    assert refusal(scene.to_shift, now=over) is AnnouncingRefusal.OVER
    scene.to_shift(now=over - timedelta(seconds=1))


def test_an_erasure_takes_what_she_got_along(scene: Scene) -> None:
    scene.to_team()
    with scene.town.database.write() as session:
        ServiceOfAPerson().erase(session, scene.people[0].id, NOW)
        left = select(func.count()).select_from(AnnouncementReceiver)
        assert session.scalar(left) == 2
        assert session.scalar(select(func.count()).select_from(Announcement)) == 1


def test_from_the_desk_to_her_page_and_read(town: Town) -> None:
    with town.database.write() as session:
        who = make.volunteer(session, name=CANARY)
        starts = clock.now() + timedelta(days=3)
        on = make.shift(session, make.activity(session, town.tree[STREET]), starts_at=starts)
        make.sign_up(session, on, who.id, at=clock.now())
    desk = town.browser().get(f"/desk/volunteers/shifts/{on.number}/people", status=200)
    writing = desk.click("Write to all on the shift", status=200)
    assert "1 person gets it" in writing.text
    empty = writing.form(button="Send it").send(status=422)
    assert "Please write what they should know." in empty.text
    sent = empty.form(button="Send it").fill(words=WORDS).send(status=200)
    assert "stands on their pages" in sent.html
    again = sent.click("Write to all on the shift", status=200)
    assert "to 1 person" in again.text
    twice = again.form(button="Send it").fill(words=WORDS).send(status=409)
    assert "sent there today already" in twice.text
    hers = town.browser(who)
    assert "1 message is new" in hers.get("/me").text
    page = hers.get("/volunteers/messages", status=200)
    assert WORDS in page.text
    page.form(button="I have read them").send(status=200)
    assert "is new" not in hers.get("/me").text


def test_she_chooses_on_her_page(town: Town) -> None:
    with town.database.write() as session:
        who = make.volunteer(session)
    hers = town.browser(who)
    page = hers.get("/volunteers/mine").click("Reminders and messages that I want", status=200)
    team = page.soup.select_one('input[name="muted"]')
    assert team is not None
    form = page.form(button="Save").fill(day_before="", muted=str(team["value"]))
    form.send(status=200)
    again = hers.get("/volunteers/reminders")
    ticked = {str(one["name"]) for one in again.soup.select("input[checked]")}
    assert ticked >= {"hours_before", "muted"}
    assert "day_before" not in ticked
    stranger = town.browser(town.resident())
    assert "You are no volunteer yet" in stranger.get("/volunteers/reminders", status=200).text

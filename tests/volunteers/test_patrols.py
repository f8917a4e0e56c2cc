"""Patrols: routes, one log for all teams, nothing about people, findings become reports once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.accounts.models import Person
from portal.accounts.rules import Actor
from portal.kernel.db import Database
from portal.kernel.errors import Missing, Refused
from portal.reports.models import Case
from portal.reports.rules.codes import Source
from tests.make import accounts
from tests.make import volunteers as make
from tests.make.intake import ready
from tests.make.together import at_once
from tests.pages import Browser
from volunteers.models import (
    ActivityTeam,
    PatrolAnswer,
    PatrolEntry,
    PatrolTick,
    Route,
    TeamMember,
)
from volunteers.queries.patrols import checkpoints_of, entries_of, route_of, totals
from volunteers.rules.activities import DutyKind
from volunteers.rules.doorsteps import DoorTopic, DoorWish
from volunteers.rules.patrols import (
    CheckpointWish,
    Finding,
    LogWish,
    PatrolRefusal,
    RouteWish,
    as_typed,
    checklists,
    read_checkpoints,
    why_not_said,
)
from volunteers.service.patrol_log import FindingWish, file_finding, tick_checkpoint, write_entry
from volunteers.service.routes import end_route, put_on_route, rewrite_route, write_route

STREET = "370283001"
START = make.NOW + timedelta(days=2)
END = START + timedelta(hours=2)
WINDOW = timedelta(minutes=30)
SECOND = timedelta(seconds=1)
WISH = RouteWish(
    "东阁夜巡", (CheckpointWish("北门", "门灯"), CheckpointWish("菜市场")), "night_lights"
)


class Walk:
    """A patrol of two teams on a route, with a member of each."""

    def __init__(self, database: Database) -> None:
        self.database = database
        tree = ready(database)
        with database.write() as session:
            area = tree[STREET]
            on = make.activity(session, area)
            shift = make.shift(session, on, seats={"member": 4}, starts_at=START)
            self.shift_id, self.number, self.activity_id = shift.id, shift.number, on.id
            self.people: list[Person] = []
            self.teams = []
            for name in ("义工一队", "平安巡逻队"):
                team = make.team(session, area, name_zh_hans=name)
                session.add(ActivityTeam(activity_id=on.id, team_id=team.id))
                who = accounts.person(session)
                session.add(TeamMember(team_id=team.id, person_id=who.id, joined_at=make.NOW))
                make.sign_up(session, shift, who.id)
                self.people.append(who)
                self.teams.append(team.id)
            self.members = [accounts.actor(session, who) for who in self.people]
            desk = accounts.staff(session, "volunteer_organiser", area=area)
            self.desk = accounts.actor(session, desk)
            self.stranger = accounts.actor(session, accounts.person(session))
        self.route = self.act(write_route, self.desk, STREET, WISH, now=make.NOW)
        self.act(put_on_route, self.desk, self.number, self.route, now=make.NOW)

    def act(self, act: Callable[..., Any], *given: Any, **named: Any) -> Any:
        with self.database.write() as session:
            return act(session, *given, **named)

    def write(self, who: Actor, now: Any = START, **changes: Any) -> Any:
        values: dict[str, Any] = {"duty": DutyKind.PERSUADE, "words": "劝导两位居民不乱停车"}
        return self.act(write_entry, who, self.number, LogWish(**values | changes), now=now)

    def count(self, model: Any) -> int:
        with self.database.read() as session:
            return session.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture
def walk(database: Database) -> Walk:
    return Walk(database)


def refused(act: Callable[[], Any]) -> Any:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.code


def test_r029_teams_of_a_joint_patrol_share_one_log(walk: Walk) -> None:
    walk.write(walk.members[0], people=2)
    walk.write(walk.members[1], duty=DutyKind.PUBLICITY, words="发放宣传单", doors=5,
               at_doors=DoorWish(DoorTopic.WASTE, agreed=3))  # fmt: skip
    with walk.database.read() as session:
        entries = entries_of(session, walk.shift_id)
    assert [entry.team_id for entry in entries] == walk.teams
    found = totals(entries)
    assert (found.people, found.doors, found.agreed) == (2, 5, 3)
    assert dict(found.entries) == {DutyKind.PERSUADE: 1, DutyKind.PUBLICITY: 1}


def test_members_write_within_the_window_and_organisers_later_with_a_reason(walk: Walk) -> None:
    member = walk.members[0]
    assert refused(lambda: walk.write(member, START - WINDOW - SECOND)) is PatrolRefusal.BEFORE
    walk.write(member, START - WINDOW)
    walk.write(member, END + WINDOW)
    after = END + WINDOW + SECOND
    assert refused(lambda: walk.write(member, after)) is PatrolRefusal.AFTER
    assert refused(lambda: walk.write(walk.desk, after)) is PatrolRefusal.NO_REASON
    walk.write(walk.desk, after, reason="纸上补录")
    with pytest.raises(Missing):
        walk.write(walk.stranger)
    assert walk.count(PatrolEntry) == 3


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("联系 138 0000 1299", PatrolRefusal.PHONE),
        ("电话 0532-88880000", PatrolRefusal.PHONE),
        ("身份证 11010519491231002X", PatrolRefusal.ID_NUMBER),
        ("鲁B12345 停在路口", PatrolRefusal.PLATE),
        ("劝导了张先生", PatrolRefusal.NAME),
        ("劝导三位居民，入户 5 户", None),
    ],
)
def test_what_leads_to_a_person_is_refused(words: str, why: PatrolRefusal | None) -> None:
    assert why_not_said(words) is why


def test_nothing_personal_gets_into_a_log(walk: Walk) -> None:
    plate = refused(lambda: walk.write(walk.members[0], words="鲁B12345 停在路口"))
    assert plate is PatrolRefusal.PLATE
    assert walk.count(PatrolEntry) == 0


def test_a_checkpoint_is_ticked_once_by_whoever_comes_first(walk: Walk) -> None:
    def tick(who: Actor) -> Callable[[], Any]:
        return lambda: walk.act(tick_checkpoint, who, walk.number, 1, now=START)

    at_once(*[tick(who) for who in walk.members * 2])
    assert walk.count(PatrolTick) == 1
    with pytest.raises(Missing):
        walk.act(tick_checkpoint, walk.members[0], walk.number, 9, now=START)


def test_r123_a_night_patrol_has_its_checklist(walk: Walk) -> None:
    walk.write(walk.members[0], answers={"street_lamps": Finding.DEFECT})
    assert walk.count(PatrolAnswer) == 1
    with pytest.raises(Missing):
        walk.write(walk.members[0], answers={"exits": Finding.DEFECT})


def test_r139_the_fire_hazard_checklist_is_there_in_three_languages() -> None:
    items = checklists()["fire_hazards"].items
    assert {"exits", "fire_lane", "e_bikes", "micro_station"} <= set(items)
    assert all(all(names.values()) for one in checklists().values() for names in one.items.values())


def test_a_finding_is_a_report_of_the_patrol_and_the_log_leads_to_it(walk: Walk) -> None:
    wish = FindingWish("litter", "垃圾桶满溢", where="北门东侧", checkpoint=1)
    number = walk.act(
        file_finding, walk.members[0], walk.number, wish, language="zh_Hans", now=START
    )
    with walk.database.read() as session:
        case = session.scalars(select(Case).where(Case.number == number)).one()
        assert case.source is Source.VOLUNTEER_PATROL
        (entry,) = entries_of(session, walk.shift_id)
    assert (entry.case_number, entry.duty) == (number, DutyKind.REPORT)


def test_a_finding_without_a_kind_files_nothing(walk: Walk) -> None:
    wish = FindingWish("", "垃圾桶满溢")
    none = refused(
        lambda: walk.act(
            file_finding, walk.members[0], walk.number, wish, language="zh_Hans", now=START
        )
    )
    assert none is PatrolRefusal.NO_CATEGORY
    assert walk.count(Case) == walk.count(PatrolEntry) == 0


def test_checkpoints_are_read_as_they_are_typed() -> None:
    typed = "北门 | 门灯 | 119.9, 36.7\n\n菜市场\n南门 | 路灯"
    found = read_checkpoints(typed)
    assert [(one.name, one.look_at, one.lon) for one in found] == [
        ("北门", "门灯", 119.9), ("菜市场", "", None), ("南门", "路灯", None),
    ]  # fmt: skip
    assert read_checkpoints(as_typed(found)) == found
    for wrong, line in (("a | b | c", 1), ("a\n | look", 2), ("a | b | 200, 10", 1)):
        with pytest.raises(ValueError, match=f"^{line}$"):
            read_checkpoints(wrong)


def test_a_route_is_written_anew_beside_the_old_one(walk: Walk) -> None:
    wish = RouteWish("东阁夜巡", (CheckpointWish("南门"),))
    made = walk.act(rewrite_route, walk.desk, walk.route, wish, now=make.NOW)
    with walk.database.read() as session:
        found = route_of(session, walk.shift_id)
        assert found is not None
        assert found.number == made
        assert [one.name for one in checkpoints_of(session, found.id)] == ["南门"]
    ended = refused(lambda: walk.act(end_route, walk.desk, walk.route, now=make.NOW))
    assert ended is PatrolRefusal.ENDED


def test_two_who_write_a_route_anew_at_once_make_one(walk: Walk) -> None:
    def anew() -> Any:
        try:
            return walk.act(rewrite_route, walk.desk, walk.route, WISH, now=make.NOW)
        except Refused as refusal:
            return refusal.code

    found = at_once(anew, anew)
    assert PatrolRefusal.ENDED in found
    assert walk.count(Route) == 2


def test_a_patrol_that_was_begun_keeps_its_route(walk: Walk) -> None:
    walk.act(tick_checkpoint, walk.members[0], walk.number, 1, now=START)
    begun = refused(lambda: walk.act(put_on_route, walk.desk, walk.number, None, now=START))
    assert begun is PatrolRefusal.BEGUN


def test_r247_a_finding_sent_twice_is_one_case_and_no_power_is_shown(
    app: Flask, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = Walk(database)
    for module in ("patrols", "check_in", "roll_call"):
        monkeypatch.setattr(f"volunteers.views.{module}.now", lambda: START)
    passer_by = Browser(app).in_language("en").get("/volunteers/patrols/", status=200)
    assert "no power to enforce anything" in passer_by.text
    public = Browser(app).in_language("en").get(f"/volunteers/patrols/{walk.number}", status=200)
    assert "The log" not in [h.get_text(strip=True) for h in public.soup.select("h2")]
    browser = Browser(app).in_language("en")
    accounts.sign_in_as(browser, walk.people[0])
    page = browser.get(f"/volunteers/patrols/{walk.number}", status=200)
    form = page.click("Report what you found", status=200).form(button="Send the report")
    first, second = form.fill(category="litter", words="垃圾桶满溢").send_twice()
    assert first.path == second.path == f"/volunteers/patrols/{walk.number}"
    assert walk.count(Case) == walk.count(PatrolEntry) == 1
    assert "What became of it" in first.text
    form = first.click("Write into the patrol log", status=200).form(button="Keep")
    again = form.fill(words="鲁B12345").send(status=422)
    assert "number plate" in again.text
    assert again.form(button="Keep").fill(words="清理小广告").send(status=200).path == first.path
    first.form(button="Passed: 北门").send(status=200)
    assert walk.count(PatrolTick) == 1

"""The team of a grid: six kinds of members for a time, and how often somebody walks through."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.service.privacy import erase_person
from portal.areas.models import Area
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Missing, Refused
from portal.reports.models import GridMember
from portal.reports.queries.grid_team import patrols_of, team_counts, team_of
from portal.reports.rules.grid import GridRefusal, MemberKind
from portal.reports.service.grid_team import NewMember, add_member, end_member, set_patrol_days
from tests.make import accounts
from tests.make.grid import DAY, NOW, STREET, area_row
from tests.make.intake import COMMUNITY, ready
from tests.pages import Browser


@pytest.fixture
def tree(database: Database) -> dict[str, Area]:
    return ready(database)


def test_r270_a_team_has_six_kinds_for_a_time_and_the_public_reads_numbers_only(
    database: Database, tree: dict[str, Area], app: Flask
) -> None:
    with database.write() as session:
        desk = accounts.staff(session, "street_desk", area=tree[STREET])
        manager = accounts.actor(session, desk)
        member = accounts.person(session, "赵敏")
        for kind in MemberKind:
            new = NewMember(kind, "李四", since=NOW.date())
            add_member(session, COMMUNITY, new, actor=manager, now=NOW)
        mine = NewMember(MemberKind.VOLUNTEER, number=member.number)
        key = add_member(session, COMMUNITY, mine, actor=manager, now=NOW)
        with pytest.raises(Refused) as refused:
            add_member(session, COMMUNITY, mine, actor=manager, now=NOW)
        assert refused.value.code is GridRefusal.MEMBER_ALREADY
        with pytest.raises(Missing):
            add_member(session, "370283002001", mine, actor=manager, now=NOW)
    with database.read() as session:
        team = team_of(session, tree[COMMUNITY].id, NOW.date())
        assert [one.kind for one in team.members if one.core] == list(MemberKind)[:3]
        assert dict(team_counts(session, tree[COMMUNITY].id, NOW.date()))[
            MemberKind.VOLUNTEER
        ] == 2  # fmt: skip
        assert team_of(session, tree[COMMUNITY].id, NOW.date() - DAY).members == []
    page = Browser(app).in_language("en").get(f"/places/{COMMUNITY}", status=200)
    assert "Enforcement officers" in page.text
    assert "李四" not in page.text
    assert "赵敏" not in page.text
    with database.write() as session:
        end_member(session, COMMUNITY, key, actor=manager, now=NOW + DAY)
        with pytest.raises(Conflict):
            end_member(session, COMMUNITY, key, actor=manager, now=NOW + DAY)
    with database.read() as session:
        days = (NOW.date(), (NOW + DAY).date())
        now_and_then = [len(team_of(session, tree[COMMUNITY].id, day).members) for day in days]
        assert now_and_then == [7, 6]


def test_of_two_who_enter_the_same_member_one_does(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        manager = accounts.actor(session, accounts.staff(session, "street_desk", area=tree[STREET]))
        new = NewMember(MemberKind.VOLUNTEER, number=accounts.person(session).number)
    barrier = Barrier(2)

    def enter(_turn: int) -> str:
        barrier.wait()
        try:
            with database.write() as session:
                add_member(session, COMMUNITY, new, actor=manager, now=NOW)
        except Refused as refusal:
            return str(refusal.code)
        return "in"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(enter, range(2))) == ["grid.member_already", "in"]


def test_a_member_who_erases_her_account_leaves_the_team_and_no_row_names_her(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        manager = accounts.actor(session, accounts.staff(session, "street_desk", area=tree[STREET]))
        person = accounts.person(session, "赵敏")
        new = NewMember(MemberKind.VOLUNTEER, number=person.number)
        add_member(session, COMMUNITY, new, actor=manager, now=NOW)
        person_id = person.id
    with database.write() as session:
        erase_person(session, None, person_id, now=NOW + DAY)
    with database.read() as session:
        left = session.scalars(select(GridMember)).one()
        assert (left.person_id, left.name) == (None, None)
        assert left.until is not None


def test_the_interval_of_a_grid_is_its_own(database: Database, tree: dict[str, Area]) -> None:
    with database.write() as session:
        manager = accounts.actor(session, accounts.staff(session, "street_desk", area=tree[STREET]))
        with pytest.raises(Refused):
            set_patrol_days(session, COMMUNITY, 0, actor=manager, now=NOW)
        for days in (3, 2):
            set_patrol_days(session, COMMUNITY, days, actor=manager, now=NOW)
    with database.read() as session:
        assert patrols_of(session, [area_row(session)], NOW)[tree[COMMUNITY].id].every_days == 2

"""Roles are data, held in a place or organisation for a time; two offices never meet."""

import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from portal.accounts import service
from portal.accounts.models import PersonOffice, RoleHolding
from portal.accounts.queries import actor_for, people_holding, role_holders
from portal.accounts.rules import Office, Permission, Refusal, Scope, roles
from portal.accounts.service import Place
from portal.kernel.audit import AuditEntry
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import new_id
from tests.make.accounts import actor, person, sign_in_as, staff
from tests.make.areas import small_tree
from tests.make.organisations import unit
from tests.pages import Browser

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
EAST, WEST = "/370283/370283001/", "/370283/370283002/"


def test_every_role_of_the_issue_exists_with_names_in_three_languages() -> None:
    wanted = {
        "resident", "shop_owner", "volunteer_organiser", "community_committee", "liaison_officer",
        "building_head", "road_head", "grid_lead", "street_desk", "handling_unit", "verifier",
        "auditor", "collector", "evaluator", "deputy", "political_adviser",
        "inspection", "press", "administrator", "city_centre", "credit_reviewer",
        "alliance_inspector", "service_inspector",
    }  # fmt: skip
    assert set(roles()) == wanted
    for role in roles().values():
        assert all(role.names[language] for language in ("zh_Hans", "zh_Hant", "en"))
        assert role.staff == (role.scope is not Scope.SELF)


def test_permissions_are_listed_in_alphabetical_order() -> None:
    assert [verb.value for verb in Permission] == sorted(verb.value for verb in Permission)


def test_every_permission_belongs_to_some_role() -> None:
    held = {verb for role in roles().values() for verb in role.permissions}
    assert held == set(Permission)


def test_p5_only_the_command_centre_sees_who_a_reporter_is() -> None:
    may = {role.code for role in roles().values() if Permission.IDENTITY_SEE in role.permissions}
    assert may == {"city_centre"}


def test_whoever_audits_administers_nothing() -> None:
    changing = {Permission.ROLE_GRANT, Permission.PEOPLE_MANAGE, Permission.AREA_MANAGE}
    for role in roles().values():
        if Permission.AUDIT_READ in role.permissions:
            assert role.office is Office.AUDIT
            assert not changing & role.permissions
        if changing & role.permissions:
            assert role.office is Office.ADMINISTRATION


def test_a_role_holds_in_its_place_and_below(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        desk = actor(session, staff(session, "street_desk", area=tree["370283001"]))
    dispatch = Permission.REPORT_DISPATCH
    assert desk.may(dispatch, place_path=EAST)
    assert desk.may(dispatch, place_path=tree["370283001001"].path)
    assert not desk.may(dispatch, place_path=WEST)
    assert not desk.may(dispatch, place_path="/370283/")
    # codes that begin alike are other places
    assert not desk.may(dispatch, place_path="/370283/3702830012/")
    assert desk.places_for(dispatch) == (EAST,)


def test_a_role_in_an_organisation_holds_for_it_alone(database: Database) -> None:
    with database.write() as session:
        one, other = unit(session, "U1"), unit(session, "U2")
        worker = actor(session, staff(session, "handling_unit", organisation=one))
    assert worker.may(Permission.REPORT_HANDLE, organisation_id=one.id)
    assert not worker.may(Permission.REPORT_HANDLE, organisation_id=other.id)
    assert worker.organisations_for(Permission.REPORT_HANDLE) == (one.id,)


def test_a_role_begins_and_ends_at_its_time(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        somebody = person(session)
        at = Place(tree["370283001"].id, None, NOW, NOW + timedelta(days=7))
        service.grant_role(session, None, somebody.id, "verifier", at, now=NOW)
    with database.read() as session:
        held = [
            actor_for(session, somebody.id, NOW + timedelta(days=days), second_factor=True)
            for days in (-1, 0, 6, 7)
        ]
    may = [Permission.REPORT_VERIFY in {g.permission for g in each.grants} for each in held]
    assert may == [False, True, True, False]


def test_one_person_holds_several_roles(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        somebody = staff(session, "grid_lead", area=tree["370283001001G01"])
        at = Place(area_id=tree["370283002"].id)
        service.grant_role(session, None, somebody.id, "verifier", at, now=NOW)
        both = actor(session, somebody)
    assert both.roles == {"resident", "grid_lead", "verifier"}
    assert both.may(Permission.REPORT_RESPOND, place_path=tree["370283001001G01"].path)
    assert both.may(Permission.REPORT_VERIFY, place_path=WEST)
    assert not both.may(Permission.REPORT_VERIFY, place_path=EAST)


@pytest.mark.parametrize(
    ("role", "with_area", "with_unit", "why"),
    [
        ("street_desk", False, False, Refusal.ROLE_NEEDS_AREA),
        ("handling_unit", True, False, Refusal.ROLE_NEEDS_ORGANISATION),
        ("auditor", True, False, Refusal.ROLE_NEEDS_CITY),
        ("mayor", True, False, Refusal.UNKNOWN_ROLE),
    ],
)
def test_a_role_where_it_cannot_be_held_is_refused(
    database: Database, role: str, why: Refusal, *, with_area: bool, with_unit: bool
) -> None:
    with database.write() as session:
        tree = small_tree(session)
        somebody = person(session)
        at = Place(tree["370283001"].id if with_area else None)
        with pytest.raises(Refused) as caught:
            service.grant_role(session, None, somebody.id, role, at, now=NOW)
    assert caught.value.code is why
    assert not with_unit


def test_an_administrator_gives_roles_only_in_the_own_place(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        boss = actor(session, staff(session, "administrator", area=tree["370283001"]))
        somebody = person(session)
        inside, outside = unit(session, "U1", area=tree["370283001"]), unit(session, "U2")
        grant = service.grant_role
        grant(session, boss, somebody.id, "verifier", Place(tree["370283001001"].id), now=NOW)
        at = Place(organisation_id=inside.id)
        grant(session, boss, somebody.id, "handling_unit", at, now=NOW)
        for role, at in (
            ("verifier", Place(tree["370283002"].id)),
            ("street_desk", Place(tree["370283"].id)),
            ("auditor", Place()),
            ("handling_unit", Place(organisation_id=outside.id)),
        ):
            with pytest.raises(Refused) as caught:
                grant(session, boss, somebody.id, role, at, now=NOW)
            assert caught.value.code is Refusal.NOT_YOUR_PLACE


def test_nobody_changes_the_own_roles(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        me = staff(session, "administrator", area=tree["370283"])
        boss = actor(session, me)
        at = Place(tree["370283"].id)
        with pytest.raises(Refused) as caught:
            service.grant_role(session, boss, me.id, "city_centre", at, now=NOW)
        assert caught.value.code is Refusal.OWN_ROLE


def test_the_same_role_in_the_same_place_is_held_once(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        somebody = staff(session, "verifier", area=tree["370283001"])
        at = Place(tree["370283001"].id)
        with pytest.raises(Refused) as caught:
            service.grant_role(session, None, somebody.id, "verifier", at, now=NOW)
    assert caught.value.code is Refusal.ROLE_HELD


@pytest.mark.parametrize("first", ["administrator", "auditor"])
def test_no_account_is_both_administrator_and_auditor(database: Database, first: str) -> None:
    second = "auditor" if first == "administrator" else "administrator"
    with database.write() as session:
        city = Place(small_tree(session)["370283"].id)
        somebody = person(session)
        service.grant_role(session, None, somebody.id, first, city, now=NOW)
    with pytest.raises(Refused) as caught, database.write() as session:
        service.grant_role(session, None, somebody.id, second, city, now=NOW)
    assert caught.value.code is Refusal.TWO_OFFICES


def test_an_auditor_who_was_administrator_before_is_none_now(database: Database) -> None:
    with database.write() as session:
        city = Place(small_tree(session)["370283"].id)
        ended, expired = person(session), person(session)
        holding = service.grant_role(session, None, ended.id, "administrator", city, now=NOW)
        at = Place(city.area_id, None, NOW, NOW + timedelta(days=1))
        service.grant_role(session, None, expired.id, "administrator", at, now=NOW)
    with database.write() as session:
        service.end_role(session, None, holding.number, now=NOW)
    later = NOW + timedelta(days=2)
    with database.write() as session:
        for somebody in (ended, expired):
            service.grant_role(session, None, somebody.id, "auditor", city, now=later)
            found = actor_for(session, somebody.id, later)
            assert found.roles == {"resident", "auditor"}


def test_of_two_racing_grants_of_both_offices_one_wins(database: Database) -> None:
    with database.write() as session:
        city = Place(small_tree(session)["370283"].id)
        people = [person(session).id for _ in range(5)]
    for who in people:
        gate, won = threading.Barrier(2), list[str]()

        def run(
            role: str, who: UUID = who, gate: threading.Barrier = gate, won: list[str] = won
        ) -> None:
            gate.wait()
            try:
                with database.write() as session:
                    service.grant_role(session, None, who, role, city, now=NOW)
                won.append(role)
            except Refused:
                pass

        threads = [threading.Thread(target=run, args=(r,)) for r in ("administrator", "auditor")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with database.read() as session:
            held = session.scalars(
                select(RoleHolding.role).where(
                    RoleHolding.person_id == who, RoleHolding.office.is_not(None)
                )
            ).all()
        assert held == won
        assert len(won) == 1


def test_the_database_itself_refuses_two_offices(database: Database) -> None:
    with database.write() as session:
        somebody = staff(session, "administrator", area=small_tree(session)["370283"])
    office = {"person_id": somebody.id, "office": Office.AUDIT}
    with pytest.raises(IntegrityError), database.write() as session:
        session.execute(insert(PersonOffice).values(office))
    holding = {"id": new_id(), "number": "X", "role": "auditor", "valid_from": NOW, **office}
    with pytest.raises(IntegrityError), database.write() as session:
        session.execute(insert(RoleHolding).values(holding))


def test_a_role_is_ended_once_and_stays_as_history(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        boss = actor(session, staff(session, "administrator", area=tree["370283001"]))
        somebody = person(session)
        at = Place(tree["370283001"].id)
        number = service.grant_role(session, None, somebody.id, "verifier", at, now=NOW).number
        at = Place(tree["370283002"].id)
        abroad = service.grant_role(session, None, somebody.id, "verifier", at, now=NOW).number
    with database.write() as session:
        service.end_role(session, boss, number, now=NOW)
    with pytest.raises(Conflict), database.write() as session:
        service.end_role(session, boss, number, now=NOW)
    with pytest.raises(Missing), database.write() as session:
        service.end_role(session, boss, abroad, now=NOW)
    with database.read() as session:
        row = session.scalars(select(RoleHolding).where(RoleHolding.number == number)).one()
        assert (row.ended_at, row.ended_by) == (NOW, boss.person_id)
        actions = select(AuditEntry.action).where(AuditEntry.person_id == somebody.id)
        assert sorted(session.scalars(actions)) == ["role:end", "role:grant", "role:grant"]


def test_those_who_may_act_on_a_case_are_found(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        units = unit(session, "U1"), unit(session, "U2")
        east = staff(session, "street_desk", area=tree["370283001"])
        centre = staff(session, "city_centre")
        workers = [staff(session, "handling_unit", organisation=each) for each in units]
        grid = staff(session, "grid_lead", area=tree["370283001001G01"])
    community = tree["370283001001"].path
    with database.read() as session:

        def found(permission: Permission, path: str, organisation: UUID | None = None) -> set[str]:
            rows = people_holding(session, permission, path, organisation, NOW)
            return {row.number for row in rows}

        assert found(Permission.REPORT_DISPATCH, community) == {east.number, centre.number}
        assert found(Permission.REPORT_DISPATCH, WEST) == {centre.number}
        assert found(Permission.REPORT_HANDLE, community, units[0].id) == {workers[0].number}
        assert found(Permission.REPORT_HANDLE, tree["370283001001G01"].path) == {grid.number}
        leads = [row.number for row in role_holders(session, "grid_lead", EAST, NOW)]
        assert leads == [grid.number]
        assert role_holders(session, "grid_lead", WEST, NOW) == []


def test_an_administrator_finds_gives_and_ends_on_the_pages(app: Flask, database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        boss = staff(session, "administrator", area=tree["370283001"], name="赵主任")
        staff(session, "verifier", area=tree["370283002"], name="西街核查员")
        staff(session, "verifier", area=tree["370283001"], name="东街核查员")
        resident = person(session, "李大山", "+8613800001299")
    browser = Browser(app).in_language("en")
    sign_in_as(browser, boss)
    page = browser.get("/admin/people")
    assert "东街核查员" in page.text
    assert "西街核查员" not in page.text
    # residents are not browsed: only the exact number finds them
    assert "李大山" not in browser.get("/admin/people?q=李").text
    page = browser.get("/admin/people?q=138 0000 1299").click("李大山")
    assert "138****1299" in page.text
    assert "1380000" not in page.html
    form = page.form(button="Give role")
    page = form.fill(role="grid_lead", area="东阁街道").send(status=200)
    assert "东阁街道" in page.text
    form = page.form(button="Give role")
    page = form.fill(role="grid_lead", area="370283002").send(status=422)
    assert len(page.errors) == 1
    held = browser.get(f"/admin/people/{resident.number}")
    held.form("/end").send(status=200)
    with database.read() as session:
        assert actor_for(session, resident.id, datetime.now(UTC)).roles == {"resident"}


def test_a_new_colleague_is_added_with_phone_and_role(app: Flask, database: Database) -> None:
    with database.write() as session:
        boss = staff(session, "administrator", area=small_tree(session)["370283"])
    browser = Browser(app).in_language("en")
    sign_in_as(browser, boss)
    form = browser.get("/admin/people/new").form().fill(name="孙新", phone="138 0000 1298")
    page = form.send(status=200)
    form = page.form(button="Give role").fill(
        role="street_desk", area="370283001", until="2000-01-01"
    )
    form.send(status=422)
    form = page.form(button="Give role").fill(role="street_desk", area="370283001")
    assert form.send(status=200).h1 == "孙新"
    form = browser.get("/admin/people/new").form().fill(name="孙新", phone="138 0000 1298")
    form.send(status=422)

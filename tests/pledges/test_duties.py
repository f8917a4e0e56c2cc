"""For whom an inspector comes follows from her duty; outside of it she is told why not (R176)."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from pledges.models import (
    Alliance,
    AllianceMember,
    DoorVisit,
    Inspection,
    Premises,
)
from pledges.queries.duties import by_whom
from pledges.queries.inspections import inspection_by_number
from pledges.queries.signing import signing_door
from pledges.rules.inspections import Body, InspectionRefusal
from pledges.rules.signing import SigningWay
from pledges.rules.visits import VisitPurpose
from pledges.service.assisted import ways_of
from pledges.service.inspections import make_inspection
from pledges.service.visits import VisitWish, log_visit
from portal.accounts.rules import Actor
from portal.accounts.service import Place, grant_role
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from portal.organisations.models import Organisation
from portal.organisations.rules import CompanyStanding, OrganisationKind, OrganisationRefusal
from tests.make import pledges as make
from tests.make.accounts import actor, staff
from tests.make.inspections import OTHER_STREET, STREET, Frontage, frontage
from tests.make.organisations import unit
from tests.make.pledges import NOW, TODAY
from tests.pledges.test_inspection_pages import browser_of


@pytest.fixture
def made(app: Flask, database: Database) -> Frontage:
    return frontage(database)


def serving(
    made: Frontage, place: str, kind: OrganisationKind = OrganisationKind.COMPANY, **changes: Any
) -> Actor:
    """Somebody whose role names a body that serves a place."""
    with made.database.write() as session:
        firm = unit(session, "FIRM", "洁城公司", kind=kind, area=made.tree[place])
        for name, value in changes.items():
            setattr(firm, name, value)
        row = staff(session, "service_inspector", area=made.tree[STREET], organisation=firm)
        return actor(session, row)


def looked(made: Frontage, who: Actor, body: Body) -> Any:
    number = made.do(make_inspection, who, made.door, made.wish(body=body), now=NOW)
    with made.database.read() as session:
        row = inspection_by_number(session, number)
        assert row is not None
        return row, by_whom(session, [row]).of(row)


def refused(made: Frontage, who: Actor, body: Body) -> Any:
    with pytest.raises(Refused) as told:
        made.do(make_inspection, who, made.door, made.wish(body=body), now=NOW)
    assert told.value.field == "body"
    return told.value.code


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (OrganisationKind.COMPANY, Body.COMPANY),
        (OrganisationKind.SOCIAL_ORG, Body.SOCIAL_ORG),
    ],
)
def test_whoever_serves_a_place_comes_for_the_body_that_her_role_names(
    made: Frontage, kind: OrganisationKind, body: Body
) -> None:
    row, names = looked(made, serving(made, STREET, kind), body)
    with made.database.read() as session:
        assert session.scalar(select(Organisation.code).where(
            Organisation.id == row.organisation_id)) == "FIRM"  # fmt: skip
    assert names == {"zh_Hans": "洁城公司"}


def test_a_company_comes_only_where_it_serves(made: Frontage) -> None:
    who = serving(made, OTHER_STREET)
    assert refused(made, who, Body.COMPANY) is InspectionRefusal.OUTSIDE
    # its role names a company, no social organisation
    assert refused(made, who, Body.SOCIAL_ORG) is InspectionRefusal.NO_UNIT


def test_a_company_that_is_given_no_new_work_inspects_nothing(made: Frontage) -> None:
    who = serving(made, STREET, standing=CompanyStanding.SUSPENDED, standing_since=TODAY)
    assert refused(made, who, Body.COMPANY) is OrganisationRefusal.WITHOUT_NEW_WORK


def test_an_office_held_elsewhere_makes_nobody_official_here(made: Frontage) -> None:
    with made.database.write() as session:
        firm = unit(
            session, "FIRM", "洁城公司", kind=OrganisationKind.COMPANY, area=made.tree[STREET]
        )
        row = staff(session, "service_inspector", area=made.tree[STREET], organisation=firm)
        elsewhere = Place(area_id=made.tree[OTHER_STREET].id)
        grant_role(session, None, row.id, "liaison_officer", elsewhere, now=NOW)
        session.flush()
        who = actor(session, row)
        door = signing_door(session, made.door)
        assert door is not None
        assert ways_of(who, door) == (SigningWay.VISIT_CODE,)
    assert "liaison_officer" in who.roles
    assert refused(made, who, Body.LIAISON) is InspectionRefusal.NO_BODY
    looked(made, who, Body.COMPANY)


def test_a_role_that_names_nobody_is_told_so(made: Frontage) -> None:
    with made.database.write() as session:
        who = actor(session, staff(session, "service_inspector", area=made.tree[STREET]))
    assert refused(made, who, Body.COMPANY) is InspectionRefusal.NO_UNIT


def ally(session: Session, made: Frontage, place: str) -> tuple[Actor, Alliance]:
    """An inspector who speaks for a shop of an alliance of a place."""
    area = made.tree[place]
    person = staff(session, "alliance_inspector", area=made.tree[STREET])
    door = session.scalars(select(Premises).where(Premises.number == made.door)).one()
    found = Alliance(
        district=door.district, name_zh_hans="胜利路联盟", area_id=area.id, place_path=area.path,
        founded_on=TODAY, made_at=NOW,
    )  # fmt: skip
    session.add(found)
    shop = make.premises(session, area, "14号", title="隔壁书店")
    runs = make.operator(session, shop, person_id=person.id, phone="13900000031")
    session.add(
        AllianceMember(
            district=door.district, alliance_id=found.id, premises_id=shop.id,
            operator_id=runs.id, joined_at=NOW,
        )
    )  # fmt: skip
    session.flush()
    return actor(session, person), found


def test_a_member_comes_for_the_alliance_that_looks_after_the_door(made: Frontage) -> None:
    with made.database.write() as session:
        who, alliance = ally(session, made, STREET)
        expected = alliance.id
    row, names = looked(made, who, Body.ALLIANCE)
    assert (row.alliance_id, row.organisation_id) == (expected, None)
    assert names == {"zh_Hans": "胜利路联盟"}


def left(session: Session, alliance: Alliance) -> None:
    session.scalars(select(AllianceMember)).one().left_at = NOW


def ended(session: Session, alliance: Alliance) -> None:
    alliance.ended_on = TODAY


@pytest.mark.parametrize("change", [left, ended, None])
def test_of_no_alliance_of_this_door_nobody_comes(
    made: Frontage, change: Callable[[Session, Alliance], None] | None
) -> None:
    with made.database.write() as session:
        who, alliance = ally(session, made, STREET if change else OTHER_STREET)
        if change is not None:
            change(session, alliance)
    assert refused(made, who, Body.ALLIANCE) is InspectionRefusal.NO_ALLIANCE


def test_R176_the_owner_reads_which_body_came_and_no_name(app: Flask, made: Frontage) -> None:
    with made.database.write() as session:
        unit(
            session, "STREET", "东阁街道办事处", kind=OrganisationKind.STREET_OFFICE,
            area=made.tree[STREET],
        )  # fmt: skip
    made.breach()
    page = browser_of(app, made, made.owner).get("/me/breaches", status=200)
    page = page.click("swept", status=200)
    assert "a liaison officer" in page.text
    assert "东阁街道办事处" in page.text
    # the name that tests give to staff
    assert "李同志" not in page.html


def test_R295_a_visit_is_noted_for_the_body_that_came(app: Flask, made: Frontage) -> None:
    wish = VisitWish(VisitPurpose.EXPLAIN, Body.SOCIAL_ORG, NOW, agreed=False)
    outside = serving(made, OTHER_STREET, OrganisationKind.SOCIAL_ORG)
    with pytest.raises(Refused) as told:
        made.do(log_visit, outside, made.door, wish, now=NOW)
    assert told.value.code is InspectionRefusal.OUTSIDE
    with made.database.write() as session:
        firm = session.scalars(select(Organisation).where(Organisation.code == "FIRM")).one()
        firm.area_id = made.tree[STREET].id
    made.do(log_visit, outside, made.door, wish, now=NOW)
    with made.database.read() as session:
        assert session.scalars(select(DoorVisit.organisation_id)).one() == firm.id
        assert session.scalars(select(Inspection.id)).all() == []
    # the next who comes reads it at the door, and on the list
    phone = browser_of(app, made, made.inspector)
    for path in (f"at/{made.door}", ""):
        page = phone.get(f"/desk/pledges/visits/{path}", status=200)
        assert "洁城公司" in page.text
        assert "a social organisation" in page.text

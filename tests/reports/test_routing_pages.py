"""Pages of the responsibility list, of a case's way, and of what the desk enters about it."""

import re
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.models import Person
from portal.kernel import clock
from portal.kernel.audit import AuditEntry
from portal.kernel.db import Database
from portal.organisations.models import Organisation
from portal.organisations.rules import OrganisationKind
from portal.reports.models import CaseCoUnit
from portal.reports.queries.routing import responsibilities
from portal.reports.rules.codes import Precision, State, Target
from portal.reports.rules.routing import ENFORCEMENT_CONDUCT
from tests.make import accounts, reports
from tests.make.desk import City, small_city
from tests.make.organisations import unit
from tests.make.routing import allow, rule
from tests.pages import Browser

LIST = "/places/responsibilities"
KEEP = "/admin/responsibilities/"
COMING = date(2099, 1, 1)


@pytest.fixture
def city(app: Flask, database: Database) -> City:
    made = small_city(app, database)
    with database.write() as session:
        street = made.tree["370283001"]
        unit(session, "JD", "东阁街道办事处", kind=OrganisationKind.STREET_OFFICE, area=street)
        unit(session, "JW", "东阁居委会", kind=OrganisationKind.COMMITTEE, area=made.area)
        reports.category(session)
        reports.category(session, "noise", name="噪音扰民")
        rule(session, "R1", "CLEAN", "street_office", category="litter", source="第一条")
        coming = {"area_code": street.code, "valid_from": COMING, "source": "移交"}
        rule(session, "R2", "JD", category="litter", **coming)
        rule(session, "R3", "ROADS", group="order", area_code="370283002", source="第三条")
        rule(session, "R4", "JD", category="noise", valid_to=date(2026, 2, 1), source="从前")
        allow(session, "A1", category="litter")
    return made


def _keeper(city: City) -> Browser:
    with city.database.write() as session:
        person = accounts.staff(session, "administrator", area=city.tree["370283001"])
    return city.browser(person)


def test_r008_r112_anybody_reads_who_is_responsible_since_when_and_by_what(city: City) -> None:
    browser = Browser(city.app).in_language("en")
    page = browser.get(LIST, status=200)
    for words in ("环卫中心", "The street office of the place", "第一条", "1 January 2026"):
        assert words in page.text
    # powers that are yet to be handed over are shown with their day (R228)
    assert re.search(r"from\s+1 January 2099 on", page.soup.text)
    assert "从前" not in page.text
    assert "从前" in page.click("Show what has ended, too").text
    # a place: what holds in it or in part of it, and nothing of its neighbours
    there = browser.get(f"{LIST}?area=370283001", status=200)
    shown = ["第一条" in there.text, "移交" in there.text, "第三条" in there.text]
    assert shown == [True, True, False]
    kind = browser.get(f"{LIST}?category=noise&past=1", status=200)
    assert ("从前" in kind.text, "第一条" in kind.text) == (True, False)


def test_only_a_keeper_adds_and_ends_rows_and_each_is_in_the_audit(city: City) -> None:
    assert city.browser(city.desk).get(KEEP).status == 403
    keeper = _keeper(city)
    page = keeper.get(KEEP, status=200).click("Add a row")
    tomorrow = clock.now().date() + timedelta(days=2)
    form = page.form().fill(
        category="kind:noise", lead_code="jd", valid_from=tomorrow.isoformat(), source="新清单"
    )
    assert form.values["area_code"] == "370283001"
    form.fill(source="").send("Save", status=422)
    page = form.fill(source="新清单", lead_code="nobody").send("Save", status=422)
    assert page.form().values["source"] == "新清单", "nothing typed is lost"
    page = page.form().fill(lead_code="jd").send("Save", status=200)
    assert "新清单" in page.text
    with city.database.read() as session:
        [new] = [row for row in responsibilities(session) if row.source == "新清单"]
    # the same again stands against it
    page = keeper.get(f"{KEEP}new", status=200)
    again = page.form().fill(
        category="kind:noise", lead_code="JD", valid_from=tomorrow.isoformat(), source="又一次"
    )
    page = again.send("Save", status=422)
    assert new.code in page.errors[0]
    # ended on a day; a row of the whole city is not hers to end
    later = tomorrow + timedelta(days=30)
    page = keeper.get(f"{KEEP}{new.code}/end", status=200)
    page.form().fill(on=later.isoformat()).send("End this row", status=200)
    assert keeper.get(f"{KEEP}R1/end").status == 403
    with city.database.read() as session:
        [row] = responsibilities(session, [new.code])
        noted = session.scalars(
            select(AuditEntry.action).where(AuditEntry.action.startswith("routing:"))
        )
        assert (row.valid_to, sorted(noted)) == (later, ["routing:add", "routing:end"])
    page = keeper.get(f"{KEEP}communities/new", status=200)
    page.form().fill(
        category="group:order", valid_from=tomorrow.isoformat(), source="准入目录"
    ).send("Save", status=200)
    assert "准入目录" in Browser(city.app).get(LIST, status=200).text


def test_the_dispatch_form_offers_the_named_unit_first_with_its_reason(city: City) -> None:
    number = city.case(state=State.FILED)
    desk = city.browser(city.desk)
    page = desk.get(f"/desk/cases/{number}", status=200)
    assert "第一条" in page.text
    page = desk.get(f"/desk/cases/{number}/dispatch", status=200)
    first = page.soup.select('input[name="unit"]')[0]
    assert (first["value"], first.has_attr("checked")) == (str(city.unit.id), True)
    assert "第一条" in page.text
    ticked = [box["value"] for box in page.soup.select('input[name="co_units"][checked]')]
    assert len(ticked) == 1
    page.form().send("Dispatch to a unit", status=200)
    with city.database.read() as session:
        assert session.scalars(select(CaseCoUnit.unit_id)).all() == [
            session.scalars(select(Organisation.id).where(Organisation.code == "JD")).one()
        ]
    # of another kind nobody is named: that is said, and the next in line is offered
    other = city.case(category_code="noise", state=State.FILED)
    way = desk.get(f"/desk/cases/{other}/way", status=200)
    assert "Nobody is named for it in the responsibility list" in way.text
    assert "东阁街道办事处" in way.text
    # the community is not offered, and the page says why
    assert "东阁居委会" not in desk.get(f"/desk/cases/{other}/dispatch", status=200).text
    assert "communities" in way.text
    assert "东阁居委会" in way.text


def test_what_is_entered_about_a_case_changes_who_is_named(city: City) -> None:
    with city.database.write() as session:
        rule(session, "R9", "JD", category="litter", area_over=500, source="五百平米")
    number = city.case(state=State.FILED)
    desk = city.browser(city.desk)
    page = desk.get(f"/desk/cases/{number}/way", status=200).click("Enter what is known")
    bad = page.form().fill(area_m2="很大").send("Save", status=422)
    assert bad.errors == ["Write a whole number of square metres."]
    assert bad.form().values["area_m2"] == "很大"
    page = bad.form().fill(area_m2="501").send("Save", status=200)
    assert "五百平米" in page.text
    assert "501" in page.text
    assert city.browser(city.worker).get(f"/desk/cases/{number}/known").status in {403, 404}


def test_r188_a_supporting_unit_confirms_and_answers_on_its_own_page(city: City) -> None:
    with city.database.write() as session:
        office = session.scalars(select(Organisation).where(Organisation.code == "JD")).one()
        person: Person = accounts.staff(session, "handling_unit", organisation=office)
    number = city.case(state=State.FILED)
    city.browser(city.desk).get(f"/desk/cases/{number}/dispatch").form().send(
        "Dispatch to a unit", status=200
    )
    helper = city.browser(person)
    listed = helper.get("/desk/?task=support", status=200)
    assert number in listed.text
    page = helper.get(f"/desk/cases/{number}", status=200)
    assert "Report the work as done" not in page.text
    page = page.click("Confirm that you have read it")
    page = page.form().fill(words="明天一起去").send("Confirm", status=200)
    assert "明天一起去" in page.text
    seen = city.browser(city.desk).get(f"/desk/cases/{number}", status=200)
    assert "read and answered on" in seen.text
    assert city.browser(city.lead).get(f"/desk/cases/{number}/receipt").status == 403


def test_anybody_reads_why_it_went_where_it_went_but_of_a_person_not_even_where(
    city: City,
) -> None:
    with city.database.write() as session:
        reports.category(
            session, ENFORCEMENT_CONDUCT, target=Target.PERSON_OR_SHOP,
            precision=Precision.COMMUNITY, name="执法不文明",
        )  # fmt: skip
        rule(session, "R8", "CLEAN", category=ENFORCEMENT_CONDUCT, source="督察第八条")
    stranger = Browser(city.app).in_language("en")
    for category, shown in (("litter", True), (ENFORCEMENT_CONDUCT, False)):
        number = city.case(category_code=category, state=State.FILED, listed=True)
        assert "not been given to a unit yet" in stranger.get(f"/reports/{number}/way").text
        city.browser(city.desk).get(f"/desk/cases/{number}/dispatch").form().fill(
            words="内部说明"
        ).send("Dispatch to a unit", status=200)
        page = stranger.get(f"/reports/{number}", status=200).click("Why it went where it went")
        main = page.soup.select_one("main")
        assert main is not None
        assert ("环卫中心" in main.text) is shown
        assert ("第一条" in main.text or "第八条" in main.text) is shown
        assert "内部说明" not in page.text
        assert "It was not passed on" in page.text
    hidden = city.case(state=State.DISPATCHED, listed=False)
    assert stranger.get(f"/reports/{hidden}/way").status == 404

"""Pages of working time: a missing year is said on the desk and in /readyz, and added."""

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.models import Person
from portal.areas.models import Area
from portal.kernel import clock, jobs
from portal.kernel.calendars import calendar_rows, load_calendars
from portal.kernel.db import Database
from portal.kernel.instance import instance_of
from tests.make import accounts
from tests.make.areas import small_tree
from tests.pages import Browser

NEXT = clock.now().year + 1


@pytest.fixture
def keeper(database: Database) -> Person:
    with database.write() as session:
        tree = small_tree(session)
        load_calendars(session, instance_of(session).city, clock.now())
        return accounts.staff(session, "administrator", area=tree["370283"])


def _browser(app: Flask, person: Person) -> Browser:
    browser = Browser(app)
    accounts.sign_in_as(browser, person)
    return browser.in_language("en")


def test_a_year_is_added_line_by_line_and_bad_lines_are_named(
    app: Flask, database: Database, keeper: Person
) -> None:
    browser = _browser(app, keeper)
    page = browser.get("/admin/").click("Working time", status=200)
    assert "Office hours" in page.text
    form = browser.get(f"/admin/calendars/office/year?year={NEXT}", status=200).form()
    days = f"{NEXT}-01-01,holiday\n{NEXT}-01-02,off\nnext week,holiday"
    wrong = form.fill(days=days, source="notice").send(status=422)
    assert "Line 2: the kind is holiday or makeup." in wrong.errors[0]
    assert "Line 3: write a day like 2027-01-01." in wrong.errors[0]
    assert wrong.form().values["days"].strip() == days
    done = wrong.form().fill(days=f"{NEXT}-01-01,holiday").send(status=200)
    assert str(NEXT) in done.text
    with database.read() as session:
        office = calendar_rows(session)[0]
        assert (NEXT, "notice") in office.years
    # the same page again has what is known, so that it can be put right
    again = browser.get(f"/admin/calendars/office/year?year={NEXT}", status=200).form()
    assert again.values["days"].strip() == f"{NEXT}-01-01,holiday"


def test_of_two_pages_that_change_a_calendar_the_second_is_told(app: Flask, keeper: Person) -> None:
    browser = _browser(app, keeper)
    one = browser.get("/admin/calendars/office/year?year=2031", status=200).form()
    two = browser.get("/admin/calendars/office/year?year=2032", status=200).form()
    one.fill(days="2031-01-01,holiday", source="x").send(status=200)
    late = two.fill(days="2032-01-01,holiday", source="x").send(status=409)
    assert "Somebody else has just changed this calendar" in late.text
    assert late.form().values["days"].strip() == "2032-01-01,holiday"


def test_whoever_keeps_one_street_does_not_change_the_working_time_of_the_city(
    app: Flask, database: Database, keeper: Person
) -> None:
    assert keeper
    with database.write() as session:
        street = session.scalars(select(Area).where(Area.level == "street")).first()
        assert street is not None
        local = accounts.staff(session, "administrator", area=street)
    browser = _browser(app, local)
    # she reads what holds everywhere, and is offered nothing to change
    assert not browser.get("/admin/calendars/").soup.select("main a[href*='/year']")
    assert browser.get("/admin/calendars/office/year").status == 404


def test_a_missing_year_stands_on_the_desk_and_in_readyz_without_taking_the_city_offline(
    app: Flask, database: Database, keeper: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "alive", lambda *_args, **_more: True)
    browser = _browser(app, keeper)
    november = clock.now().replace(year=2026, month=11, day=2)
    for module in ("portal.site.views", "portal.reports.views.desk"):
        monkeypatch.setattr(f"{module}.now", lambda: november)
    ready = browser.client.get("/readyz")
    shown = ready.get_data(as_text=True).splitlines()
    assert ready.status_code == 200
    assert shown[0] == "ready"
    assert "office does not know 2027, add it before the year begins" in shown[1]
    desk = browser.get("/desk/", status=200)
    assert "The working days of 2027 are not known yet" in desk.text
    assert desk.click("Add the year").path == "/admin/calendars/"

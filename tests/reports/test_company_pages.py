"""Pages of service companies: everybody reads how one stands; who decides and who answers."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.organisations.models import Organisation
from portal.organisations.rules import CompanyStanding
from portal.reports.models import CompanyCheckPhoto
from portal.reports.queries.companies import steps_of
from portal.reports.rules.companies import CompanyRefusal, why_not_day
from portal.reports.rules.company_limits import limits_from
from portal.reports.rules.company_personal import PHOTOS_KEPT
from portal.reports.service.company_photos import PhotosOfChecks
from portal.reports.service.company_scores import freeze_scores
from portal.reports.service.counting import count_everything
from tests.make import accounts
from tests.make.companies import contracted, row_of, stands
from tests.make.desk import City, small_city
from tests.make.photos import jpeg
from tests.pages import Browser


def _company(city: City) -> tuple[Browser, Browser, Browser, Browser]:
    """Two who decide, an inspector, and somebody who speaks for the company."""
    with city.database.write() as session:
        firm = contracted(session)
        stands(session, CompanyStanding.ACTIVE)
        row = session.get_one(Organisation, firm.id)
        other = accounts.staff(session, "city_centre", area=city.tree["370283"], name="另一位")
        speaker = accounts.staff(session, "handling_unit", organisation=row, name="经理")
    return (
        city.browser(city.centre),
        city.browser(other),
        city.browser(city.verifier),
        city.browser(speaker),
    )


def test_r250_the_standing_is_public_and_its_exit_goes_through_the_pages(
    app: Flask, database: Database
) -> None:
    city = small_city(app, database)
    one, other, _inspector, speaker = _company(city)
    form = one.get("/desk/companies/FW/step")
    empty = form.form().send("Propose it and tell the company", status=422)
    assert "Choose one of the steps that can follow now." in empty.text
    asked = empty.form().fill(after="exited", reason="连续不合格", basis="第十二条")
    asked.send("Propose it and tell the company", status=200)
    public = Browser(app).in_language("en")
    assert "连续不合格" not in public.get("/companies/FW").text
    with database.read() as session:
        number = steps_of(session, row_of(session).unit.id)[0].number
    address = f"/desk/companies/hearings/{number}"
    # who proposed it, and everybody while the company may still answer, settles nothing
    assert "nothing for you to do" in one.get(address).text
    assert "nothing for you to do" in other.get(address).text
    speaker.get(address).form().fill(words="已整改").send("Send the answer", status=200)
    said = other.get(address)
    assert "已整改" in said.text
    said.form().fill(outcome="stands", words="仍不合格").send("Settle it", status=200)
    page = public.get("/companies/FW")
    assert "Left the list" in page.text
    assert "连续不合格" in page.text
    assert "已整改" not in page.text
    assert "Left the list" in public.get("/companies/").text


def test_r249_an_inspector_writes_down_a_check_and_the_company_reads_it(
    app: Flask, database: Database
) -> None:
    city = small_city(app, database)
    _one, other, inspector, speaker = _company(city)
    form = inspector.get("/desk/companies/FW/check").form()
    keep = "Keep it and tell the company"
    wrong = form.fill(spot="人民路", mark_clean="11").send(keep, status=422)
    assert "Give at least one mark from 0 to 10." in wrong.text
    done = wrong.form().fill(mark_clean="7").send(keep, status=200)
    assert "人民路" in done.text
    assert "人民路" in speaker.get("/desk/companies/FW").text
    assert "人民路" not in Browser(app).in_language("en").get("/companies/FW").text
    other.get("/desk/companies")
    city.browser(city.worker).get("/desk/companies/FW", status=404)


def test_photos_of_a_check_are_seen_by_both_sides_and_go_after_their_time(
    app: Flask, database: Database
) -> None:
    city = small_city(app, database)
    _one, other, inspector, speaker = _company(city)
    form = inspector.get("/desk/companies/FW/check").form()
    form.fill(spot="人民路", mark_clean="7").attach("photos", jpeg())
    done = form.send("Keep it and tell the company", status=200)
    [picture] = done.soup.select("main li a img")
    small, large = str(picture["src"]), str(picture.parent["href"]) if picture.parent else ""
    for address in (small, large):
        for browser in (inspector, other, speaker):
            with browser.client.get(address) as response:
                assert (response.status_code, response.mimetype) == (200, "image/jpeg")
                assert response.headers["Cache-Control"] == "private, no-store"
        # nobody else, also not once the check counts and everybody reads its marks
        assert city.browser(city.worker).get(address).status in {403, 404}
        assert Browser(app).client.get(address).status_code in {302, 303, 401, 403}
    provider, late = PhotosOfChecks(), now() + PHOTOS_KEPT
    with database.write() as session:
        assert provider.expire(session, late - timedelta(days=1)) == 0
        assert provider.due(session, late) == {"company_check_photo": 1}
        assert provider.expire(session, late + timedelta(days=1)) == 1
        assert session.scalars(select(CompanyCheckPhoto)).all() == []
    assert inspector.get(large).status == 404


def test_a_city_sets_how_long_a_company_is_heard_and_nothing_that_cannot_be_meant() -> None:
    limits = limits_from({"company_answer_days": 7, "company_check_days": 3})
    assert (limits.answer.days, limits.objection.days, limits.check_days) == (7, 15, 3)
    day = date(2026, 11, 20)
    assert why_not_day(day, day + timedelta(days=3), limits.check_days) is None
    late = why_not_day(day, day + timedelta(days=4), limits.check_days)
    assert late is CompanyRefusal.BAD_DAY
    for bad in ({"company_answer_days": 2}, {"company_objection_days": True}):
        with pytest.raises(ValueError, match=next(iter(bad))):
            limits_from(bad)


def test_r249_everybody_reads_the_scores_as_pages_and_tables(
    app: Flask, database: Database
) -> None:
    city = small_city(app, database)
    _company(city)
    with database.write() as session:
        count_everything(session, now())
        assert freeze_scores(session, "2026-Q3", now=now()) == 1
    public = Browser(app).in_language("en")
    assert "Quarter 3 of 2026" in public.get("/companies/FW").text
    assert "too little is known" in public.get("/companies/").text
    with app.test_client().get("/companies/scores.csv") as table:
        header, line = table.get_data(as_text=True).strip().splitlines()
    assert header.split(",")[1:4] == ["name", "quarter", "revision"]
    assert "2026-Q3" in line
    with app.test_client().get("/companies/scores.xlsx") as sheet:
        book = load_workbook(BytesIO(sheet.data))
    assert book.active["C2"].value == "2026-Q3"
    assert app.test_client().get("/companies/scores.exe").status_code == 404
    assert app.test_client().get("/companies/HW").status_code == 404

"""A matter's short address, the text to paste, its card; and that inner notes stay inside."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.kernel import clock
from portal.kernel.db import Database
from portal.reports.models import Case, CaseText
from portal.reports.rules.codes import Event, PhotoKind, Review, State, Target
from portal.reports.service.handling import take_step
from portal.reports.service.personal import ReportsOfAPerson
from tests.make import accounts, reports
from tests.make.desk import City, small_city
from tests.pages import Browser, Page

INNER = "内部备注勿外传"


@pytest.fixture
def city(app: Flask, database: Database) -> City:
    return small_city(app, database)


def shared(page: Page) -> str:
    return page.soup.select("#share-text")[0].text.strip()


def card(page: Page) -> dict[str, str]:
    return {str(tag["property"]): str(tag["content"]) for tag in page.soup.select("meta[property]")}


def test_r288_a_public_matter_has_a_text_to_paste_a_short_address_and_a_card(city: City) -> None:
    number = city.case(state=State.DISPATCHED, listed=True)
    with city.database.write() as session:
        made = session.get_one(Case, (reports.DISTRICT, city.row(number).id))
        picture = reports.photo(session, made, review=Review.APPROVED, kind=PhotoKind.BEFORE).code
    passer_by = Browser(city.app).in_language("en")
    page = passer_by.get(f"/reports/{number}", status=200)
    assert shared(page).endswith(f"/m/{number}")
    assert "Exposed litter" in shared(page)
    assert "Assigned" in shared(page)
    assert picture in card(page)["og:image"]
    assert card(page)["og:title"] == "Exposed litter"
    short = passer_by.client.get(f"/m/{number.replace('-', '').lower()}")
    assert (short.status_code, short.headers["Location"]) == (302, f"/reports/{number}")
    desk = shared(city.browser(city.desk).get(f"/desk/cases/{number}", status=200))
    assert f"/m/{number}" in desk
    assert desk.endswith(f"/desk/cases/{number}")


def test_P5_what_is_passed_on_of_a_shop_or_a_hazard_holds_no_more_than_is_public(
    city: City,
) -> None:
    with city.database.write() as session:
        reports.category(session, "shop_overflow", target=Target.PERSON_OR_SHOP, name="出店经营")
    number = city.case(
        state=State.DISPATCHED, listed=True, category_code="shop_overflow", words="王家面馆占道"
    )
    with city.database.write() as session:
        made = session.get_one(Case, (reports.DISTRICT, city.row(number).id))
        reports.photo(session, made, review=Review.APPROVED)
    page = Browser(city.app).get(f"/reports/{number}", status=200)
    assert "og:image" not in card(page)
    assert "王家面馆" not in page.html
    assert "出店经营" in shared(page)
    hidden = city.case(state=State.DISPATCHED, listed=False)
    desk = shared(city.browser(city.desk).get(f"/desk/cases/{hidden}", status=200))
    assert "Exposed litter" not in desk
    assert f"/m/{hidden}" not in desk


def test_an_inner_note_is_read_by_those_who_work_on_it_and_by_nobody_outside(city: City) -> None:
    with city.database.write() as session:
        somebody = accounts.person(session)
        made = reports.case(
            session, city.area, state=State.DISPATCHED, unit=city.unit, listed=True,
            reporter=somebody, at=clock.now() - timedelta(hours=5),
        )  # fmt: skip
        row = reports.row_of(session, made)
        by = reports.handler(city.unit)
        take_step(session, row, Event.NOTE, actor=by, now=clock.now(), words=INNER)
        exported = str(ReportsOfAPerson().export(session, somebody.id))
        kept = session.scalars(select(CaseText.public_text).where(CaseText.text == INNER)).one()
    assert kept is None
    assert INNER not in exported
    for reader in (city.worker, city.desk):
        assert INNER in city.browser(reader).get(f"/desk/cases/{made.number}", status=200).text
    outside = Browser(city.app)
    owner = city.browser(somebody)
    for address in (
        f"/reports/{made.number}",
        f"/reports/{made.number}/print",
        f"/reports/?q={INNER[:4]}",
        "/feeds/reports.atom",
        "/feeds/reports.geojson",
        f"/open311/v2/requests/{made.number}.json?extensions=true",
    ):
        for browser in (outside, owner):
            assert INNER not in browser.client.get(address).get_data(as_text=True)

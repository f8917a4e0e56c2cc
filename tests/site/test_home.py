"""The first page, and the page of those who look after the portal."""

from datetime import timedelta

import pytest

from portal.kernel import clock
from portal.kernel.db import Database
from tests.make.accounts import sign_in_as, staff
from tests.make.areas import small_tree
from tests.make.reports import reported
from tests.pages import Browser


def test_the_first_page_offers_to_report_and_to_look_up(browser: Browser) -> None:
    page = browser.get("/?lang=en", status=200)
    assert "The city today" not in page.text, "nothing to count yet"
    assert page.click("Report a problem", status=200).path.startswith("/reports/new")
    found = page.form("/track").fill(number="7K3M9-QX2HD").send("Look up", status=200)
    assert found.path == "/track"
    assert found.form().values["number"] == "7K3M9-QX2HD"


def test_the_first_page_counts_the_city_s_day(browser: Browser, database: Database) -> None:
    with database.write() as session:
        area = small_tree(session)["370283001001"]
        reported(session, area, found_at=clock.now())
        reported(session, area, found_at=clock.now() - timedelta(days=3))
    text = browser.get("/?lang=en", status=200).text
    assert "1 reported today" in text
    assert "0 settled today" in text
    assert "2 being worked on now" in text


@pytest.mark.parametrize(
    ("role", "seen", "hidden"),
    [
        ("administrator", "/admin/people", "/desk/cards"),
        ("community_committee", "/desk/cards", "/admin/people"),
    ],
)
def test_keepers_find_what_they_look_after_and_no_more(
    browser: Browser, database: Database, role: str, seen: str, hidden: str
) -> None:
    with database.write() as session:
        area = small_tree(session)["370283001001"]
        person = staff(session, role, area=area)
    sign_in_as(browser, person)
    links = browser.get("/admin/", status=200).links()
    assert seen in links
    assert hidden not in links
    assert browser.get("/admin/").response.headers["Cache-Control"] == "no-store"


def test_a_stranger_at_the_keepers_page_is_asked_to_sign_in(browser: Browser) -> None:
    assert browser.get("/admin/").path == "/sign-in"

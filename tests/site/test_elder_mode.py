"""Elder mode: kept by a cookie, offered once, taken and refused by link."""

import pytest
from flask import Flask

from tests.make.display import look
from tests.pages import Browser


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Nothing here differs between the engines."""
    return sqlite_url


def test_elder_mode_is_kept_and_has_fewer_links(browser: Browser) -> None:
    usual = browser.get("/help")
    (switch,) = usual.soup.select("a.elder-switch")
    page = browser.get(str(switch["href"]))
    assert page.path == "/help"
    assert "elder" in look(page)
    assert len(page.soup.select(".main-nav a")) == 4 < len(usual.soup.select(".main-nav a"))
    assert page.soup.select(".banner a[href='tel:12345']")
    (switch,) = page.soup.select("a.elder-switch")
    assert "elder" not in look(browser.get(str(switch["href"])))


def test_elder_mode_is_offered_once(browser: Browser) -> None:
    page = browser.get("/reports/?q=灯")
    assert page.soup.select(".offer")
    assert not browser.get("/help").soup.select(".offer")


def test_the_offer_can_be_taken_and_refused_by_link(app: Flask) -> None:
    for name, mode in (("offer-yes", True), ("offer-no", False)):
        browser = Browser(app)
        (link,) = browser.get("/help").soup.select(f"a.{name}")
        page = browser.get(str(link["href"]))
        assert page.path == "/help"
        assert ("elder" in look(page)) is mode
        assert not page.soup.select(".offer")


def test_an_error_offers_nothing_and_uses_the_offer_up_for_nobody(browser: Browser) -> None:
    assert not browser.get("/nowhere", status=404).soup.select(".offer")
    assert browser.get("/help").soup.select(".offer")

"""Another city with other levels starts from its file alone: 西宁, by its real list of places."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from portal.areas.queries import area_by_code
from portal.kernel.config import DEFAULT_CITY
from portal.kernel.db import Database
from portal.site.cli import Tools, cli
from tests.journeys.town import receipt
from tests.make import accounts
from tests.make.intake import to_place
from tests.pages import Browser, Page

STREET, COMMUNITY = "630102001", "Dongguandajie Subdistrict"


@pytest.fixture
def tools(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Tools]:
    """The command line of an installation whose settings name another city."""
    settings = {
        "DATABASE_URL": database_url,
        "GONGZHI_INSTANCE": str(tmp_path / "xining"),
        "GONGZHI_OUTBOX": str(tmp_path / "outbox"),
        "GONGZHI_CITY": str(DEFAULT_CITY.with_name("xining.toml")),
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    tools = Tools()
    yield tools
    tools.database.dispose()


def _gongzhi(tools: Tools, line: str) -> str:
    result = CliRunner().invoke(cli, line.split(), obj=tools)
    assert result.exit_code == 0, result.output
    return result.output


def _choose(page: Page, name: str) -> Page:
    return page.form(button=name).send(name, status=200)


def test_xining_starts_by_its_file_and_takes_a_report_by_list(tools: Tools) -> None:
    assert "西宁市: 6 levels" in _gongzhi(tools, "city init") + _gongzhi(tools, "city check")
    browser = Browser(tools.app).in_language("en")
    assert "Xining" in browser.get("/", status=200).html
    to_place(browser)
    # city, district, street, community: one level less than Pingdu, and another root
    page = browser.get("/reports/new/place/list", status=200)
    for name in ("Chengdong District", COMMUNITY):
        page = _choose(page, name)
    picked = page.form().tag.select("button[name=street]")[0].get_text(strip=True)
    page = _choose(page, picked)
    assert page.h1 == "What is it?"
    page = _choose(page, "Rubbish not cleared")
    page = page.form().fill(words="垃圾没人清", place_words="北门").send("Continue", status=200)
    page = page.form().fill(contact="none", publish="show").send("Continue", status=200)
    assert picked in page.text
    number, _code = receipt(page.form().send("Send the report", status=200))
    _street_desk_accepts(tools, number)
    assert picked in browser.get(f"/reports/{number}", status=200).text
    page = browser.get(f"/places/{STREET}", status=200)
    assert page.h1 == COMMUNITY
    assert picked in page.text
    assert f"/reports/{number}" in browser.get(f"/reports/?area={STREET}", status=200).links()
    browser.get("/places/370283", status=404)


def _street_desk_accepts(tools: Tools, number: str) -> None:
    with tools.database.write() as session:
        street, other = (area_by_code(session, code) for code in (STREET, "630103001"))
        assert street is not None
        assert other is not None
        desk = accounts.staff(session, "street_desk", area=street.id)
        stranger = accounts.staff(session, "street_desk", area=other.id)
    browser, elsewhere = Browser(tools.app), Browser(tools.app)
    accounts.sign_in_as(browser, desk)
    accounts.sign_in_as(elsewhere, stranger)
    elsewhere.get(f"/desk/cases/{number}", status=404)
    page = browser.in_language("en").get(f"/desk/cases/{number}", status=200)
    page.form(button="Accept").send("Accept", status=200)

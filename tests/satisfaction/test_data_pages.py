"""The data pages: what is published, why some is not, and the same as a file."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import event

from portal.areas.models import Area
from portal.kernel.db import Database
from portal.kernel.spreadsheets import csv_bytes, safe_cell
from portal.satisfaction.service import publish_month
from tests.make.areas import area
from tests.make.ratings import rate, rate_often
from tests.pages import Browser

MONTH = "/data/satisfaction/2026-10/"
MIDDLE = datetime(2026, 10, 15, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 2, tzinfo=UTC)


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app).in_language("en")


def a_month(database: Database, streets: int = 3) -> list[Area]:
    """October: every street has 40 ratings and 30 closings, the first street also 3 more."""
    with database.write() as session:
        city = area(session, "370283", "city", "平度市")
        made = []
        for number in range(1, streets + 1):
            street = area(session, f"37028300{number}", "street", f"第{number}街道", city)
            made.append(street)
            community = area(session, f"37028300{number}001", "community", "=甲社区", street)
            rate_often(session, community.path, 40, window_ends=MIDDLE)
            other = area(session, f"37028300{number}002", "community", "乙社区", street)
            rate(session, other.path, window_ends=MIDDLE)
        closed = {street.path: 0 for street in made}
        closed |= {f"{street.path}{street.code}001/": 30 for street in made}
        publish_month(session, "2026-10", closed, now=NOVEMBER)
    return made


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements sent meanwhile."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            seen.append(statement)

    event.listen(database.reader, "before_cursor_execute", note)
    yield seen
    event.remove(database.reader, "before_cursor_execute", note)


def test_before_the_first_month_the_page_says_when_one_comes(browser: Browser) -> None:
    page = browser.get("/data/", status=200)
    assert page.h1 == "Open data"
    assert "There is no month to show yet" in page.text
    assert "Very satisfied, Satisfied, Fairly satisfied" in page.text
    assert "CC BY 4.0" in page.text


def test_a_month_is_listed_and_leads_to_its_places(browser: Browser, database: Database) -> None:
    a_month(database)
    page = browser.get("/data/", status=200).click("October 2026", status=200)
    assert page.h1 == "Satisfaction in October 2026"
    names = [" ".join(cell.get_text().split()) for cell in page.soup.select("tbody th")]
    assert names == [
        "平度市",
        *("第1街道", "=甲社区", "乙社区", "Elsewhere in 第1街道"),
        *("第2街道", "=甲社区", "乙社区", "Elsewhere in 第2街道"),
        *("第3街道", "=甲社区", "乙社区", "Elsewhere in 第3街道"),
        "Elsewhere in 平度市",
    ]
    city = page.soup.select_one("tbody tr")
    assert city is not None
    assert " ".join(city.get_text(" ").split()) == "平度市 90 123 51% (63 of 123) 51% (63 of 123)"


def test_a_place_with_many_places_links_to_them(browser: Browser, database: Database) -> None:
    with database.write() as session:
        city = area(session, "370283", "city", "平度市")
        for number in range(100, 113):
            street = area(session, f"370283{number}", "street", "镇", city)
            area(session, f"370283{number}001", "community", "村", street)
        publish_month(session, "2026-10", {}, now=NOVEMBER)
    page = browser.get(MONTH, status=200)
    assert len(page.soup.select("tbody tr")) == 1 + 13 + 1
    page = page.click("镇", status=200)
    assert page.soup.select("tbody th")[1].get_text(strip=True) == "村"


def test_shares_come_with_their_counts_and_what_is_small_is_withheld(
    browser: Browser, database: Database
) -> None:
    a_month(database)
    page = browser.get(f"{MONTH}?area=370283002", status=200)
    rows = {
        " ".join(row.th.get_text().split()): [" ".join(c.get_text().split()) for c in row("td")]
        for row in page.soup.select("tbody tr")
    }
    assert rows["第2街道"] == ["30", "41", "51% (21 of 41)", "51% (21 of 41)"]
    assert rows["乙社区"] == ["withheld"] * 4
    assert rows["=甲社区"] == ["withheld"] * 4
    assert rows["Elsewhere in 第2街道"] == ["withheld"] * 4
    assert "fewer than 10" in page.text
    assert "Counted as satisfied: Very satisfied, Satisfied, Fairly satisfied." in page.text
    assert "CC BY 4.0" in page.text


@pytest.mark.parametrize(
    "address",
    [
        "/data/satisfaction/2026-11/",
        "/data/satisfaction/2026-1/",
        "/data/satisfaction/2026-1x/",
        "/data/satisfaction/2026-11.csv",
        f"{MONTH}?area=999999",
        f"{MONTH}?area=%F0%9F%98%80'%22",
    ],
)
def test_what_is_not_published_is_not_found(
    browser: Browser, database: Database, address: str
) -> None:
    a_month(database, 1)
    browser.get(address, status=404)


def test_the_file_holds_every_place_and_runs_no_formula(
    browser: Browser, database: Database
) -> None:
    a_month(database)
    page = browser.get("/data/satisfaction/2026-10.csv", status=200)
    content = page.response.get_data()
    assert content.startswith(b"\xef\xbb\xbf")
    assert page.response.mimetype == "text/csv"
    assert "satisfaction-2026-10.csv" in page.response.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert len(rows) == 1 + 3 * 4 + 1
    by_code = {(row["area_code"], row["level"]): row for row in rows}
    street = by_code["370283002", "street"]
    assert (street["closed"], street["answered"], street["solved"]) == ("30", "41", "21")
    assert (street["closed_withheld"], street["ratings_withheld"]) == ("no", "no")
    community = by_code["370283002001", "community"]
    assert community["name"] == "'=甲社区"
    assert community["parent_code"] == "370283002"
    assert (community["answered"], community["ratings_withheld"]) == ("", "yes")
    assert ("370283002", "not_placed") in by_code


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx", "＝1", "＋1", "－1", "＠x"])
def test_cells_that_would_run_are_made_plain(text: str) -> None:
    assert safe_cell(text) == "'" + text


def test_numbers_stay_numbers_and_nothing_stays_empty() -> None:
    assert [safe_cell(value) for value in (-3, 1.5, None, "甲, 乙")] == ["-3", "1.5", "", "甲, 乙"]
    assert csv_bytes(["a"], [["x,y"], ['"']]).decode("utf-8-sig") == 'a\r\n"x,y"\r\n""""\r\n'


@pytest.mark.parametrize("address", ["/data/", MONTH, f"{MONTH}?area=370283002"])
def test_the_pages_send_as_many_queries_for_many_places_as_for_few(
    app: Flask, database: Database, address: str
) -> None:
    few = a_month(database, 2)
    browser = Browser(app)
    with counted(database) as first:
        browser.get(address, status=200)
    with database.write() as session:
        city = session.get_one(Area, few[0].parent_id)
        for number in range(100, 130):
            area(session, f"370283{number}", "street", "镇", city)
        publish_month(session, "2026-11", {}, now=datetime(2026, 12, 2, tzinfo=UTC))
    with counted(database) as then:
        browser.get(address.replace("2026-10", "2026-11"), status=200)
    assert len(then) == len(first) <= 4

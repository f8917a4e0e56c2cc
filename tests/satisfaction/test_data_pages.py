"""The data pages: releases by place, their files, and the months of the first table."""

import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256

import pytest
from flask import Flask
from sqlalchemy import event, insert, select

from portal.areas.models import Area
from portal.kernel.db import Database
from portal.kernel.instance import Instance
from portal.kernel.spreadsheets import csv_bytes, safe_cell
from portal.satisfaction.models import MonthFigure, MonthRelease
from portal.satisfaction.rules import SubjectKind
from tests.make.areas import area
from tests.make.releases import NOVEMBER, no_noise, rate_many, release, town
from tests.pages import Browser, Page

MONTH = "/data/satisfaction/2026-10/"
OLD = "/data/satisfaction/2026-08/"


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app).in_language("en")


def a_month(database: Database, streets: int = 0) -> None:
    """October: the first community has enough ratings to be shown, the second a few; and so many
    streets besides, in which nothing happened."""
    with database.write() as session:
        tree = town(session)
        for number in range(100, 100 + streets):
            street = area(session, f"370283{number}", "street", "镇", tree["city"])
            area(session, f"370283{number}001", "community", "=村", street)
        rate_many(session, tree["first"].path, 1500)
        rate_many(session, tree["second"].path, 20, category="noise")
    closed = {(tree["first"].path, "litter"): 2000, (tree["second"].path, "noise"): 40}
    release(database, closed=closed, noise=no_noise)


def an_old_month(database: Database) -> None:
    """August as the first table showed it: a street, and one that is withheld."""
    with database.write() as session:
        town(session)
        month = {"month": "2026-08"}
        session.execute(
            insert(MonthRelease).values(
                **month, released_by="1/8", computed_at=NOVEMBER, window_days=14,
                satisfied_levels=3, smallest_cell=10,
            )
        )  # fmt: skip
        for path, numbers in (
            ("/370283/", (90, 123, 63, 63)),
            ("/370283/370283001/", (30, 41, 21, 21)),
            ("/370283/370283002/", (None, None, None, None)),
        ):
            closed, answered, solved, satisfied = numbers
            code = path.split("/")[-2]
            session.execute(
                insert(MonthFigure).values(
                    **month, path=path, parent_path=None if code == "370283" else "/370283/",
                    area_code=code, level="city" if code == "370283" else "street",
                    closed=closed, answered=answered, solved=solved, satisfied=satisfied,
                )
            )  # fmt: skip


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


def rows_of(page: Page) -> dict[str, list[str]]:
    return {
        " ".join(row.th.get_text().split()): [" ".join(c.get_text().split()) for c in row("td")]
        for row in page.soup.select("tbody tr")
    }


def test_before_the_first_month_the_page_says_when_one_comes(browser: Browser) -> None:
    page = browser.get("/data/", status=200)
    assert page.h1 == "Open data"
    assert "There is no month to show yet" in page.text
    page = page.click("How these figures are made, and what they protect", status=200)
    assert "Very satisfied, Satisfied, Fairly satisfied" in page.text
    assert "CC BY 4.0" in page.text


def test_P3_what_a_program_decides_is_told_with_the_way_to_a_person(browser: Browser) -> None:
    page = browser.get("/data/method", status=200)
    (head,) = page.soup.select("#person")
    told = [part.get_text() for part in head.find_next_siblings("p")[:2]]
    assert "by rules that are the same for everybody" in told[0]
    assert "a person looks at it and answers" in told[1]
    assert page.soup.select('main a[href^="tel:"]')


def test_a_release_shows_what_is_published_with_its_range_and_what_is_withheld(
    browser: Browser, database: Database
) -> None:
    a_month(database)
    page = browser.get("/data/", status=200)
    page = page.click("What was done about reports, October 2026", status=200)
    assert page.h1 == "What was done about reports: satisfaction in October 2026"
    rows = rows_of(page)
    assert rows["东阁街道"] == [
        "2,040", "1,520", "90% (88% to 92%)", "80% (78% to 82%)", "3.8",
    ]  # fmt: skip
    assert rows["李园街道"] == ["0", *["withheld"] * 4]
    assert rows["Elsewhere in 平度市"] == ["0", *["withheld"] * 4]
    assert rows["Litter"][0:2] == ["2,000", "1,500"]
    assert rows["噪声"] == ["40", *["withheld"] * 4]
    assert "Counted as satisfied: Very satisfied, Satisfied, Fairly satisfied." in page.text
    page = page.click("东阁街道", status=200)
    assert rows_of(page)["第一社区"][1] == "1,500"
    assert rows_of(page)["第二社区"] == ["40", *["withheld"] * 4]
    assert "Satisfied, each part counted by what was closed there" in page.text


def test_a_withheld_place_leads_to_the_one_around_it(browser: Browser, database: Database) -> None:
    a_month(database)
    page = browser.get(f"{MONTH}?area=370283001002", status=200)
    assert "Withheld: too few people answered" in page.text
    page = page.click("Look at the place around it", status=200)
    assert [lead.get_text(strip=True) for lead in page.soup.select(".lead")] == ["东阁街道"]


def test_a_correction_says_so_and_the_old_release_stays(
    browser: Browser, database: Database
) -> None:
    a_month(database)
    before = browser.get(f"{MONTH}data.csv", status=200).response.get_data()
    release(database, reason="a street was missing")
    page = browser.get("/data/satisfaction/2026-10-r2/", status=200)
    assert "Why: a street was missing" in page.text
    page = browser.get(MONTH, status=200)
    assert "This release was corrected." in page.text
    assert browser.get(f"{MONTH}data.csv", status=200).response.get_data() == before
    assert "corrected since" in browser.get("/data/", status=200).text


def test_every_kind_has_its_own_release(browser: Browser, database: Database) -> None:
    a_month(database)
    release(database, kind=SubjectKind.SHIFT)
    page = browser.get("/data/", status=200).click("Voluntary service, October 2026", status=200)
    assert "Withheld: too few people answered" in page.text
    assert "not counted" in rows_of(page)["东阁街道"]


@pytest.mark.parametrize(
    "address",
    [
        "/data/satisfaction/2026-11/",
        "/data/satisfaction/2026-1/",
        "/data/satisfaction/2026-11.csv",
        "/data/satisfaction/2026-11/data.csv",
        f"{MONTH}other.csv",
        f"{MONTH}?area=999999",
        f"{MONTH}?area=litter",
        f"{MONTH}?area=%F0%9F%98%80'%22",
    ],
)
def test_what_is_not_published_is_not_found(
    browser: Browser, database: Database, address: str
) -> None:
    a_month(database)
    browser.get(address, status=404)


def test_the_files_are_what_their_description_says_and_run_no_formula(
    browser: Browser, database: Database
) -> None:
    a_month(database, 1)
    described = json.loads(browser.get(f"{MONTH}metadata.json", status=200).response.get_data())
    assert described["licenses"][0]["name"] == "CC-BY-4.0"
    assert described["division_edition"] == "2023-06-30"
    assert "随机扰动" in described["description"]
    for resource in described["resources"]:
        raw = browser.get(MONTH + resource["path"], status=200).response.get_data()
        assert resource["hash"] == f"sha256:{sha256(raw).hexdigest()}"
    content = browser.get(f"{MONTH}data.csv", status=200).response.get_data()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    fields = described["resources"][0]["schema"]["fields"]
    assert list(rows[0]) == [field["name"] for field in fields]
    assert {row["name"] for row in rows if row["code"] == "370283100001"} == {"'=村"}


def test_the_catalogue_lists_every_data_set_with_whole_addresses(
    browser: Browser, database: Database, instance: Instance
) -> None:
    a_month(database)
    origin = instance.config.origin
    found = json.loads(browser.get("/data/catalog.json", status=200).response.get_data())
    (one,) = found["dcat:dataset"]
    assert one["@id"] == f"{origin}/data/satisfaction/2026-10/"
    for file in one["dcat:distribution"]:
        browser.get(file["dcat:downloadURL"].removeprefix(origin), status=200)


def test_months_of_the_first_table_stay_where_they_were(
    browser: Browser, database: Database
) -> None:
    an_old_month(database)
    page = browser.get("/data/", status=200)
    assert "are not released again" in page.text
    page = page.click("August 2026", status=200)
    assert rows_of(page)["东阁街道"] == ["30", "41", "51% (21 of 41)", "51% (21 of 41)"]
    assert rows_of(page)["李园街道"] == ["withheld"] * 4
    content = browser.get(f"{OLD[:-1]}.csv", status=200).response.get_data()
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [row["ratings_withheld"] for row in rows] == ["no", "no", "yes"]
    assert "CC BY 4.0" in page.text


def test_the_address_of_the_old_file_leads_to_the_table_of_the_release(
    browser: Browser, database: Database
) -> None:
    a_month(database)
    page = browser.get("/data/satisfaction/2026-10.csv", status=200)
    assert page.response.request.path == f"{MONTH}data.csv"


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx", "＝1", "＋1", "－1", "＠x"])
def test_cells_that_would_run_are_made_plain(text: str) -> None:
    assert safe_cell(text) == "'" + text


def test_numbers_stay_numbers_and_nothing_stays_empty() -> None:
    assert [safe_cell(value) for value in (-3, 1.5, None, "甲, 乙")] == ["-3", "1.5", "", "甲, 乙"]
    assert csv_bytes(["a"], [["x,y"], ['"']]).decode("utf-8-sig") == 'a\r\n"x,y"\r\n""""\r\n'


@pytest.mark.parametrize("address", ["/data/", MONTH, f"{MONTH}?area=370283001"])
def test_the_pages_send_as_many_queries_for_many_places_as_for_few(
    app: Flask, database: Database, address: str
) -> None:
    a_month(database)
    browser = Browser(app)
    browser.get(address, status=200)
    with counted(database) as first:
        browser.get(address, status=200)
    with database.write() as session:
        city = session.scalars(select(Area).where(Area.code == "370283")).one()
        for number in range(100, 130):
            area(session, f"370283{number}", "street", "镇", city)
    release(database, "2026-09")
    with counted(database) as then:
        browser.get(address.replace("2026-10", "2026-09"), status=200)
    assert len(then) == len(first) <= 8

"""How a release is drawn: a map of places, bars with ranges, months beside each other, a feed."""

import xml.etree.ElementTree as ET

import pytest
from flask import Flask

from portal.kernel.db import Database
from portal.kernel.instance import Instance
from portal.satisfaction.rules.files import FILES
from portal.satisfaction.rules.release import SHADES, shade_of
from tests.make.areas import shape
from tests.make.releases import no_noise, rate_many, release, town
from tests.pages import Browser, Page

MONTH = "/data/satisfaction/2026-10/"
NS = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app).in_language("en")


def two_months(database: Database) -> None:
    """September and October: one street is published, the other withheld; both have outlines."""
    with database.write() as session:
        tree = town(session)
        shape(session, tree["east"], 119.9, 36.7, 120.0, 36.8)
        shape(session, tree["west"], 119.8, 36.7, 119.9, 36.8)
        rate_many(session, tree["first"].path, 1500)
    release(database, "2026-09", noise=no_noise)
    release(database, noise=no_noise)


def bars(page: Page) -> dict[str, tuple[str, bool]]:
    """What stands beside the bars, and whether there is a range in it."""
    found = {}
    for row in page.soup.select(".ranges-table tbody tr"):
        name, said = (" ".join(cell.get_text().split()) for cell in row.select("th, td"))
        found[name] = said, bool(row.select(".bar-range"))
    return found


def test_the_map_shows_the_range_and_stripes_with_the_word(
    browser: Browser, database: Database
) -> None:
    two_months(database)
    page = browser.get(MONTH, status=200)
    (drawn,) = page.soup.select(".share-map > svg")
    assert [text.get_text(strip=True) for text in drawn.select(".share-range")] == [
        "88–92%", "withheld",
    ]  # fmt: skip
    assert len(drawn.select(".share-3")) == 1
    assert len(drawn.select('path[fill="url(#stripes)"]')) == 1
    # made-up outlines are said to be so, and the numbers are those of the list
    assert "not the real borders" in page.text
    assert [text.get_text() for text in drawn.select(".share-number")] == ["1", "2"]
    assert bars(page)["1. 东阁街道"] == ("90% (88% to 92%)", True)
    assert bars(page)["2. 李园街道"] == ("withheld", False)
    # in plain text the list is all
    plain = browser.get(f"{MONTH}?plain=1", status=200)
    assert "90% (88% to 92%)" in plain.text


def test_a_place_without_outlines_has_its_list_and_no_empty_map(
    browser: Browser, database: Database
) -> None:
    two_months(database)
    page = browser.get(f"{MONTH}?area=370283001", status=200)
    assert not page.soup.select(".share-map")
    assert bars(page)["第一社区"][1]


def test_the_months_of_a_place_stand_beside_each_other(
    browser: Browser, database: Database
) -> None:
    two_months(database)
    page = browser.get(MONTH, status=200)
    assert bars(page)["October 2026"] == ("90% (88% to 92%)", True)
    # nobody's time for rating ended in September
    assert bars(page)["September 2026"] == ("withheld", False)
    release(database, reason="once more", noise=no_noise)
    assert "October 2026" in bars(browser.get("/data/satisfaction/2026-10-r2/", status=200))
    assert "October 2026" not in bars(browser.get("/data/satisfaction/2026-09/", status=200))


def test_the_first_page_tells_the_newest_month_of_the_whole_city(
    browser: Browser, database: Database
) -> None:
    two_months(database)
    page = browser.get("/data/", status=200)
    assert bars(page) == {"What was done about reports": ("90% (88% to 92%)", True)}


def test_the_feed_tells_of_each_release_with_its_files(
    app: Flask, database: Database, instance: Instance
) -> None:
    client, origin = app.test_client(), instance.config.origin
    assert not ET.fromstring(client.get("/feeds/data.atom").data).findall("a:entry", NS)
    two_months(database)
    release(database, reason="once more", noise=no_noise)
    entries = ET.fromstring(client.get("/feeds/data.atom").data).findall("a:entry", NS)
    assert {entry.findtext("a:id", "", NS) for entry in entries} == {
        f"{origin}/data/satisfaction/{slug}/" for slug in ("2026-09", "2026-10", "2026-10-r2")
    }
    links = entries[0].findall("a:link[@rel='enclosure']", NS)
    assert [link.get("title") for link in links] == list(FILES)
    for link in links:
        with client.get(link.get("href", "").removeprefix(origin)) as answer:
            assert answer.status_code == 200


def test_a_share_on_an_edge_has_the_deeper_shade() -> None:
    assert [shade_of(share) for share in (0.0, *SHADES, 1.0)] == [0, 1, 2, 3, 3]

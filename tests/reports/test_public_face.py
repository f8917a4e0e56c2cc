"""How the public pages look where there is little, no picture, large letters, or hostile words."""

import pytest
from flask import Flask

from portal.kernel.db import Database
from portal.reports.rules.codes import PhotoKind, Precision, Review, State, TextKind
from tests.make import reports as make
from tests.make.areas import small_tree
from tests.pages import Browser

COMMUNITY = "370283001001"


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app).in_language("en")


def test_an_empty_list_says_so_and_offers_the_next_step(
    database: Database, browser: Browser
) -> None:
    with database.write() as session:
        small_tree(session)
    page = browser.get("/reports/", status=200)
    assert "Nothing has been reported yet" in page.text
    assert page.click("Report a problem", status=200).path.startswith("/reports/new")
    assert "Nothing was found" in browser.get("/reports/?state=fed_back", status=200).text


def test_a_list_of_one_counts_it(database: Database, browser: Browser) -> None:
    with database.write() as session:
        make.listed(session, small_tree(session))
    page = browser.get("/reports/", status=200)
    assert page.soup.select_one("[role=status]").get_text(strip=True) == "1 report"
    assert not page.soup.select("a[rel=next]")


def test_large_letters_come_with_short_pages(database: Database, browser: Browser) -> None:
    with database.write() as session:
        tree = small_tree(session)
        for _ in range(8):
            make.listed(session, tree)
    browser.client.set_cookie("elder", "1")
    page = browser.get("/reports/", status=200)
    assert len(page.soup.select("article")) == 6
    assert len(page.click("Show older").soup.select("article")) == 2


def test_in_plain_text_photos_are_words_and_links(database: Database, browser: Browser) -> None:
    with database.write() as session:
        case = make.listed(session, small_tree(session), state=State.CLOSED)
        codes = [
            make.photo(session, case, kind=kind, review=Review.APPROVED).code
            for kind in (PhotoKind.BEFORE, PhotoKind.AFTER)
        ]
        number = case.number
    browser.client.set_cookie("plain", "1")
    page = browser.get(f"/reports/{number}", status=200)
    assert not page.soup.select("main img, main svg")
    assert {f"/reports/photos/{code}" for code in codes} <= set(page.links())
    assert not browser.get("/reports/").soup.select("main img, main svg")
    assert not browser.get("/reports/map").soup.select("main svg")


def test_a_small_map_shows_the_spot_only_where_it_is_public(
    database: Database, browser: Browser
) -> None:
    with database.write() as session:
        tree = small_tree(session)
        make.category(session, "noise", precision=Precision.COMMUNITY)
        plain = make.listed(session, tree).number
        delicate = make.listed(session, tree, category_code="noise").number
    shown = browser.get(f"/reports/{plain}", status=200).soup.select_one(".case-map circle")
    assert shown is not None
    assert not browser.get(f"/reports/{delicate}", status=200).soup.select(".case-map circle")


HOSTILE = "\u202e反" + "𠮷" * 20 + "长" * 300


def test_hostile_words_are_kept_apart_from_ours(database: Database, browser: Browser) -> None:
    with database.write() as session:
        tree = small_tree(session)
        tree[COMMUNITY].name_zh_hans = HOSTILE[:78]
        case = make.listed(session, tree, HOSTILE)
        make.text(session, case, HOSTILE[:100], kind=TextKind.PLACE, review=Review.APPROVED)
        number = case.number
    for path in (f"/reports/{number}", "/reports/", "/reports/map", "/", f"/places/{COMMUNITY}"):
        page = browser.get(path, status=200)
        for word in page.soup.find_all(string=lambda text: "\u202e" in text):
            around = [word.parent, *word.parents]
            assert any(
                tag.name in {"bdi", "title", "option", "h1"} or tag.get("dir") == "auto"
                or "chip" in tag.get("class", []) or tag.get("aria-current")
                for tag in around if tag.name
            ), (path, word.parent)  # fmt: skip

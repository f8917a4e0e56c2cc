"""The first page, and the page of those who look after the portal."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from portal.areas.models import Area
from portal.kernel import clock
from portal.kernel.db import Database
from portal.reports.models import Case
from portal.reports.rules.codes import PhotoKind, Review, State, Target
from portal.reports.service.search import index_case
from tests.make import reports as make
from tests.make.accounts import sign_in_as, staff
from tests.make.areas import small_tree
from tests.make.reports import reported
from tests.pages import Browser, Page


def test_the_first_page_offers_to_report_and_to_look_up(browser: Browser) -> None:
    page = browser.get("/?lang=en", status=200)
    assert "The city today" not in page.text, "nothing to count yet"
    assert page.click("Report a problem", status=200).path.startswith("/reports/new")
    found = page.form("/track").fill(number="7K3M9-QX2HD").send("Look up", status=200)
    assert found.path == "/track"
    assert found.form().values["number"] == "7K3M9-QX2HD"


def test_r244_self_government_and_self_discipline_are_doors_of_the_first_page(
    browser: Browser,
) -> None:
    page = browser.in_language("en").get("/")
    communities = page.click("Self-government of communities", status=200)
    assert "No street is entered yet." in communities.text
    assert page.click("Self-discipline points", status=200).path == "/credit/"


def test_the_first_page_counts_the_city_s_day(browser: Browser, database: Database) -> None:
    with database.write() as session:
        area = small_tree(session)["370283001001"]
        reported(session, area, found_at=clock.now())
        reported(session, area, found_at=clock.now() - timedelta(days=3))
    text = browser.get("/?lang=en", status=200).text
    assert "1 reported today" in text
    assert "0 settled today" in text
    assert "2 being worked on now" in text


HERE, BESIDE, ELSEWHERE = "370283001001", "370283001002", "370283002001"


def settled(session: Session, area: Area, *, pictured: bool = True, **options: str) -> Case:
    """A settled matter that everybody may see, with photos from before and after."""
    case = make.case(session, area, state=State.CLOSED, listed=True, at=clock.now(), **options)
    for kind in PhotoKind:
        if pictured:
            make.photo(session, case, kind=kind, review=Review.APPROVED)
    index_case(session, case)
    return case


def shown(page: Page) -> list[str]:
    """The numbers of the settled matters on the page, in order."""
    return [str(a["href"]).rpartition("/")[2] for a in page.soup.select(".settled a")]


def test_an_empty_city_is_told_kindly(browser: Browser, database: Database) -> None:
    with database.write() as session:
        small_tree(session)
    page = browser.get("/?lang=en", status=200)
    assert "The first report makes a beginning" in page.text
    assert not page.soup.select(".settled, .line")


def test_what_was_settled_is_shown_before_and_after(browser: Browser, database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        case = settled(session, tree[HERE])
        settled(session, tree[HERE], pictured=False)
        number = case.number
    page = browser.get("/?lang=en", status=200)
    assert shown(page)[0] == number, "pairs of photos stand first"
    card = page.soup.select_one(".settled")
    assert [c.get_text() for c in card.select("figcaption")] == ["Before", "After"]
    assert all(image["src"].endswith("/small") for image in card.select("img"))
    assert "settled" in card.get_text()


def test_no_photo_or_day_of_a_protected_matter_stands_on_the_first_page(
    browser: Browser, database: Database
) -> None:
    with database.write() as session:
        tree = small_tree(session)
        make.category(session, "stall", target=Target.PERSON_OR_SHOP, name="摆摊")
        settled(session, tree[HERE], category_code="stall")
    card = browser.get("/?lang=en", status=200).soup.select_one(".settled")
    assert not card.select("img")
    assert "day" not in card.get_text()


def test_the_page_begins_with_one_s_own_place_and_falls_back_to_wider_ones(
    browser: Browser, database: Database
) -> None:
    with database.write() as session:
        tree = small_tree(session)
        numbers = {code: settled(session, tree[code]).number for code in (HERE, BESIDE, ELSEWHERE)}
    browser.get("/?lang=en")
    page = browser.get("/places/mine", status=200).click("东阁街道", status=200)
    assert page.path == "/"
    assert browser.cookie("place") == "370283001"
    assert set(shown(page)[:2]) == {numbers[HERE], numbers[BESIDE]}
    page = browser.get(f"/places/mine?code={HERE}", status=200)
    order = shown(page)
    assert order == [numbers[HERE], numbers[BESIDE]], "the community, then its street"
    far = browser.get(f"/places/mine?code={ELSEWHERE}", status=200)
    assert shown(far)[0] == numbers[ELSEWHERE]
    assert shown(far)[1] in {numbers[HERE], numbers[BESIDE]}, "the community, then the city"
    page = browser.get(f"/places/mine?code={HERE}", status=200)
    assert "东阁街道001社区" in page.soup.select_one(".own-place").get_text()
    forgotten = page.click("Change my place").click("Forget my place", status=200)
    assert browser.cookie("place") is None
    assert not forgotten.soup.select(".own-place")


NO_HOMES = ("370283", "370283001M1", f"{HERE}G01", "999999999", "%00", "x" * 999)


@pytest.mark.parametrize("code", NO_HOMES)
def test_what_is_no_place_to_live_in_is_not_kept(
    browser: Browser, database: Database, code: str
) -> None:
    with database.write() as session:
        small_tree(session)
    page = browser.get(f"/places/mine?lang=en&code={code}", status=404)
    assert "could not find this place" in page.text
    assert browser.cookie("place") is None
    browser.client.set_cookie("place", code)
    assert not browser.get("/", status=200).soup.select(".own-place")


def test_a_device_s_position_becomes_a_community(browser: Browser, database: Database) -> None:
    with database.write() as session:
        small_tree(session)
    page = browser.get("/places/mine?point=119.9,36.65", status=200)
    assert browser.cookie("place") == HERE
    assert "119.9" not in page.url
    for nowhere in ("0,0", "nan,nan", "nonsense", "1e999,5"):
        browser.get(f"/places/mine?point={nowhere}", status=200)
    assert browser.cookie("place") == HERE


def test_the_first_page_sends_as_many_queries_for_much_as_for_little(
    browser: Browser, database: Database
) -> None:
    with database.write() as session:
        tree = small_tree(session)
        settled(session, tree[HERE])
    browser.client.set_cookie("place", HERE)
    counts = []
    for _ in range(2):
        sent: list[str] = []

        def note(*given: Any, seen: list[str] = sent) -> None:
            if not given[2].startswith("BEGIN"):
                seen.append(given[2])

        browser.get("/")
        event.listen(database.reader, "before_cursor_execute", note)
        browser.get("/", status=200)
        event.remove(database.reader, "before_cursor_execute", note)
        counts.append(len(sent))
        with database.write() as session:
            for code in (HERE, BESIDE, ELSEWHERE) * 5:
                settled(session, tree[code])
    assert counts[0] == counts[1] <= 7


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
    # whoever works here is led there from her own page
    assert "/admin/" in browser.get("/me", status=200).links()
    links = browser.get("/admin/", status=200).links()
    assert seen in links
    assert hidden not in links
    assert browser.get("/admin/").response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("role", ["evaluator", "street_desk"])
def test_the_desk_offers_only_pages_that_its_reader_may_open(
    browser: Browser, database: Database, role: str
) -> None:
    with database.write() as session:
        person = staff(session, role, area=small_tree(session)["370283001"])
    sign_in_as(browser, person)
    doors = browser.get("/desk/", status=200).soup.select(".desk-tasks a")
    assert doors
    for door in doors:
        browser.get(str(door["href"]), status=200)


def test_a_stranger_at_the_keepers_page_is_asked_to_sign_in(browser: Browser) -> None:
    assert browser.get("/admin/").path == "/sign-in"

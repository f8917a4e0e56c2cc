"""The public list and page: what strangers see, what only the reporter sees, and at what cost."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import event

from portal.kernel.blobs import BlobStore
from portal.kernel.clock import now as present
from portal.kernel.db import Database
from portal.kernel.instance import Instance
from portal.reports.queries.near import near
from portal.reports.queries.public import kinds
from portal.reports.rules.codes import PhotoKind, Precision, Review, State
from portal.reports.rules.listing import PAGE
from tests.make import accounts
from tests.make import reports as make
from tests.make.areas import small_tree
from tests.make.organisations import unit
from tests.pages import Browser

JPEG = b"\xff\xd8\xff\xe0 made up"
COMMUNITY = "370283001001"


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app).in_language("en")


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    sent: list[str] = []

    def note(_c: object, _cu: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    event.listen(database.reader, "before_cursor_execute", note)
    yield sent
    event.remove(database.reader, "before_cursor_execute", note)


def test_a_list_sends_four_queries_at_most_however_long_and_filtered(
    database: Database, browser: Browser
) -> None:
    with database.write() as session:
        tree = small_tree(session)
        first = make.listed(session, tree).number
    sizes = []
    for _ in range(2):
        for query in ("", f"?q=路灯&area={COMMUNITY}&category=litter&state=reported"):
            with counted(database) as sent:
                browser.get(f"/reports/{query}", status=200)
            sizes.append(len(sent))
        with counted(database) as sent:
            browser.get(f"/reports/?before={first}", status=200)
        sizes.append(len(sent))
        with database.write() as session:
            for _ in range(30):
                make.listed(session, tree)
    assert max(sizes) <= 4, sizes
    assert sizes[:3] == sizes[3:]


def test_a_full_page_of_reports_stays_small(database: Database, browser: Browser) -> None:
    with database.write() as session:
        tree = small_tree(session)
        for _ in range(PAGE + 1):
            case = make.listed(session, tree, words="路灯坏了很久" * 60)
            make.photo(session, case, review=Review.APPROVED)
    page = browser.get(f"/reports/?area={COMMUNITY}", status=200)
    assert len(page.soup.select("article")) == PAGE
    photos = page.soup.select("article img")
    assert len(photos) == PAGE
    assert all(p["loading"] == "lazy" and p["width"] and p["height"] for p in photos)
    assert len(page.response.get_data()) <= 40 * 1024
    assert f"More than {PAGE} reports" in page.text


def test_the_list_goes_on_where_the_page_ended(database: Database, browser: Browser) -> None:
    with database.write() as session:
        tree = small_tree(session)
        numbers = [make.listed(session, tree).number for _ in range(52)]
    page, seen = browser.get("/reports/"), []
    while True:
        seen += [str(a["href"]).rpartition("/")[2] for a in page.soup.select("article a")]
        if not page.soup.select("a[rel=next]"):
            break
        page = page.click("Show older")
    assert seen == numbers[::-1]
    assert page.click("Back to the newest").path == "/reports/"


SEARCHES: list[tuple[str, set[str]]] = [
    ("?state=reported", {"lamp"}),
    ("?state=fed_back", {"bin", "refused"}),
    ("?category=lamps", {"lamp"}),
    ("?area=370283001", {"lamp", "bin", "refused"}),
    ("?area=370283002", set()),
    ("?q=灯", {"lamp"}),
    ("?q=路燈", {"lamp"}),
    ("?q=垃圾桶", {"bin"}),
    ("?q=李园", set()),
    ("?q=东阁", {"lamp", "bin", "refused"}),
    ("?q=垃圾桶&state=fed_back&category=litter", {"bin"}),
    ("?q=垃圾桶&state=reported", set()),
    ("?bbox=119.8,36.6,120.0,36.9", {"lamp", "bin", "refused"}),
    ("?bbox=119.8,36.6,119.9,36.7", set()),
    ("?category=litter&state=fed_back", {"bin", "refused"}),
    ("?group=sanitation", {"lamp", "bin", "refused"}),
    ("?group=sanitation&state=reported", {"lamp"}),
    ("?group=sanitation&q=垃圾桶", {"bin"}),
]


def test_search_and_filters_find_what_fits(database: Database, browser: Browser) -> None:
    with database.write() as session:
        tree = small_tree(session)
        make.category(session, "lamps", name="路灯")
        cases = {
            "lamp": make.listed(session, tree, "路灯坏了", category_code="lamps"),
            "bin": make.listed(session, tree, "垃圾桶满了", state=State.CLOSED),
            "refused": make.listed(session, tree, "树枝断了", state=State.NOT_ACCEPTED),
        }
        make.case(session, tree[COMMUNITY], listed=False)
        numbers = {case.number: name for name, case in cases.items()}
    for query, fits in SEARCHES:
        page = browser.get(f"/reports/{query}", status=200)
        found = {str(a["href"]).rpartition("/")[2] for a in page.soup.select("article a")}
        assert {numbers[number] for number in found} == fits, query


NONSENSE = [
    "?bbox=nonsense",
    "?bbox=1,2,3",
    "?bbox=nan,nan,nan,nan",
    "?bbox=120,36,119,37",
    "?bbox=1e999,0,1,1",
    "?area=999999",
    "?area=%00%ff%fe",
    "?area='%20OR%201=1--",
    "?category=nothing",
    "?state=gone",
    "?group=nothing",
    "?group=greening",
    f"?q={'路' * 61}",
    f"?q={quote('！？。')}",
    "?before=00000-00000",
    "?before=%F0%9F%92%A9",
    "?before=7K3M9-QX2HE",
]


def test_nonsense_in_the_address_gets_words(database: Database, browser: Browser) -> None:
    with database.write() as session:
        make.listed(session, small_tree(session))
    for query in NONSENSE:
        page = browser.get(f"/reports/{query}", status=422)
        assert page.notices
        assert not page.soup.select("article")
        browser.get(f"/reports/map{query}", status=422)
        answer = browser.get(f"/reports/map.geojson{query}", status=422)
        assert answer.response.get_json()["error"]


SIGNS = ["'", '"', "%", "_", "*", "a\x00b", "\ud800", "灯\ud83d", "NEAR(a", "a" * 60]


def test_signs_that_mean_something_to_a_database_mean_nothing_here(
    database: Database, browser: Browser
) -> None:
    with database.write() as session:
        make.listed(session, small_tree(session), "plain words")
    for sign in SIGNS:
        page = browser.get(f"/reports/?q={quote(sign.encode('utf-8', 'surrogatepass'))}")
        assert page.status in {200, 422}
        assert not page.soup.select("article"), sign


def test_a_huge_query_is_answered_in_a_small_page(database: Database, browser: Browser) -> None:
    with database.write() as session:
        make.listed(session, small_tree(session))
    page = browser.get(f"/reports/?q={'灯' * 100_000}", status=422)
    assert len(page.html) < 60_000


def test_a_number_is_forgiven_its_disguise(database: Database, browser: Browser) -> None:
    with database.write() as session:
        number = make.listed(session, small_tree(session)).number
    typed = number.lower().replace("-", " ")
    assert browser.get(f"/reports/{quote(typed)}", status=200).path == f"/reports/{number}"


UNKNOWN = ["0", "00000-00000", "%F0%9F%92%A9", "7K3M9-QX2HE", "%00", "Ⅶ", "x" * 5000]


def test_an_unknown_number_gets_words_and_404(database: Database, browser: Browser) -> None:
    with database.write() as session:
        small_tree(session)
    for number in UNKNOWN:
        page = browser.get(f"/reports/{number}", status=404)
        assert "number" in page.text
        browser.get(f"/reports/{number}/print", status=404)
        browser.get(f"/reports/photos/{number}", status=404)


@pytest.mark.parametrize("state", [State.REPORTED, State.WITHDRAWN, State.VOID])
def test_what_is_not_listed_is_404_for_strangers_but_not_for_its_reporter(
    database: Database, app: Flask, browser: Browser, state: State
) -> None:
    with database.write() as session:
        tree = small_tree(session)
        person, other = accounts.person(session), accounts.person(session)
        number = make.case(session, tree[COMMUNITY], state=state, reporter=person).number
    for path in ("", "/print", "/urge", "/withdraw", "/photo"):
        browser.get(f"/reports/{number}{path}", status=404)
    accounts.sign_in_as(browser, other)
    browser.get(f"/reports/{number}", status=404)
    assert number not in browser.get("/reports/").html
    own = Browser(app).in_language("en")
    accounts.sign_in_as(own, person)
    page = own.get(f"/reports/{number}", status=200)
    assert "垃圾堆了三天" in page.text
    own.get(f"/reports/{number}/print", status=200)


def test_words_wait_for_their_check(database: Database, browser: Browser) -> None:
    with database.write() as session:
        tree = small_tree(session)
        number = make.case(session, tree[COMMUNITY], words="电话13800001200", listed=True).number
    page = browser.get(f"/reports/{number}", status=200)
    assert "being checked" in page.text
    assert "13800001200" not in page.html


def test_the_page_tells_steps_promise_unit_and_what_comes_next(
    database: Database, browser: Browser
) -> None:
    with database.write() as session:
        tree = small_tree(session)
        crew = unit(session, "U-1", "东阁环卫所", area=tree["370283001"])
        number = make.listed(session, tree, state=State.DISPATCHED, unit=crew).number
    page = browser.get(f"/reports/{number}", status=200)
    assert page.soup.select_one("[aria-current=step]").get_text(strip=True).endswith("Assigned")
    for words in ("路灯坏了", "东阁街道", "东阁环卫所", "Promised until", "The unit goes there"):
        assert words in page.text, words
    paper = page.click("Print")
    assert number in paper.h1
    assert paper.soup.select("svg")


def test_before_and_after_stand_side_by_side(
    database: Database, instance: Instance, browser: Browser
) -> None:
    with database.write() as session:
        tree = small_tree(session)
        case = make.listed(session, tree, state=State.CLOSED)
        key = BlobStore(instance.config.blobs).put(JPEG, "jpg")
        for kind in PhotoKind:
            make.photo(session, case, kind=kind, review=Review.APPROVED, blob_key=key)
        number = case.number
    page = browser.get(f"/reports/{number}", status=200)
    pair = page.soup.select(".photo-pair figure")
    assert [f.figcaption.get_text(strip=True) for f in pair][:2] == ["Before", "After"]
    words = [str(figure.img["alt"]) for figure in pair[:2]]
    assert words == [f"{page.h1}, before", f"{page.h1}, after"]
    photo = browser.client.get(str(pair[0].img["src"]))
    assert (photo.status_code, photo.mimetype, photo.data) == (200, "image/jpeg", JPEG)
    assert photo.headers["X-Content-Type-Options"] == "nosniff"
    assert photo.headers["Cache-Control"].startswith("public")
    again = browser.client.get(
        str(pair[0].img["src"]), headers={"If-None-Match": photo.headers["ETag"]}
    )
    assert again.status_code == 304


def test_an_unchecked_photo_is_for_its_reporter_and_the_staff_of_the_place_only(
    database: Database, app: Flask, instance: Instance, browser: Browser
) -> None:
    with database.write() as session:
        tree = small_tree(session)
        person = accounts.person(session)
        here = accounts.staff(session, "street_desk", area=tree["370283001"])
        elsewhere = accounts.staff(session, "street_desk", area=tree["370283002"])
        case = make.case(session, tree[COMMUNITY], reporter=person, listed=True)
        key = BlobStore(instance.config.blobs).put(JPEG, "jpg")
        code = make.photo(session, case, blob_key=key).code
    url = f"/reports/photos/{code}"
    expected = {None: 404, person: 200, here: 200, elsewhere: 404}
    for who, status in expected.items():
        visitor = Browser(app)
        if who is not None:
            accounts.sign_in_as(visitor, who)
        for path in (url, f"{url}/small"):
            answer = visitor.client.get(path)
            assert answer.status_code == status, who
            assert "public" not in answer.headers["Cache-Control"]


def test_why_a_matter_came_back_is_told_to_nobody(database: Database, browser: Browser) -> None:
    with database.write() as session:
        tree = small_tree(session)
        checked = make.listed(session, tree, state=State.REWORK).number
        unhappy = make.listed(session, tree, state=State.REOPENED).number
    pages = [browser.get(f"/reports/{number}") for number in (checked, unhappy)]
    last = [p.soup.select(".timeline-row")[-1] for p in pages]
    said = [row.select_one(".timeline-title").get_text() for row in last]
    assert said[0] == said[1]
    assert not any("Reason" in row.get_text() for row in last)


def test_a_refused_report_shows_its_reason_and_no_steps_it_never_took(
    database: Database, browser: Browser
) -> None:
    with database.write() as session:
        number = make.listed(session, small_tree(session), state=State.NOT_ACCEPTED).number
    page = browser.get(f"/reports/{number}")
    assert "petition office" in page.text
    assert len(page.soup.select(".step")) == 2


def test_a_delicate_place_makes_the_time_coarse_as_well(
    database: Database, browser: Browser
) -> None:
    with database.write() as session:
        tree = small_tree(session)
        make.category(session, "noise", precision=Precision.COMMUNITY)
        make.category(session, "pothole", precision=Precision.ROAD)
        noise = make.listed(session, tree, category_code="noise").number
        road = make.listed(session, tree, category_code="pothole").number
    page = browser.get(f"/reports/{noise}")
    assert "November 2026" in page.text
    told = [part.get_text() for part in page.soup.select("dl, .timeline")]
    assert not any(day in "".join(told).replace(noise, "") for day in ("23", "24", "10:00"))
    assert "10:00" not in browser.get(f"/reports/{road}").text
    card = browser.get("/reports/?category=noise").soup.select_one("article")
    assert "November 2026" in card.get_text()


def test_the_home_page_gets_the_newest_of_a_place(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        here = [make.listed(session, tree).number for _ in range(3)]
        there = make.listed(session, tree, area="370283002001").number
    with database.read() as session:
        paths = (None, tree["370283001"].path)
        city, place = near(session, paths, kinds(session), newest=3)
    assert [row.case.number for row in city.newest] == [there, *here[:0:-1]]
    assert [row.case.number for row in place.newest] == here[::-1]


def test_a_late_promise_is_not_hidden(database: Database, browser: Browser) -> None:
    with database.write() as session:
        case = make.listed(session, small_tree(session))
        case.promised_at = present() - timedelta(days=1)
        number = case.number
    assert "This date has passed" in browser.get(f"/reports/{number}").text

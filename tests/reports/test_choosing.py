"""Few steps: likely kinds first, short pages, and words that name one place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from flask import Flask

from portal.kernel.clock import now
from portal.kernel.config import CHECKOUT
from portal.kernel.db import Database
from portal.reports.queries.categories import categories_on
from portal.reports.queries.likely import LEAST_REPORTS, kinds_near, usual_kinds
from portal.reports.rules.categories import CategoryRow
from portal.reports.rules.choosing import best_place, likely_kinds, says_more, short_pages
from portal.reports.rules.codes import State
from tests.make.intake import COMMUNITY, choose_place, ready, to_check, to_place, visitor
from tests.make.photos import exif, jpeg
from tests.make.reports import case
from tests.pages import Browser, Page

ENDINGS = ("街道", "社区")


@dataclass(frozen=True)
class Spot:
    code: str
    path: str
    name: str
    names: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", {"zh_Hans": self.name})


CITY = Spot("1", "/1/", "平度市")
STREET = Spot("12", "/1/12/", "东阁街道")
COMMUNITY_SPOT = Spot("123", "/1/12/123/", "后巷子社区")
ELSEWHERE = Spot("133", "/1/13/133/", "后巷子村")


@pytest.mark.parametrize(
    ("typed", "found", "best"),
    [
        ("东阁", [STREET, COMMUNITY_SPOT], STREET),
        ("东阁街道", [STREET, COMMUNITY_SPOT], STREET),
        ("平度市东阁街道后巷子3号", [COMMUNITY_SPOT, STREET, CITY], COMMUNITY_SPOT),
        ("后巷子社区", [COMMUNITY_SPOT, ELSEWHERE], COMMUNITY_SPOT),
        ("巷子", [COMMUNITY_SPOT, ELSEWHERE], None),
        ("后巷", [COMMUNITY_SPOT], COMMUNITY_SPOT),
        ("没有", [], None),
    ],
)
def test_words_mean_one_place_or_ask(typed: str, found: list[Spot], best: Spot | None) -> None:
    assert best_place(typed, found, ENDINGS) == best


def test_words_are_kept_when_they_say_more_than_the_name() -> None:
    assert not says_more("东阁", STREET, ENDINGS)
    assert not says_more("12", STREET, ENDINGS)
    assert says_more("东阁街道12号楼北门", STREET, ENDINGS)


@pytest.fixture
def kinds(database: Database) -> list[CategoryRow]:
    ready(database)
    with database.read() as session:
        return categories_on(session, date(2026, 11, 22))


def test_the_season_is_likely_and_what_was_reported_near_by_comes_first(
    kinds: list[CategoryRow],
) -> None:
    usual = ("flooding", "pipe_burst", "gone_from_the_list")
    found = [row.code for row in likely_kinds(kinds, {"noise": 3, "dogs": 9, "unsure": 50}, usual)]
    assert found[:4] == ["dogs", "noise", "flooding", "pipe_burst"]
    assert len(found) == len(set(found)) == 6
    assert "unsure" not in found


def test_every_month_has_usual_kinds_that_exist(kinds: list[CategoryRow]) -> None:
    known = {row.code for row in kinds}
    for month in range(1, 13):
        usual = usual_kinds(date(2026, month, 1))
        assert len(usual) >= 5
        assert set(usual) <= known
    for row in kinds:
        assert f'id="{row.code}"' in (CHECKOUT / "static/img/pictograms.svg").read_text("utf-8")
        assert row.hints["zh_Hans"]


def test_what_was_reported_in_the_street_counts_and_a_single_report_does_not(
    database: Database,
) -> None:
    tree = ready(database)
    at = now()
    with database.write() as session:
        for code, how_often in (("noise", LEAST_REPORTS), ("dogs", LEAST_REPORTS - 1)):
            for _ in range(how_often):
                case(session, tree[COMMUNITY], category_code=code, at=at - timedelta(days=2))
        for _ in range(5):
            case(session, tree[COMMUNITY], category_code="litter", at=at - timedelta(days=40))
            case(session, tree[COMMUNITY], category_code="dust", state=State.VOID, at=at)
    with database.read() as session:
        assert kinds_near(session, tree[COMMUNITY].path, at) == {"noise": LEAST_REPORTS}
        assert kinds_near(session, tree["370283002"].path, at) == {}


def test_short_pages_hold_everything_once() -> None:
    for count in range(40):
        items = list(range(count))
        pages = short_pages(items[3:9], items)
        assert sorted(item for page in pages for item in page) == items
        assert all(len(page) <= 6 for page in pages), (
            "the last may hold a sixth instead of a way on"
        )
        assert all(len(page) == 5 for page in pages[:-1])
        assert count < 4 or pages[0][0] == 3


# --- the pages ------------------------------------------------------------------------------------


@pytest.fixture
def elder(app: Flask, database: Database) -> Browser:
    ready(database)
    browser = visitor(app)
    browser.client.set_cookie("elder", "1")
    return browser


def _picks(page: Page) -> list[str]:
    return [tag.get_text(" ", strip=True) for tag in page.soup.select("main .pick-row")]


def test_an_elder_is_offered_six_choices_a_page_and_every_kind_in_the_end(
    elder: Browser, database: Database
) -> None:
    to_place(elder)
    choose_place(elder)
    page = elder.get("/reports/new/what", status=200)
    seen: set[str] = set()
    for _ in range(10):
        rows = _picks(page)
        assert len(rows) <= 6, rows
        assert page.soup.select_one("main .ways")
        seen |= {str(tag["value"]) for tag in page.soup.select("main button.pick-row")}
        if not page.soup.select("main a.pick-row"):
            break
        page = page.click("Something else", status=200)
    assert not page.soup.select("main a.pick-row")
    with database.read() as session:
        assert seen == {row.code for row in categories_on(session, date(2026, 11, 22))}
    page = page.form(button="I don’t know").send("I don’t know", status=200)
    assert page.h1 == "Tell us more"


def test_an_elder_s_places_come_in_sixes_and_typed_words_are_not_lost(elder: Browser) -> None:
    to_place(elder)
    page = elder.get("/reports/new/place", status=200)
    assert len(_picks(page)) <= 6
    page = page.form(button="李园街道").fill(where="老王家后面").send("李园街道", status=200)
    assert len(_picks(page)) <= 6
    assert elder.get("/reports/new/details").form().values["place_words"] == "老王家后面"


def test_a_damaged_page_number_shows_the_first_page(elder: Browser) -> None:
    to_place(elder)
    first = _picks(elder.get("/reports/new/what", status=200))
    for asked in ("999999999999", "-1", "x", "１", "99"):
        assert _picks(elder.get(f"/reports/new/what?page={asked}", status=200)) == first, asked


def test_the_place_looked_at_last_is_one_press_away(app: Flask, database: Database) -> None:
    ready(database)
    reader = visitor(app)
    reader.client.set_cookie("place", COMMUNITY)
    to_place(reader)
    page = reader.get("/reports/new/place", status=200)
    assert "The place you looked at last" in page.text
    page = page.form(button="looked at last").send("looked at last", status=200)
    assert page.h1 == "What is it?"


def test_a_damaged_place_cookie_is_ignored(app: Flask, database: Database) -> None:
    ready(database)
    reader = visitor(app)
    to_place(reader)
    for damaged in ("x" * 3000, "370283", "'; --", "%00"):
        reader.client.set_cookie("place", damaged)
        page = reader.get("/reports/new/place", status=200)
        assert "looked at last" not in page.text, damaged


def test_a_photo_that_knows_its_place_needs_one_press(app: Flask, database: Database) -> None:
    ready(database)
    reader = visitor(app)
    place = ((36.0, 40.0, 0.0), (119.0, 54.0, 0.0))
    page = to_place(reader, jpeg(exif=exif(place=place)))
    assert "The photo was taken here" in page.text
    assert page.form(button="taken here").send("taken here", status=200).h1 == "What is it?"


def test_nothing_is_asked_twice_and_the_flow_has_six_pages(app: Flask, database: Database) -> None:
    ready(database)
    reader = visitor(app)
    page = to_check(reader)
    assert page.h1 == "Check your answers"
    assert "6 of 6" in page.text

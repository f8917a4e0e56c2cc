"""The map: drawn on the server, zoomed by links, never more pins than an eye can use."""

import hashlib
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import insert

from portal.kernel import clock
from portal.kernel.config import CHECKOUT
from portal.kernel.db import Database
from portal.kernel.ids import new_id, new_number
from portal.kernel.instance import Instance
from portal.kernel.tokens import facet, stream
from portal.reports.models import Case, CaseSearch
from portal.reports.rules.codes import Review, Source, State, Target
from portal.reports.rules.listing import MOST_PINS
from portal.reports.rules.publicity import (
    TILE_ZOOMS,
    Box,
    read_box,
    sort_key,
    tile,
    tile_name,
    tiles_over,
)
from portal.reports.service.search import index_case
from portal.site.app import create_app
from tests.make import reports as make
from tests.make.areas import small_tree
from tests.pages import Browser

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app).in_language("en")


def fill(database: Database, count: int) -> None:
    """Many cases as an import would leave them, spread over the city."""
    with database.write() as session:
        area = small_tree(session)["370283001001"]
        make.category(session, "litter")
        cases, rows = [], []
        for at in range(count):
            case_id, lon, lat = new_id(), 119.81 + at % 97 * 0.004, 36.61 + at % 89 * 0.003
            cases.append(
                {
                    "district": "370283",
                    "id": case_id,
                    "number": new_number(),
                    "category_code": "litter",
                    "state": State.CLOSED if at % 3 else State.REPORTED,
                    "source": Source.RESIDENT,
                    "area_id": area.id,
                    "place_path": area.path,
                    "lon": lon,
                    "lat": lat,
                    "listed": True,
                    "limit_minutes": 480,
                    "found_at": NOW,
                    "updated_at": NOW,
                }
            )
            names = [tile_name(zoom, *tile(lon, lat, zoom)) for zoom in TILE_ZOOMS]
            rows.append(
                {
                    "key": sort_key(case_id),
                    "district": "370283",
                    "case_id": case_id,
                    "lon": lon,
                    "lat": lat,
                    "words": stream([], [facet("t", name) for name in names]),
                }
            )
        session.execute(insert(Case), cases)
        session.execute(insert(CaseSearch), rows)


def test_a_few_reports_are_pins_and_links_in_a_list(database: Database, browser: Browser) -> None:
    with database.write() as session:
        tree = small_tree(session)
        for state in (State.REPORTED, State.CLOSED):
            case = make.case(session, tree["370283001002"], state=state, listed=True)
            index_case(session, case)
        case.lon = 119.9123
        index_case(session, case)
        number = case.number
    page = browser.get("/reports/map", status=200)
    assert len(page.soup.select(".spot")) == 2
    assert page.soup.select_one(f'svg a[href="#r-{number}"]') is not None
    assert page.soup.select_one(f"#r-{number}") is not None
    assert len(page.soup.select("svg .area")) >= 2
    assert "东阁街道" in page.soup.select_one("svg.drawing").get_text()


def test_the_map_moves_by_links_alone(database: Database, browser: Browser) -> None:
    with database.write() as session:
        case = make.case(session, small_tree(session)["370283001002"], listed=True)
        index_case(session, case)
    page = browser.get("/reports/map")
    window = None
    for _ in range(4):
        page = page.click("Closer")
        smaller = read_box(page.soup.select_one("input[name=bbox]")["value"])
        assert smaller is not None
        assert window is None or smaller.east - smaller.west < window.east - window.west
        window = smaller
    for way in ("North", "West", "South", "East"):
        page = page.click(way)
    page = page.click("Wider").click("Whole city")
    assert not page.soup.select("input[name=bbox]")
    page = page.soup.select_one('svg a[aria-label="东阁街道"]')
    assert page is not None


EVERYTHING = "?bbox=119.7,36.5,120.3,37.0"


def test_many_pins_become_counts(database: Database, browser: Browser) -> None:
    fill(database, MOST_PINS + 300)
    page = browser.get(f"/reports/map{EVERYTHING}", status=200)
    counts = [int(text.get_text()) for text in page.soup.select(".circle-text")]
    assert sum(counts) == MOST_PINS + 300
    assert len(counts) <= 81
    assert not page.soup.select(".dots-open[d*=M1], .spot")
    data = json.loads(browser.get("/reports/map.geojson").html)
    assert sum(f["properties"]["count"] for f in data["features"]) == MOST_PINS + 300
    near = browser.get("/reports/map?bbox=119.90,36.70,119.95,36.74", status=200)
    inside = json.loads(browser.get("/reports/map.geojson?bbox=119.90,36.70,119.95,36.74").html)
    assert near.soup.select(".spot, .circle")
    assert all(119.90 <= f["geometry"]["coordinates"][0] <= 119.95 for f in inside["features"])


def test_a_busy_city_is_counted_place_by_place(database: Database, browser: Browser) -> None:
    fill(database, 90)
    with database.write() as session:
        closed = session.query(Case).filter(Case.state == State.CLOSED)
        closed.update({Case.closed_at: clock.now()})
    page = browser.get("/reports/map", status=200)
    bubble = page.soup.select_one("svg a.bubble")
    assert bubble["aria-label"] == "东阁街道: 30 being worked on, 60 settled"
    assert not page.soup.select(".spot, .circle")
    row = page.soup.select_one(".bubble-list li").get_text(" ", strip=True)
    assert row == "东阁街道 30 open 60 settled"
    inside = page.click("东阁街道", status=200)
    assert inside.url.endswith("/reports/map?area=370283001")
    assert inside.soup.select_one(".bubble-list a").get_text() == "东阁街道001社区"
    community = browser.get("/reports/map?area=370283001001", status=200)
    assert not community.soup.select(".bubble")
    assert community.soup.select(".spot, .circle")


def test_the_counts_follow_the_filters(database: Database, browser: Browser) -> None:
    fill(database, 120)
    page = browser.get("/reports/map?state=reported", status=200)
    assert "40 open" not in page.text, "so few are shown as pins"
    assert page.soup.select(".spot, .circle")
    fill_more = browser.get("/reports/map?group=greening")
    assert fill_more.status == 422


def test_pins_that_cover_each_other_become_one_number(database: Database, browser: Browser) -> None:
    with database.write() as session:
        tree = small_tree(session)
        for at in range(5):
            case = make.case(session, tree["370283001002"], listed=True)
            case.lon, case.lat = 119.95 + at * 0.0001, 36.78
            index_case(session, case)
    page = browser.get("/reports/map", status=200)
    assert [text.get_text() for text in page.soup.select(".circle-text")] == ["5"]
    assert not page.soup.select(".spot")
    near = browser.get("/reports/map?bbox=119.9499,36.7795,119.9507,36.7805", status=200)
    assert len(near.soup.select(".spot")) == 5


def test_a_pin_of_the_movable_map_tells_kind_state_and_photo(
    database: Database, browser: Browser
) -> None:
    with database.write() as session:
        tree = small_tree(session)
        make.category(session, "stall", target=Target.PERSON_OR_SHOP)
        expected = {}
        for code in ("litter", "stall"):
            case = make.case(session, tree["370283001002"], category_code=code, listed=True)
            make.photo(session, case, review=Review.APPROVED)
            index_case(session, case)
            expected[case.number] = code == "litter"
    data = json.loads(browser.get("/reports/map.geojson", status=200).html)
    told = {f["properties"]["number"]: "photo" in f["properties"] for f in data["features"]}
    assert told == expected
    assert {f["properties"]["kind"] for f in data["features"]} == {"Exposed litter"}


def test_the_map_takes_the_filters_of_the_list(database: Database, browser: Browser) -> None:
    with database.write() as session:
        tree = small_tree(session)
        for state in (State.REPORTED, State.CLOSED):
            index_case(session, make.case(session, tree["370283001002"], state=state, listed=True))
    data = json.loads(browser.get("/reports/map.geojson?state=fed_back").html)
    assert [f["properties"]["state"] for f in data["features"]] == ["Fed back"]


def test_approval_number_and_tiles_come_from_the_settings(
    instance: Instance, database: Database
) -> None:
    city = replace(instance.city, raw={**instance.city.raw, "map_approval": "GS 0000"})
    source = {"url": "https://tiles.example.cn/{z}/{x}/{y}.png", "attribution": "made up"}
    config = replace(instance.config, tiles=(source,))
    other = replace(instance, city=city, config=config)
    app = create_app(other, database)
    page = Browser(app).in_language("en").get("/reports/map")
    assert "GS 0000" in page.text
    assert json.loads(page.soup.select_one("#map")["data-tiles"]) == [source]
    assert "https://tiles.example.cn" in page.response.headers["Content-Security-Policy"]


def test_the_outlines_are_given_to_the_movable_map(database: Database, browser: Browser) -> None:
    with database.write() as session:
        small_tree(session)
    data = json.loads(browser.get("/reports/map/outlines.geojson", status=200).html)
    codes = {feature["properties"]["code"] for feature in data["features"]}
    assert codes == {"370283", "370283001", "370283002"}


def test_the_vendored_library_is_what_was_published() -> None:
    folder = CHECKOUT / "static" / "vendor"
    table = (folder / "README.md").read_text("utf-8")
    sums = dict(re.findall(r"\| `(leaflet/[^`]+)` \|.*\| `([0-9a-f]{64})` \|", table))
    files = {path.relative_to(folder).as_posix() for path in Path(folder).rglob("*.*")}
    assert files - {"README.md"} <= set(sums) | {"leaflet/LICENSE"}
    for name, expected in sums.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == expected
    assert "setPrefix(false)" in (CHECKOUT / "static" / "js" / "map.js").read_text("utf-8")


@pytest.mark.parametrize(
    "text", ["", "1,2,3", "a,b,c,d", "nan,0,1,1", "0,0,0,0", "0,0,181,1", "1" * 200]
)
def test_a_window_that_is_none_is_refused(text: str) -> None:
    assert read_box(text) is None


def test_few_tiles_cover_any_window() -> None:
    for box in (Box(-180, -85, 180, 85), Box(119, 36, 121, 38), Box(119.9, 36.7, 119.901, 36.701)):
        zoom, tiles = tiles_over(box)
        assert len(tiles) <= 24
        if tiles:
            assert tile(box.west, box.north, zoom) in tiles
            assert tile(box.east, box.south, zoom) in tiles

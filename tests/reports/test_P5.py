"""Law P5: a matter aimed at a person or a shop is public only as kind, place, steps and outcome."""

import json

import pytest
from flask import Flask

from portal.kernel.blobs import BlobStore
from portal.kernel.db import Database
from portal.kernel.instance import Instance
from portal.organisations.models import Organisation
from portal.reports.models import Case
from portal.reports.queries.case import texts_of
from portal.reports.rules.codes import PhotoKind, Precision, Review, State, Target, TextKind
from portal.reports.service.search import index_case
from tests.make import accounts
from tests.make import reports as make
from tests.make.areas import small_tree
from tests.make.organisations import unit
from tests.pages import Browser

WORDS, PLACE = "张记面馆油烟太大", "朝阳路三号院二单元"
GRID = "370283001001G01"
LON, LAT = 119.87531, 36.66347
SECRETS = (WORDS, "张记", PLACE, "朝阳路", "119.875", "36.663", "东阁环卫所", GRID)


class Scene:
    """A closed complaint about a shop, with checked words and photos, seen by a stranger."""

    def __init__(self, app: Flask, database: Database, blobs: BlobStore) -> None:
        self.browser = Browser(app).in_language("en")
        with database.write() as session:
            tree = small_tree(session)
            make.category(
                session,
                "fumes",
                target=Target.PERSON_OR_SHOP,
                precision=Precision.EXACT,
                name="餐饮油烟",
            )
            crew: Organisation = unit(session, "U-1", "东阁环卫所", area=tree["370283001"])
            self.person = accounts.person(session)
            case: Case = make.case(
                session,
                tree[GRID],
                category_code="fumes",
                state=State.CLOSED,
                unit=crew,
                reporter=self.person,
                words=None,
                listed=True,
            )
            case.lon, case.lat = LON, LAT
            # even if somebody approved them by mistake
            make.text(session, case, WORDS, review=Review.APPROVED)
            make.text(session, case, PLACE, kind=TextKind.PLACE, review=Review.APPROVED)
            key = blobs.put(b"made up", "jpg")
            self.photos = [
                make.photo(session, case, kind=kind, review=Review.APPROVED, blob_key=key).code
                for kind in PhotoKind
            ]
            index_case(session, case)
            self.number = case.number


@pytest.fixture
def scene(app: Flask, database: Database, instance: Instance) -> Scene:
    return Scene(app, database, BlobStore(instance.config.blobs))


def test_P5_list_page_print_and_map_show_kind_place_steps_and_outcome_only(scene: Scene) -> None:
    paths = [
        "/reports/",
        "/reports/?area=370283001001",
        f"/reports/{scene.number}",
        f"/reports/{scene.number}/print",
        "/reports/map",
        "/reports/map.geojson",
        "/places/370283001001",
        "/",
    ]
    for path in paths:
        page = scene.browser.get(path, status=200)
        for secret in SECRETS:
            # the page of a place lists its own grids
            if secret == GRID and path.startswith("/places/"):
                continue
            assert secret not in page.html, f"{secret} on {path}"
        assert not any(photo in page.html for photo in scene.photos), path
    page = scene.browser.get(f"/reports/{scene.number}")
    for words in (
        "Exposed litter",
        "东阁街道",
        "Verified and closed",
        "a person or a shop",
    ):
        assert words in page.text, words


def test_P5_no_time_finer_than_the_month(scene: Scene) -> None:
    page = scene.browser.get(f"/reports/{scene.number}")
    assert "November 2026" in page.text
    told = "".join(part.get_text() for part in page.soup.select("dl, .timeline"))
    assert "23" not in told.replace(scene.number, "")


def test_P5_photos_are_404_for_strangers_even_when_checked(scene: Scene) -> None:
    for code in scene.photos:
        for path in (f"/reports/photos/{code}", f"/reports/photos/{code}/small"):
            assert scene.browser.client.get(path).status_code == 404


def test_P5_a_search_for_its_words_or_its_door_finds_nothing(scene: Scene) -> None:
    queries = ("q=张记", "q=面馆", "q=朝阳路", "q=三号院", "area=370283001001G01", "q=第一网格")
    for query in queries:
        page = scene.browser.get(f"/reports/?{query}", status=200)
        assert not page.soup.select("article"), query
    assert scene.number in scene.browser.get("/reports/?q=油烟").html


def test_P5_a_narrow_window_of_the_map_does_not_find_the_spot(scene: Scene) -> None:
    window = f"{LON - 0.001},{LAT - 0.001},{LON + 0.001},{LAT + 0.001}"
    for path in ("/reports/", "/reports/map", "/reports/map.geojson"):
        assert scene.number not in scene.browser.get(f"{path}?bbox={window}").html
    found = json.loads(scene.browser.get("/reports/map.geojson").html)["features"]
    assert [f["properties"]["number"] for f in found] == [scene.number]
    # the middle of the community, not of the grid the case lies in
    assert found[0]["geometry"]["coordinates"] == pytest.approx([119.9, 36.675])


def test_P5_the_reporter_reads_her_own_words_and_the_answer(
    scene: Scene, database: Database
) -> None:
    accounts.sign_in_as(scene.browser, scene.person)
    page = scene.browser.get(f"/reports/{scene.number}")
    assert WORDS in page.text
    assert "已清理" in page.text
    assert "Only you and the staff" in page.text
    assert scene.browser.client.get(f"/reports/photos/{scene.photos[0]}").status_code == 200


@pytest.mark.parametrize("precision", [Precision.ROAD, Precision.COMMUNITY])
def test_P5_a_coarse_place_stays_coarse_on_the_map_and_in_the_search(
    app: Flask, database: Database, precision: Precision
) -> None:
    with database.write() as session:
        tree = small_tree(session)
        make.category(session, "noise", precision=precision)
        case = make.case(session, tree[GRID], category_code="noise", words=None, listed=True)
        case.lon, case.lat = LON, LAT
        make.text(session, case, PLACE, kind=TextKind.PLACE, review=Review.APPROVED)
        make.text(session, case, "半夜很吵", review=Review.APPROVED)
        index_case(session, case)
        number = case.number
        assert len(texts_of(session, make.row_of(session, case))) == 2
    browser = Browser(app)
    assert "半夜很吵" in browser.get(f"/reports/{number}").text
    assert PLACE not in browser.get(f"/reports/{number}").html
    point = json.loads(browser.get("/reports/map.geojson").html)["features"][0]["geometry"]
    lon, lat = point["coordinates"]
    assert abs(lon - LON) > 1e-6
    assert abs(lat - LAT) > 1e-6
    assert (abs(lon - LON) < 0.002) is (precision is Precision.ROAD)
    for query in ("q=朝阳路", "area=370283001001G01"):
        assert not browser.get(f"/reports/?{query}").soup.select("article")
    assert browser.get("/reports/?q=吵").soup.select("article")

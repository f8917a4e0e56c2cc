"""Where it is: lists, words, coordinates, a map and a position, all without script."""

from typing import Any

import pytest
from bs4 import BeautifulSoup

from portal.kernel.db import Database
from portal.kernel.geo import wgs84_to_gcj02
from tests.make.intake import COMMUNITY, cases, choose_place, to_check, to_place
from tests.pages import Browser, Page


def test_choosing_from_short_lists(reader: Browser) -> None:
    to_place(reader)
    page = reader.get("/reports/new/place/list", status=200)
    page = page.form().send("东阁街道", status=200)
    page = page.form().send("东阁街道第一管区", status=200)
    assert "李园" not in page.text
    page = page.form().send("东阁街道001社区", status=200)
    assert page.h1 == "What is it?"
    page = reader.get("/reports/new/place", status=200)
    assert "东阁街道001社区" in page.text


def test_who_knows_only_the_street_says_so(reader: Browser, city: Database) -> None:
    to_place(reader)
    page = reader.get("/reports/new/place/list?under=370283001", status=200)

    page = page.form().send("I do not know it more exactly", status=200)

    assert page.h1 == "What is it?"


@pytest.mark.parametrize("typed", ["东阁街道001社区", "平度市东阁街道001社区3号楼", COMMUNITY])
def test_words_that_name_one_place_go_straight_on(reader: Browser, typed: str) -> None:
    page = to_place(reader).form(button="Continue").fill(where=typed).send("Continue", status=200)

    assert page.h1 == "What is it?"
    page = reader.get("/reports/new/place", status=200)
    assert "东阁街道001社区" in page.form(button="You chose").tag.text
    kept = reader.get("/reports/new/details").form().values["place_words"]
    assert kept == (typed if "3号楼" in typed else "")


def test_words_that_name_several_places_offer_them_on_the_same_page(reader: Browser) -> None:
    page = to_place(reader).form(button="Continue").fill(where="管区").send("Continue", status=422)

    assert page.h1 == "Where is it?"
    assert page.errors == ["Several places fit. Choose yours from these:"]
    assert page.form(button="第一管区").values["where"] == "管区"
    page = page.form(button="第一管区").send("东阁街道第一管区", status=200)
    assert page.h1 == "What is it?"


def test_words_that_name_no_place_are_kept_as_a_description(reader: Browser) -> None:
    form = to_place(reader).form(button="Continue").fill(where="老王家后面")
    page = form.send("Continue", status=422)

    assert "We know no place of that name" in page.errors[0]
    page = page.form(button="东阁街道").send("东阁街道", status=200)
    assert page.h1 == "Choose the place from the list"
    choose_place(reader)
    assert reader.get("/reports/new/details").form().values["place_words"] == "老王家后面"


def test_an_empty_answer_is_told_what_is_missing(reader: Browser) -> None:
    page = to_place(reader).form(button="Continue").send("Continue", status=422)
    assert page.errors == ["Say where it is."]


@pytest.mark.parametrize(
    ("typed", "system"),
    [
        ("（３６．７，１１９．９）", "wgs84"),
        ("{},{}".format(*wgs84_to_gcj02(119.9, 36.7)), "gcj02"),
    ],
)
def test_coordinates_in_either_order_and_of_chinese_maps(
    reader: Browser, city: Database, typed: str, system: str
) -> None:
    to_check(reader)
    page = reader.get("/reports/new/place/point", status=200)

    page = page.form().fill(point=typed, system=system).send("Continue", status=200)

    assert page.h1 == "Check your answers"
    page.form().send(status=200)
    (case,) = cases(city)
    assert (case.lon, case.lat) == (pytest.approx(119.9, abs=1e-5), pytest.approx(36.7, abs=1e-5))


BAD_POINTS = {
    "2.35, 48.85": "outside our city",
    "0, 0": "outside our city",
    "999, 999": "cannot read",
    "NaN, NaN": "cannot read",
    "1e999, 3": "cannot read",
    "119.9": "cannot read",
    "": "cannot read",
    "北京市": "cannot read",
    "1 " * 50_000 + "1": "cannot read",
}


def test_impossible_and_foreign_points_are_refused_with_words_and_kept(reader: Browser) -> None:
    to_place(reader)
    page = reader.get("/reports/new/place/point", status=200)
    for typed, words in BAD_POINTS.items():
        page = page.form().fill(point=typed).send("Continue", status=422)
        assert len(page.errors) == 1, typed[:40]
        assert words in page.errors[0], typed[:40]
        assert page.form().values["point"] == typed


def test_the_map_is_pressed_closer_and_closer(reader: Browser, city: Database) -> None:
    to_place(reader)
    page = reader.get("/reports/new/place/map", status=200)
    form = page.soup.select_one("form.map-form")
    assert form is not None
    given = {str(i["name"]): str(i["value"]) for i in form.select("input[type=hidden]")}
    picture = reader.get(str(form.select("input[type=image]")[0]["src"]), status=200)
    assert picture.response.mimetype == "image/svg+xml"
    assert "平度" not in page.form().tag.text

    given |= {"pick.x": "40", "pick.y": "250"}  # the lower left: street 001, south
    page = reader.get("/reports/new/place/map", query_string=given, status=200)
    assert "东阁街道" in page.text
    page = page.form(button="Use the place").send("Use the place at the cross", status=200)

    assert page.h1 == "What is it?"


def test_a_damaged_map_address_shows_the_whole_city(reader: Browser) -> None:
    to_place(reader)
    for query in ("lon=x&lat=y&span=z", "lon=999&lat=1&span=1", "span=nan&lon=nan&lat=nan"):
        page = reader.get(f"/reports/new/place/map?{query}", status=200)
        assert page.h1 == "Point at it on a map"
        assert reader.client.get(f"/reports/new/place/map.svg?{query}").status_code == 404


def test_the_arrows_lead_round_the_map_without_pointing(reader: Browser) -> None:
    to_place(reader)
    page = reader.get("/reports/new/place/map", status=200)
    for name in ("Closer", "Move west", "Move north", "Move east", "Move south", "Wider"):
        page = page.click(name, status=200)


def test_the_point_of_a_browser_s_position_is_taken_as_gps(reader: Browser, city: Database) -> None:
    to_check(reader)
    page = reader.get("/reports/new/place", status=200)
    (form,) = page.soup.select("form[data-position]")
    assert form.has_attr("hidden")
    data = {str(i["name"]): str(i["value"]) for i in form.select("input")}
    page = reader.post("/reports/new/place", {**data, "point": "119.900000, 36.700000"}, status=200)

    page.form().send("Send the report", status=200)
    assert (cases(city)[0].lon, cases(city)[0].lat) == (119.9, 36.7)


def options(page: Page, name: str) -> list[Any]:
    return [
        tag["value"] for tag in BeautifulSoup(page.html, "html.parser").select(f"[name={name}]")
    ]


def test_the_place_a_person_chose_stands_even_if_the_point_lies_elsewhere(
    reader: Browser, city: Database
) -> None:
    to_check(reader)
    page = reader.get("/reports/new/place/point", status=200)
    page.form().fill(point="120.1, 36.7", system="wgs84").send(status=200)
    page = reader.get("/reports/new/place/list?under=370283001M1", status=200)
    assert COMMUNITY in options(page, "street")
    page = page.form().send("东阁街道001社区", status=200)
    page.form().send("Send the report", status=200)

    (case,) = cases(city)
    assert case.place_path.endswith(f"/{COMMUNITY}/")
    assert case.lon is None

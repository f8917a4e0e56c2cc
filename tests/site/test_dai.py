"""R124: names in Dai script beside the Chinese ones, wrong signs in Dai, and the fonts for both."""

import unicodedata
from dataclasses import replace

import pytest
from flask import Flask, render_template_string

from portal.areas.queries import area_by_code, find_areas
from portal.areas.service import load_city_places
from portal.kernel.city import load_city
from portal.kernel.config import DEFAULT_CITY
from portal.kernel.db import Database
from portal.kernel.instance import Instance
from portal.reports.queries.categories import categories_on
from portal.reports.service.categories import load_categories
from portal.site.assets import STATIC, asset_bundle
from tests.make.reports import NOW
from tests.pages import Browser

XISHUANGBANNA = load_city(DEFAULT_CITY.with_name("xishuangbanna.toml"))
SIPSONGPANNA, JINGHONG = "᧑᧒ᦗᧃᦓᦱ", "ᦵᦋᧂᦣᦳᧂᧈ"


@pytest.fixture
def instance(instance: Instance) -> Instance:
    return replace(instance, city=XISHUANGBANNA)


@pytest.fixture
def banna(database: Database) -> Database:
    with database.write() as session:
        load_city_places(session, XISHUANGBANNA, NOW)
        load_categories(session, XISHUANGBANNA, NOW)
    return database


def test_the_prefecture_and_its_counties_bear_three_names(banna: Database) -> None:
    with banna.read() as session:
        for code in ("5328", "532801", "532822", "532823"):
            area = area_by_code(session, code)
            assert area is not None
            assert {"zh_Hans", "en", "khb"} <= set(area.names)
            assert all("NEW TAI LUE" in unicodedata.name(c) for c in area.names["khb"])
        assert [area.code for area in find_areas(session, JINGHONG)] == ["532801"]
        assert find_areas(session, "jinghong")[0].code == "532801"


def test_a_place_page_shows_the_dai_name_beside_the_chinese_one(
    banna: Database, app: Flask
) -> None:
    page = Browser(app).get("/places/532801", status=200)
    (dai,) = page.soup.select("main [lang=khb]")
    assert dai.get_text(strip=True) == JINGHONG
    assert page.h1 == "景洪市"


def test_a_wrong_sign_in_dai_can_be_reported_where_places_have_dai_names(
    banna: Database,
) -> None:
    with banna.read() as session:
        (kind,) = [k for k in categories_on(session, NOW.date()) if k.code == "dai_sign"]
    assert "傣文" in kind.names["zh_Hans"]
    assert "建筑物名称" in kind.synonyms


def test_and_nowhere_else(database: Database) -> None:
    for city in (load_city(DEFAULT_CITY), None):
        with database.write() as session:
            load_categories(session, city, NOW)
            assert "dai_sign" not in {k.code for k in categories_on(session, NOW.date())}


def test_names_are_printed_in_the_readers_language_with_the_dai_one(app: Flask) -> None:
    page = '{% from "ui/names.html" import both_names %}{{ both_names(names) }}'
    with app.test_request_context("/?lang=en"):
        both = render_template_string(page, names=XISHUANGBANNA.names)
        plain = render_template_string(page, names={"zh_Hans": "平度", "en": "Pingdu"})
    assert both == f'Xishuangbanna <span class="khb" lang="khb">{SIPSONGPANNA}</span>'
    assert plain == "Pingdu"


def test_the_fonts_are_small_free_and_asked_for_by_dai_letters_only(app: Flask) -> None:
    fonts = sorted((STATIC / "fonts").glob("*.woff2"))
    assert [font.stem for font in fonts] == ["NotoSansNewTaiLue-Regular", "NotoSansTaiTham-Regular"]
    assert all(font.stat().st_size < 40_000 for font in fonts)
    assert "SIL OPEN FONT LICENSE" in (STATIC / "fonts" / "OFL.txt").read_text("utf-8")
    client = app.test_client()
    with app.test_request_context():
        sheet = client.get(asset_bundle("site")).get_data(as_text=True)
    for font, letters in zip(fonts, ("U+1980-19DF", "U+1A20-1AAF"), strict=True):
        assert f"../fonts/{font.name}" in sheet
        assert f"unicode-range: {letters};" in sheet
        assert client.get(f"/static/fonts/{font.name}", buffered=True).status_code == 200

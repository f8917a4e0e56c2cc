"""Pages of places and organisations, public and those of their keepers."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from portal.areas.models import Area, AreaTag, FeatureSwitch
from portal.areas.queries import area_by_code, card_of, locate, permitted_in
from portal.areas.rules import Feature, Keeper, PermittedKind, Tag
from portal.areas.service import add_permitted_place, load_city_places, save_card
from portal.kernel.city import load_city
from portal.kernel.config import DEFAULT_CITY
from portal.kernel.db import Database
from portal.kernel.drawing import draw
from portal.kernel.ids import new_id
from portal.kernel.instance import Instance
from portal.organisations.queries import organisation_by_code
from portal.organisations.rules import OrganisationKind
from portal.site.app import create_app
from tests.make.accounts import sign_in_as, staff
from tests.make.areas import small_tree, square
from tests.make.organisations import unit
from tests.pages import Browser

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
EVERYWHERE = Keeper(None, None)
NORTH = "370283001002"


@pytest.fixture
def places(database: Database) -> Database:
    with database.write() as session:
        tree = small_tree(session)
        tree["370283001"].name_en = "Dongge"
        tree["370283001"].name_khb = "ᦵᦙᦲᧂ"
        session.add(AreaTag(area_id=tree[NORTH].id, tag=Tag.URBAN_VILLAGE))
        session.add(
            FeatureSwitch(
                id=new_id(), feature=Feature.REPORTS, area_id=tree["370283001"].id,
                since=date(2026, 7, 1),
            )
        )  # fmt: skip
        session.add(
            FeatureSwitch(
                id=new_id(), feature=Feature.REPORTS, area_id=tree["370283002"].id,
                since=date(2099, 1, 1),
            )
        )  # fmt: skip
        office = OrganisationKind.STREET_OFFICE
        unit(session, "S1", "东阁街道办事处", kind=office, area=tree["370283001"],
             phone="19900000001")  # fmt: skip
        unit(session, "CITY", "城管执法局", area=tree["370283"])
        save_card(
            session, EVERYWHERE, NORTH, objects="绿化", standards="日清", responsible="网格长",
            duty_phone="19900000002", now=NOW,
        )  # fmt: skip
        add_permitted_place(
            session, EVERYWHERE, NORTH, kind=PermittedKind.MARKET, names={"zh_Hans": "早市"},
            opens=360, closes=540, weekdays="1234567", valid_from=date(2026, 1, 1), now=NOW,
        )  # fmt: skip
    return database


@pytest.fixture
def browser(app: Flask, places: Database) -> Browser:
    return Browser(app).in_language("en")


def keeper_of(app: Flask, database: Database, code: str) -> Browser:
    """An administrator of one place, signed in with both factors, reading English."""
    with database.write() as session:
        area = area_by_code(session, code)
        assert area is not None
        person = staff(session, "administrator", area=area.id)
    browser = Browser(app)
    sign_in_as(browser.client, person)
    return browser.in_language("en")


@pytest.fixture
def keeper(app: Flask, places: Database) -> Browser:
    return keeper_of(app, places, "370283")


def test_a_resident_finds_her_community_by_name_and_reads_its_card(browser: Browser) -> None:
    page = browser.get("/places/", status=200).form().fill(q="002社区").send(status=200)
    page = page.click("东阁街道002社区", status=200)
    assert page.path == f"/places/{NORTH}"
    for words in ("绿化", "日清", "网格长", "19900000002", "Urban village", "早市", "06:00–09:00",
                  "every day", "东阁街道办事处", "19900000001", "Wed 1 Jul"):  # fmt: skip
        assert words in page.text
    assert "城管执法局" not in page.text


def test_one_walks_down_from_the_city_and_back_up(browser: Browser) -> None:
    page = (
        browser.get("/places/").click("Dongge").click("东阁街道第一管区").click("东阁街道001社区")
    )
    assert page.h1 == "东阁街道001社区"
    assert page.click("Dongge").h1 == "Dongge"


def test_a_dai_name_is_marked_as_dai(browser: Browser) -> None:
    page = browser.get("/places/370283001")
    marked = page.soup.select_one('[lang="khb"]')
    assert marked is not None
    assert marked.get_text() == "ᦵᦙᦲᧂ"


def test_a_search_without_result_says_what_to_do(browser: Browser) -> None:
    page = browser.get("/places/?q=%F0%9F%90%89", status=200)
    assert "Try fewer characters" in page.text
    assert browser.get("/places/?q=%00%ff" + "x" * 5000, status=200)


@pytest.mark.parametrize("code", ["370283999", "nonsense", "x" * 200, "%00", "37028300١"])
def test_an_unknown_place_is_not_found(browser: Browser, code: str) -> None:
    assert browser.get(f"/places/{code}").status == 404


def test_r001_the_public_list_says_which_streets_are_live_and_since_when(browser: Browser) -> None:
    page = browser.get("/places/live", status=200)
    assert "Dongge live since Wed 1 Jul" in page.text.replace("● ", "").replace("✓ ", "")
    assert "李园街道" in page.text
    assert "live from Thu 1 Jan 2099" in page.text
    assert "Not live anywhere yet" in page.text  # ratings


def test_a_place_that_has_ended_says_so_and_who_follows(places: Database, browser: Browser) -> None:
    with places.write() as session:
        grid = area_by_code(session, "370283001001G01")
        assert grid is not None
        tree = session.get_one(Area, grid.id)
        tree.valid_to, tree.successor_code = date(2025, 1, 1), "370283001001"
    page = browser.get("/places/370283001001G01", status=200)
    assert "Not valid since Wed 1 Jan" in page.text
    assert page.click("东阁街道001社区").status == 200


@pytest.mark.parametrize("url", ["/places/", "/places/live", "/places/370283", f"/places/{NORTH}"])
@pytest.mark.parametrize("language", ["zh_Hans", "zh_Hant", "en"])
def test_public_pages_stand_in_every_language(browser: Browser, url: str, language: str) -> None:
    browser.in_language(language).get(url, status=200)


def test_a_place_page_sends_a_fixed_number_of_queries(app: Flask, places: Database) -> None:
    browser = Browser(app)
    counts = []
    for url in ("/places/370283", "/places/370283001", f"/places/{NORTH}"):
        statements: list[str] = []

        def note(*given: Any, seen: list[str] = statements) -> None:
            if not given[2].startswith(("BEGIN", "SELECT version", "select ", "show ")):
                seen.append(given[2])

        browser.get(url)
        event.listen(places.reader, "before_cursor_execute", note)
        browser.get(url, status=200)
        event.remove(places.reader, "before_cursor_execute", note)
        counts.append(len(statements))
    assert max(counts) <= 14


def test_the_city_page_draws_its_streets_in_one_small_picture(
    instance: Instance, database: Database
) -> None:
    with database.write() as session:
        load_city_places(session, load_city(DEFAULT_CITY), NOW)
    page = Browser(create_app(instance, database)).get("/places/370283", status=200)
    assert len(page.soup.select("main svg[role=img] path.area")) == 18
    assert len(page.soup.select("main svg[role=img] text")) == 18
    assert len(page.html) < 60_000


def test_another_city_has_other_levels(instance: Instance, database: Database) -> None:
    city = load_city(DEFAULT_CITY.with_name("xining.toml"))
    with database.write() as session:
        load_city_places(session, city, NOW)
    browser = Browser(create_app(replace(instance, city=city), database))
    page = browser.get("/places/6301", status=200)
    assert page.h1 == "西宁市"
    page = page.click("城西区").click("西关大街街道")
    assert page.status == 200
    assert len(page.links()) > 5


def test_drawings_keep_proportions_and_holes() -> None:
    box = json.loads(square(119.0, 36.0, 120.0, 37.0))
    box["coordinates"].append([[119.4, 36.4], [119.6, 36.4], [119.6, 36.6], [119.4, 36.4]])
    drawing = draw([("370283", box)])
    assert drawing is not None
    assert drawing.height == 560
    assert 430 < drawing.width < 460
    assert drawing.pieces[0].path.count("M") == 2
    assert drawing.pieces[0].x == pytest.approx(drawing.width / 2, abs=0.5)
    assert draw([]) is None


def test_strangers_do_not_reach_the_keepers_pages(browser: Browser) -> None:
    for url in ("/admin/places/", f"/admin/places/{NORTH}/edit", "/admin/organisations/"):
        assert browser.get(url).path.startswith("/sign-in")


def test_a_keeper_renames_and_tags_a_place(keeper: Browser, places: Database) -> None:
    page = keeper.get("/admin/places/", status=200).click("平度市").click("Dongge")
    page = page.click("东阁街道第一管区").click("东阁街道002社区").click("Change Tags")
    form = page.form()
    assert form.values.getlist("tags") == ["urban_village"]
    page = form.fill(name_zh_hans="北社区", name_en="North", tags=["old_estate"]).send("Save")
    assert (page.path, page.h1) == (f"/admin/places/{NORTH}", "North")
    assert "Old estate" in page.text
    with places.read() as session:
        row = area_by_code(session, NORTH)
        assert row is not None
        assert row.names == {"zh_Hans": "北社区", "en": "North"}


def test_what_was_typed_survives_a_refusal(keeper: Browser) -> None:
    form = keeper.get("/admin/places/370283001/edit").form()
    page = form.fill(name_en="Kept", valid_to="2027-01-01").send("Save", status=422)
    assert page.errors == ["Places inside it are still valid. End those first."]
    assert page.form().values["name_en"] == "Kept"
    page = page.form().fill(valid_to="2027-13-01").send("Save", status=422)
    assert page.errors == ["Write a day like 2026-07-01."]


def test_a_stale_form_is_told_so(keeper: Browser) -> None:
    first = keeper.get(f"/admin/places/{NORTH}/edit").form()
    second = keeper.get(f"/admin/places/{NORTH}/edit").form()
    first.fill(name_en="First").send("Save", status=200)
    page = second.fill(name_en="Second").send("Save", status=409)
    assert page.errors == ["Somebody changed this place meanwhile. Look at it again."]
    assert page.form().values["name_en"] == "Second"


def test_r067_a_keeper_writes_the_grid_card(keeper: Browser, places: Database) -> None:
    page = keeper.get("/admin/places/370283001001").click("Write a card")
    page.form().fill(
        objects="路面", standards="整洁", responsible="甲", duty_phone="not a number"
    ).send("Save", status=422)
    page.form().fill(
        objects="路面", standards="整洁", responsible="甲", duty_phone="19900000009"
    ).send("Save", status=200)
    assert "19900000009" in keeper.get("/places/370283001001").text
    with places.read() as session:
        area = area_by_code(session, "370283001001")
        assert area is not None
        assert card_of(session, area.id) is not None


def test_r066_a_grid_is_drawn_and_its_outline_refused_when_wrong(
    keeper: Browser, places: Database
) -> None:
    form = keeper.get(f"/admin/places/{NORTH}").click("Add a place inside").form()
    form.fill(level="grid", code=f"{NORTH}G01", name_zh_hans="第一网格",
              outline=square(119.7, 36.75, 119.9, 36.9))  # fmt: skip
    page = form.send("Save", status=422)
    assert page.errors == ["The outline leaves the place above."]
    page = page.form().fill(outline="119.8,36.75\n119.9,36.75\n119.9,36.9\n119.8,36.9").send("Save")
    assert (page.status, page.h1) == (200, "第一网格")
    with places.read() as session:
        found = locate(session, 119.85, 36.8)
        assert found is not None
        assert found.code == f"{NORTH}G01"
    page = page.click("Draw it anew").form().fill(outline=square(119.8, 36.75, 120.0, 36.9)).send()
    assert page.status == 200
    form = keeper.get(f"/admin/places/{NORTH}/add").form()
    form.fill(level="grid", code=f"{NORTH}G02", name_zh_hans="第二网格",
              outline=square(119.9, 36.75, 120.0, 36.9))  # fmt: skip
    assert form.send(status=422).errors == ["The outline overlaps 第一网格."]


def test_a_double_click_makes_one_grid(keeper: Browser) -> None:
    form = keeper.get(f"/admin/places/{NORTH}/add").form()
    form.fill(level="grid", code=f"{NORTH}G01", name_zh_hans="第一网格")
    first, second = form.send_twice()
    assert (first.status, second.status) == (200, 200)
    assert first.path == second.path == f"/admin/places/{NORTH}G01"


def test_a_permitted_place_is_added_and_ended(keeper: Browser, places: Database) -> None:
    form = keeper.get(f"/admin/places/{NORTH}").click("Add a permitted place").form()
    form.fill(kind="stall_zone", name_zh_hans="夜市", opens="17:00", closes="25:00", lon="119.9")
    page = form.send("Save", status=422)
    assert page.errors == [
        "Write a time like 06:30.",
        "Write both longitude and latitude, or neither.",
    ]
    page = page.form().fill(closes="01:00", lat="10").send("Save", status=422)
    assert page.errors == ["This point does not lie in this place."]
    page = page.form().fill(lat="36.8", weekdays=["5", "6"]).send("Save", status=200)
    assert "17:00 to 01:00 the next day Fri Sat" in page.text
    assert "夜市" in keeper.get(f"/places/{NORTH}").text
    page = keeper.get(f"/admin/places/{NORTH}").click("End 夜市")
    page = page.form().send("Save", status=200)
    assert "夜市" not in page.text
    with places.read() as session:
        names = [row.names["zh_Hans"] for row in permitted_in(session, "/", on=date(2026, 11, 22))]
    assert names == ["早市"]


def test_a_made_up_key_of_a_permitted_place_is_not_found(keeper: Browser) -> None:
    assert keeper.get(f"/admin/places/{NORTH}/permitted/0123456789abcdef").status == 404


def test_r002_a_feature_is_switched_on_by_street_and_day(keeper: Browser) -> None:
    form = keeper.get("/admin/places/370283002").click("Set what is live").form()
    page = form.fill(feature="reports", since="2026-01-01").send("Save", status=200)
    assert "Thu 1 Jan" in page.text
    assert "Thu 1 Jan" in keeper.get("/places/live").text


def test_a_keeper_of_one_street_is_kept_out_of_the_others(app: Flask, places: Database) -> None:
    keeper = keeper_of(app, places, "370283001")
    assert keeper.get("/admin/places/370283001/edit").status == 200
    index = keeper.get("/admin/places/")
    assert "Dongge" in index.text
    assert "平度市" not in index.text
    assert keeper.get("/admin/places/370283002/edit").status == 403
    assert keeper.get("/admin/places/370283").status == 403
    assert keeper.get("/admin/organisations/CITY").status == 403
    assert "城管执法局" not in keeper.get("/admin/organisations/").text


def test_an_organisation_is_entered_renamed_and_ended(keeper: Browser, places: Database) -> None:
    form = keeper.get("/admin/organisations/").click("Add an organisation").form()
    form.fill(code="t-1", name_zh_hans="中队", kind="team", trade="city_management",
              area_code="370283001", parent_code="NOBODY")  # fmt: skip
    page = form.send("Save", status=422)
    assert page.errors == ["No organisation has this code."]
    page = page.form().fill(parent_code="S1", valid_from="2026-01-01").send("Save", status=200)
    assert (page.path, page.h1) == ("/admin/organisations/T-1", "中队")
    page = page.form().fill(name_en="Team").send("Save", status=200)
    assert page.h1 == "Team"
    assert "Team" in keeper.get("/places/370283001").text
    form = page.click("End an organisation").form()
    page = form.fill(on="2026-06-01", successor_code="S1").send("Save", status=200)
    assert "It has ended on Mon 1 Jun" in page.text
    assert page.click("东阁街道办事处").path == "/admin/organisations/S1"
    with places.read() as session:
        row = organisation_by_code(session, "T-1")
        assert row is not None
        assert row.valid_to == date(2026, 6, 1)


def test_a_wrong_organisation_is_told_beside_its_field(keeper: Browser) -> None:
    form = keeper.get("/admin/organisations/S1").form()
    page = form.fill(phone="call me", name_en="Kept").send("Save", status=422)
    assert page.errors == ["This is not a telephone number."]
    assert page.form().values["name_en"] == "Kept"
    assert keeper.get("/admin/organisations/NOBODY").status == 404


def test_a_long_register_comes_in_pages(keeper: Browser, places: Database) -> None:
    with places.write() as session:
        street = area_by_code(session, "370283001")
        assert street is not None
        for number in range(120):
            unit(session, f"U-{number:03}", f"单位{number}", area=session.get_one(Area, street.id))
        unit(session, "NOWHERE", "不属于任何地方")
    seen: list[str] = []
    page = keeper.get("/admin/organisations/", status=200)
    while "Next page" in page.text:
        seen += page.links()
        page = page.click("Next page", status=200)
    seen += page.links()
    units = [link for link in seen if "/U-" in link]
    assert len(units) == len(set(units)) == 120
    # what serves no place is kept by those who keep every place
    assert not any("NOWHERE" in link for link in seen)
    assert page.click("Back to the beginning").status == 200

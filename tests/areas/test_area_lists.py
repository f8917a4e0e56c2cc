"""Lists of places: the shipped ones load fast and twice, damaged ones change nothing."""

import json
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.areas.models import Area
from portal.areas.queries import (
    area_by_code,
    card_of,
    children_of,
    count_by_level,
    data_version,
    descendants_at_level,
    feature_live,
    find_flaws,
    locate,
    outline_of,
    permitted_in,
)
from portal.areas.rules import PermittedKind, Tag, UnitKind
from portal.areas.service import import_outlines, import_places, load_city_places
from portal.kernel.city import City, load_city
from portal.kernel.config import DEFAULT_CITY
from portal.kernel.db import Database
from portal.kernel.errors import BadData
from portal.kernel.geo import wgs84_to_gcj02

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SINCE = date(2026, 1, 1)
PINGDU = load_city(DEFAULT_CITY)
XINING = load_city(DEFAULT_CITY.with_name("xining.toml"))
DATA = DEFAULT_CITY.parents[1]
HEAD = "level,code,name,parent_code\n"
GOOD = (
    HEAD + "district,370283,平度市,3702\n"
    "street,370283001,东阁街道,370283\n"
    "community,370283001001,后巷子社区,370283001\n"
)


def load(database: Database, text: str | bytes, city: City = PINGDU) -> None:
    content = text if isinstance(text, bytes) else text.encode()
    with database.write() as session:
        import_places(session, content, "list.csv", city=city, since=SINCE)


def total(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Area)) or 0


def refused(database: Database, text: str | bytes) -> list[tuple[int, str]]:
    """The problems of a list, after checking that nothing of it came in."""
    before = total(database)
    with pytest.raises(BadData) as caught:
        load(database, text)
    assert total(database) == before
    return caught.value.problems


def test_pingdu_loads_in_time_with_every_street_and_community(database: Database) -> None:
    # of the processor: a busy machine is no slow function
    start = time.process_time()
    with database.write() as session:
        report = load_city_places(session, PINGDU, NOW)
    assert time.process_time() - start < 5
    assert report.foreign == 4791 - 382
    with database.read() as session:
        counts = count_by_level(session, "/")
        assert (counts["city"], counts["street"], counts["community"]) == (1, 18, 363)
        assert counts["management_area"] >= 2
        zone = area_by_code(session, "370283400")
        assert zone is not None
        assert zone.kind is UnitKind.DEVELOPMENT_ZONE
        assert find_flaws(session) == []


def test_the_demo_has_points_cards_permitted_places_and_switches(database: Database) -> None:
    with database.write() as session:
        load_city_places(session, PINGDU, NOW)
    with database.read() as session:
        community = area_by_code(session, "370283001002")
        assert community is not None
        assert "M" in community.path
        assert community.lon is not None
        assert community.lat is not None
        grid = locate(session, community.lon, community.lat)
        assert grid is not None
        assert grid.level == "grid"
        assert grid.path.startswith(community.path)
        assert grid.made_up
        assert card_of(session, grid.id) is not None
        permitted = permitted_in(session, community.path, on=date(2026, 11, 22))
        assert [row.kind for row in permitted] == [PermittedKind.RELIEF_SITE]
        assert feature_live(session, "reports", community.path, date(2026, 11, 22))
        assert not feature_live(session, "reports", "/370283/370283005/", date(2026, 11, 22))
        street = area_by_code(session, "370283002")
        assert street is not None
        assert street.names["zh_Hant"] == "李園街道"


def test_loading_the_city_twice_changes_nothing(database: Database) -> None:
    seen = []
    for _ in range(2):
        with database.write() as session:
            load_city_places(session, PINGDU, NOW)
        with database.read() as session:
            seen.append(session.execute(select(Area.__table__).order_by(Area.code)).all())
    assert seen[0] == seen[1]


def test_a_prefecture_with_other_levels_and_a_four_digit_root_loads(database: Database) -> None:
    with database.write() as session:
        load_city_places(session, XINING, NOW)
    with database.read() as session:
        assert count_by_level(session, "/") == {
            "city": 1, "district": 7, "street": 80, "community": 1100,
        }  # fmt: skip
        found = locate(session, 101.71, 36.63)
        assert found is not None
        assert (found.level, found.code) == ("district", "630104")
        assert len(children_of(session, "6301")) == 7


def test_one_district_may_be_an_installation_of_its_own(database: Database) -> None:
    levels = [
        {"code": "district", "digits": 6},
        {"code": "street", "digits": 9},
        {"code": "community", "digits": 12},
        {"code": "courtyard"},
        {"code": "building"},
    ]
    city = replace(XINING, roots=("630103",), raw={**XINING.raw, "levels": levels})
    load(database, (DATA / "divisions.csv").read_bytes(), city)
    extra = (
        HEAD.replace("\n", ",tags\n")
        + "courtyard,630103001003Y01,一号院,630103001003,three_without|old_estate\n"
        + "building,630103001003Y01B01,1号楼,630103001003Y01,\n"
    )
    load(database, extra, city)
    with database.read() as session:
        assert count_by_level(session, "/630103/")["street"] > 5
        buildings = descendants_at_level(session, "/630103/", "building")
        assert [row.code for row in buildings] == ["630103001003Y01B01"]
        court = area_by_code(session, "630103001003Y01")
        assert court is not None
        assert court.tags == {Tag.THREE_WITHOUT, Tag.OLD_ESTATE}


def test_a_second_import_updates_names_and_reports_the_rest_as_before(database: Database) -> None:
    load(database, GOOD)
    with database.write() as session:
        changed = GOOD.replace("后巷子社区", "后巷社区").encode()
        report = import_places(session, changed, "list.csv", city=PINGDU, since=SINCE)
    assert (report.added, report.changed, report.unchanged, report.closed) == (0, 1, 2, 0)
    with database.read() as session:
        row = area_by_code(session, "370283001001")
        assert row is not None
        assert row.names["zh_Hans"] == "后巷社区"


def test_what_a_list_no_longer_has_ends_only_when_asked(database: Database) -> None:
    load(database, GOOD)
    short = GOOD.replace("community,370283001001,后巷子社区,370283001\n", "").encode()
    short += "community,370283001002,东阁社区,370283001\n".encode()
    load(database, short)
    with database.read() as session:
        row = area_by_code(session, "370283001001")
        assert row is not None
        assert row.valid_to is None
    with database.write() as session:
        report = import_places(
            session, short, "list.csv", city=PINGDU, since=SINCE, close_on=date(2026, 6, 1)
        )
    assert report.closed == 1
    with database.read() as session:
        assert area_by_code(session, "370283001001", on=date(2026, 6, 1)) is None


def test_a_place_put_deeper_stays_there_when_the_national_list_comes_again(
    database: Database,
) -> None:
    load(database, GOOD)
    load(
        database,
        HEAD + "management_area,370283001M1,第一管区,370283001\n"
        "community,370283001001,后巷子社区,370283001M1\n"
        "grid,370283001001G01,第一网格,370283001001\n",
    )
    load(database, GOOD)
    with database.read() as session:
        grid = area_by_code(session, "370283001001G01")
        assert grid is not None
        assert grid.path == "/370283/370283001/370283001M1/370283001001/370283001001G01/"


def test_what_lies_below_a_moved_place_moves_with_it(database: Database) -> None:
    load(database, GOOD + "grid,370283001001G01,第一网格,370283001001\n")
    load(
        database,
        HEAD + "management_area,370283001M1,第一管区,370283001\n"
        "community,370283001001,后巷子社区,370283001M1\n",
    )
    with database.read() as session:
        grid = area_by_code(session, "370283001001G01")
        assert grid is not None
        assert grid.parent_path == "/370283/370283001/370283001M1/370283001001/"


def test_every_import_gives_the_places_a_new_version(database: Database) -> None:
    load(database, GOOD)
    with database.read() as session:
        first = data_version(session)
    load(database, GOOD)
    with database.read() as session:
        assert data_version(session) != first


def test_rows_of_other_cities_are_counted_and_left_out(database: Database) -> None:
    with database.write() as session:
        text = GOOD + "street,630103001,人民街街道,630103\n"
        report = import_places(session, text.encode(), "list.csv", city=PINGDU, since=SINCE)
    assert (report.added, report.foreign) == (3, 1)


@pytest.mark.parametrize(
    ("rows", "line", "word"),
    [
        ("community,370283009001,甲社区,370283009\n", 5, "orphan"),
        ("street,370283001,东阁街道,370283\n", 5, "line 3 already"),
        ("street,37028300X,东阁街道,370283\n", 5, "bad code"),
        ("street,370283,东阁街道,370283\n", 5, "9 digits"),
        ("street,3702830010,东阁街道,370283\n", 5, "bad code"),
        ("grid,370283001009,网格,370283001\n", 5, "part of our own"),
        ("village,370283002,李园街道,370283\n", 5, "unknown level"),
        ("street,370283002,,370283\n", 5, "no name"),
        ("street,370283002,李园\ufffd街道,370283\n", 5, "damaged"),
        ("street,370283002,李园\u2802街道,370283\n", 5, "damaged"),
        ("street,370283002,李园街道\n", 5, "3 cells"),
        ("street,370283002,李园街道,370283,x\n", 5, "5 cells"),
        ("street,370238002,李园街道,370283\n", 5, "parent's digits"),
        ("street,370283002," + "长" * 81 + ",370283\n", 5, "longer than 80"),
        ("community,370283001002,甲社区,370283001001\n", 5, "parent's digits"),
        ("management_area,370283001001M1,管区,370283001001\n", 5, "cannot stand under"),
        ('street,370283002,"李园街道,370283\n', 5, "not a CSV row"),
    ],
)
def test_a_wrong_row_is_named_by_its_line_and_nothing_comes_in(
    database: Database, rows: str, line: int, word: str
) -> None:
    load(database, GOOD)
    problems = refused(database, GOOD + rows)
    assert any(at == line and word in reason for at, reason in problems), problems


@pytest.mark.parametrize(
    ("content", "line", "word"),
    [
        (b"", 1, "missing column level, code, name, parent_code"),
        (b"level,code,name\n", 1, "missing column parent_code"),
        ((HEAD.strip() + ",colour\n").encode(), 1, "unknown column colour"),
        (b"level,code,code,name,parent_code\n", 1, "twice"),
        (GOOD.encode() + "street,370283002,李园,370283\n".encode("gbk"), 5, "UTF-8"),
        (GOOD.encode("utf-16"), 1, "UTF-8"),
        (b"\x00\xff\xfe" * 100, 1, "UTF-8"),
    ],
)
def test_a_damaged_file_is_refused_with_its_line(
    database: Database, content: bytes, line: int, word: str
) -> None:
    problems = refused(database, content)
    assert any(at == line and word in reason for at, reason in problems), problems


@pytest.mark.parametrize(
    ("columns", "cells", "word"),
    [
        ("lon,lat", "181,36", "not a point"),
        ("lon,lat", "nan,36", "not a point"),
        ("lon,lat", "119.9,", "not a point"),
        ("tags", "nice", "unknown tag"),
        ("valid_from", "2026-02-30", "not a day"),
        ("kind", "castle", "unknown kind"),
        ("made_up", "perhaps", "yes or no"),
    ],
)
def test_a_wrong_cell_of_a_further_column_is_named(
    database: Database, columns: str, cells: str, word: str
) -> None:
    head = HEAD.replace("\n", f",{columns}\n")
    problems = refused(database, f"{head}district,370283,平度市,3702,{cells}\n")
    assert [line for line, _ in problems] == [2]
    assert word in problems[0][1]


def test_all_wrong_lines_are_named_at_once(database: Database) -> None:
    text = GOOD + "street,x,甲,370283\nstreet,y,乙,370283\n"
    assert {line for line, _ in refused(database, text)} == {5, 6}


def test_remarks_and_a_byte_order_mark_are_no_harm(database: Database) -> None:
    load(database, b"\xef\xbb\xbf" + f"# a remark\n\n{GOOD}".encode())
    assert total(database) == 3


def outline(code: str, ring: list[list[float]], **properties: object) -> dict[str, object]:
    return {
        "type": "Feature",
        "properties": {"code": code, **properties},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


RING = [[119.8, 36.6], [120.0, 36.6], [120.0, 36.9], [119.8, 36.9], [119.8, 36.6]]


def bring(database: Database, *features: object, **options: Any) -> None:
    content = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    with database.write() as session:
        import_outlines(session, content, "o.geojson", city=PINGDU, **options)


def test_outlines_of_another_system_are_converted(database: Database) -> None:
    load(database, GOOD)
    shifted = [list(wgs84_to_gcj02(*point)) for point in RING]
    bring(database, outline("370283001", shifted), system="gcj02")
    with database.read() as session:
        row = area_by_code(session, "370283001")
        assert row is not None
        geometry = outline_of(session, row.id)
        assert geometry is not None
        assert geometry["coordinates"][0][0] == pytest.approx(RING[0], abs=1e-7)
        assert row.lon == pytest.approx(119.9, abs=0.01)


@pytest.mark.parametrize(
    ("feature", "word"),
    [
        (outline("370283999", RING), "no place"),
        ({"type": "Feature", "properties": {}, "geometry": None}, "not a"),
        (outline("370283001", [[119.8, 36.6], [181, 36.6], [120, 36.9], [119.8, 36.6]]), "Earth"),
        (outline("370283001", [RING[0], RING[2], RING[1], RING[3], RING[0]]), "sound"),
        ({"properties": {"code": "370283001"}, "geometry": {"type": "Point",
          "coordinates": [1, 2]}}, "Polygon"),
    ],
)  # fmt: skip
def test_a_wrong_outline_is_named_by_its_number_and_none_comes_in(
    database: Database, feature: dict[str, object], word: str
) -> None:
    load(database, GOOD)
    with pytest.raises(BadData) as caught:
        bring(database, outline("370283", RING), feature)
    assert caught.value.problems[0][0] == 2
    assert word in caught.value.problems[0][1]
    with database.read() as session:
        row = area_by_code(session, "370283")
        assert row is not None
        assert outline_of(session, row.id) is None


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"features": 1}', b"\xff\xfe", b"[" * 99999]
)
def test_a_file_that_is_no_geojson_is_refused(database: Database, content: bytes) -> None:
    load(database, GOOD)
    with pytest.raises(BadData), database.write() as session:
        import_outlines(session, content, "o.geojson", city=PINGDU)


def test_the_shipped_data_say_where_they_come_from() -> None:
    source = (DATA / "SOURCE.md").read_text("utf-8")
    for path in sorted(Path(DATA).glob("*.*")):
        if path.name != "SOURCE.md":
            assert f"`{path.name}`" in source
        if path.name.startswith("pingdu-demo"):
            assert "Made up" in path.read_text("utf-8")[:200]

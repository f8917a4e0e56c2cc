"""Reads of places: the tree, points, and what is switched on."""

from datetime import date

import pytest
from sqlalchemy import event

from portal.areas import queries
from portal.areas.models import AreaShape, AreaTag, FeatureSwitch
from portal.areas.queries import (
    ancestors,
    area_by_code,
    areas_by_ids,
    areas_in_box,
    children_of,
    count_by_level,
    descendants_at_level,
    feature_live,
    find_areas,
    find_flaws,
    locate,
    places_to_choose,
    root_areas,
)
from portal.areas.rules import Feature, FlawKind, Tag
from portal.kernel.db import Database
from portal.kernel.ids import new_id
from tests.make.areas import area, new_version, shape, small_tree, square


def test_ancestors_begin_at_the_root_and_end_with_the_place(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        path = tree["370283001001G01"].path
        codes = [row.code for row in ancestors(session, path)]
    assert codes == ["370283", "370283001", "370283001M1", "370283001001", "370283001001G01"]


def test_the_places_to_choose_are_ones_own_and_never_too_many(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.write() as session:
        street = small_tree(session)["370283001"]
        mine, whole = places_to_choose(session, [street.path])
        assert whole
        assert mine[0].code == "370283001"
        assert all(row.path.startswith(street.path) for row in mine)
        communities, _ = places_to_choose(session, [street.path], level="community")
        assert {row.level for row in communities} == {"community"}
        assert places_to_choose(session, ()) == ([], True)
        monkeypatch.setattr(queries.tree, "MOST_CHOICES", 2)
        some, whole = places_to_choose(session, None)
        assert (len(some), whole) == (2, False)
        assert some[0].code == "370283", "those nearest to the top are offered first"


def test_short_lists_skip_the_levels_between(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        found = descendants_at_level(session, tree["370283001"].path, "community")
        children = children_of(session, "370283001")
    assert [row.code for row in found] == ["370283001001", "370283001002"]
    assert [row.code for row in children] == ["370283001M1"]


def test_a_closed_place_is_found_by_code_but_not_in_lists(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        tree["370283001002"].valid_to = date(2025, 1, 1)
        session.flush()
        assert area_by_code(session, "370283001002") is not None
        assert area_by_code(session, "370283001002", on=date(2025, 1, 1)) is None
        assert area_by_code(session, "370283001002", on=date(2024, 12, 31)) is not None
        now = [row.code for row in children_of(session, "370283001M1")]
        then = [row.code for row in children_of(session, "370283001M1", on=date(2024, 1, 1))]
    assert now == ["370283001001"]
    assert then == ["370283001001", "370283001002"]


def test_names_and_tags_come_in_one_query(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        street = tree["370283001"]
        street.name_en, street.name_khb = "Dongge", "ᦵᦙᦲᧂ"
        session.add_all([
            AreaTag(area_id=street.id, tag=Tag.KEY_AREA),
            AreaTag(area_id=street.id, tag=Tag.URBAN_VILLAGE),
        ])  # fmt: skip
        ids = [place.id for place in tree.values()]
    statements: list[str] = []
    event.listen(
        database.reader, "before_cursor_execute", lambda *given: statements.append(given[2])
    )
    with database.read() as session:
        found = areas_by_ids(session, ids)
    assert len(found) == len(ids)
    assert found[ids[1]].tags == {Tag.KEY_AREA, Tag.URBAN_VILLAGE}
    assert found[ids[1]].names == {"zh_Hans": "东阁街道", "en": "Dongge", "khb": "ᦵᦙᦲᧂ"}
    assert [text for text in statements if "BEGIN" not in text][1:] == []


def test_search_finds_part_of_a_name_in_any_language_and_codes(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        tree["370283002"].name_en = "Liyuan Subdistrict"
        session.flush()
        assert find_areas(session, "李园")[0].code == "370283002"
        for typed in ("李園", "李圆", " 李园 "):
            assert find_areas(session, typed)[0].code == "370283002"
        assert [row.code for row in find_areas(session, "ＬＩＹＵＡＮ")] == ["370283002"]
        assert [row.code for row in find_areas(session, "liyuan")] == ["370283002"]
        assert find_areas(session, "370283001m1")[0].code == "370283001M1"
        assert find_areas(session, "%") == []
        assert find_areas(session, " ") == []
        assert len(find_areas(session, "社区", 3)) == 3
        inside = find_areas(session, "社区", under=tree["370283001"].path)
    assert {row.code[:9] for row in inside} == {"370283001"}


def test_a_point_belongs_to_the_finest_place(database: Database) -> None:
    with database.write() as session:
        small_tree(session)
    with database.read() as session:
        grid = locate(session, 119.9, 36.65)
        community = locate(session, 119.9, 36.8)
        assert grid is not None
        assert community is not None
        assert grid.code == "370283001001G01"
        assert community.code == "370283001002"


@pytest.mark.parametrize(
    ("lon", "lat"), [(119.0, 36.65), (0.0, 0.0), (float("nan"), 36.0), (181.0, 36.0), (119.9, 95.0)]
)
def test_a_point_outside_the_city_or_off_the_earth_is_nowhere(
    database: Database, lon: float, lat: float
) -> None:
    with database.write() as session:
        small_tree(session)
    with database.read() as session:
        assert locate(session, lon, lat) is None


def test_a_point_is_looked_up_anew_when_the_places_change(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
    with database.read() as session:
        assert locate(session, 120.3, 36.65) is None
    with database.write() as session:
        extra = area(session, "370283003", "street", "同和街道", session.merge(tree["370283"]))
        shape(session, extra, 120.2, 36.6, 120.4, 36.9)
        new_version(session)
    with database.read() as session:
        found = locate(session, 120.3, 36.65)
        assert found is not None
        assert found.code == "370283003"


def test_without_any_place_a_point_is_nowhere(database: Database) -> None:
    with database.read() as session:
        assert locate(session, 119.9, 36.65) is None
        assert areas_in_box(session, 119, 36, 121, 37) == []


def test_a_point_knows_the_place_of_its_day(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        tree["370283001001G01"].valid_to = date(2025, 1, 1)
        new_version(session)
    with database.read() as session:
        now, then = (
            locate(session, 119.9, 36.65),
            locate(session, 119.9, 36.65, on=date(2024, 1, 1)),
        )
        assert now is not None
        assert then is not None
    assert (now.code, then.code) == ("370283001001", "370283001001G01")


def test_a_box_finds_the_places_it_touches(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        found = areas_in_box(session, 119.81, 36.8, 119.82, 36.81)
    names = {code for code, place in tree.items() if place.id in found}
    assert names == {"370283", "370283001", "370283001M1", "370283001002"}


def test_a_sound_tree_has_no_flaws(
    database: Database,
) -> None:
    with database.write() as session:
        small_tree(session)
        assert find_flaws(session) == []


def test_overlaps_gaps_and_spills_are_found(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        session.get_one(AreaShape, tree["370283001001"].id).geojson = square(
            119.7, 36.6, 119.9, 36.8
        )
        session.flush()
        flaws = {(flaw.kind, flaw.code, flaw.other) for flaw in find_flaws(session)}
    assert (FlawKind.OVERLAP, "370283001001", "370283001002") in flaws
    assert (FlawKind.OUTSIDE, "370283001001", "370283001M1") in flaws
    assert (FlawKind.GAP, "370283001M1", None) in flaws


def test_an_outline_that_crosses_itself_is_found(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        session.get_one(AreaShape, tree["370283002"].id).geojson = (
            '{"type": "Polygon", "coordinates": '
            "[[[120, 36.6], [120.2, 36.9], [120.2, 36.6], [120, 36.9], [120, 36.6]]]}"
        )
        session.flush()
        flaws = [(flaw.kind, flaw.code) for flaw in find_flaws(session)]
    assert (FlawKind.BROKEN, "370283002") in flaws


def test_a_feature_is_live_below_its_switch_from_its_day(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        street, grid = tree["370283001"], tree["370283001001G01"]
        session.add(
            FeatureSwitch(
                id=new_id(), feature=Feature.REPORTS, area_id=street.id, since=date(2026, 7, 1),
                until=None,
            )
        )  # fmt: skip
        session.flush()
        assert not feature_live(session, "reports", grid.path, date(2026, 6, 30))
        assert feature_live(session, "reports", grid.path, date(2026, 7, 1))
        assert not feature_live(session, "ratings", grid.path, date(2026, 7, 1))
        assert not feature_live(session, "reports", tree["370283002"].path, date(2026, 7, 1))
        assert not feature_live(session, "reports", tree["370283"].path, date(2026, 7, 1))


def test_the_nearest_switch_decides(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        days = {"370283": date(2026, 1, 1), "370283001": date(2026, 7, 1)}
        session.add_all(
            FeatureSwitch(id=new_id(), feature=Feature.REPORTS, area_id=tree[code].id, since=since)
            for code, since in days.items()
        )
        session.flush()
        assert not feature_live(session, "reports", tree["370283001"].path, date(2026, 3, 1))
        assert feature_live(session, "reports", tree["370283002"].path, date(2026, 3, 1))


def test_roots_and_counts(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        assert [row.code for row in root_areas(session)] == ["370283"]
        assert count_by_level(session, tree["370283"].path) == {
            "city": 1, "street": 2, "management_area": 2, "community": 4, "grid": 2,
        }  # fmt: skip
        assert area_by_code(session, "'; DROP TABLE area") is None

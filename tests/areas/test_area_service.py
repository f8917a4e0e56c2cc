"""Places edited one at a time: what is refused, who may, and two at once."""

import threading
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from portal.areas.queries import (
    AreaRow,
    area_by_code,
    card_of,
    feature_live,
    locate,
    outline_of,
    permitted_in,
    switches,
)
from portal.areas.rules import AreaRefusal, Feature, Keeper, PermittedKind, Tag
from portal.areas.service import (
    add_area,
    add_permitted_place,
    edit_area,
    end_permitted_place,
    fingerprint,
    save_card,
    set_outline,
    set_switch,
)
from portal.kernel.audit import AuditEntry
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.kernel.ids import new_id
from tests.make.areas import small_tree, square

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
EVERYWHERE = Keeper(None, None)
STREET = Keeper(None, ("/370283/370283001/",))
# the north community of street 001 is the box 119.8–120 × 36.75–36.9 and has no grid yet
NORTH = "370283001002"


@pytest.fixture
def places(database: Database) -> Database:
    with database.write() as session:
        small_tree(session)
    return database


def grid(database: Database, keeper: Keeper = EVERYWHERE, **changes: Any) -> str:
    given: dict[str, Any] = {
        "parent_code": NORTH, "code": f"{NORTH}G01", "level": "grid",
        "names": {"zh_Hans": "第一网格"}, "valid_from": TODAY, "now": NOW,
    }  # fmt: skip
    with database.write() as session:
        return add_area(session, keeper, **{**given, **changes})


def row(database: Database, code: str) -> AreaRow:
    with database.read() as session:
        found = area_by_code(session, code)
    assert found is not None
    return found


def edit(database: Database, code: str, keeper: Keeper = EVERYWHERE, **changes: Any) -> None:
    area = row(database, code)
    given: dict[str, Any] = {
        "seen": fingerprint(area), "names": area.names, "tags": area.tags,
        "valid_from": area.valid_from, "valid_to": area.valid_to,
        "successor_code": area.successor_code, "now": NOW,
    }  # fmt: skip
    with database.write() as session:
        edit_area(session, keeper, code, **{**given, **changes})


def actions(database: Database) -> list[tuple[str, str]]:
    with database.read() as session:
        rows = session.execute(select(AuditEntry.action, AuditEntry.subject)).all()
        return [(action, subject) for action, subject in rows]


def test_a_grid_drawn_inside_its_community_takes_over_its_points(places: Database) -> None:
    grid(places, outline=square(119.8, 36.75, 119.9, 36.9))
    with places.read() as session:
        found = locate(session, 119.85, 36.8)
        assert found is not None
        assert found.code == f"{NORTH}G01"
        assert found.lon == pytest.approx(119.85, abs=0.05)
    assert actions(places) == [("area:add", f"area:{NORTH}G01")]


def test_points_on_lines_draw_a_grid_too(places: Database) -> None:
    grid(places, outline="119.8, 36.75\n119.9，36.75\n119.9 36.9\n\n119.8,36.9\n")
    with places.read() as session:
        assert locate(session, 119.85, 36.8) == area_by_code(session, f"{NORTH}G01")


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"outline": square(119.7, 36.75, 119.9, 36.9)}, "OUTLINE_LEAVES_PARENT", "outline"),
        ({"outline": square(119.9, 36.5, 120.0, 36.8)}, "OUTLINE_LEAVES_PARENT", "outline"),
        ({"outline": "119.8, 36.75\n119.9, 36.75"}, "BAD_OUTLINE", "outline"),
        ({"outline": "north, west\neast, south\n1, 2"}, "BAD_OUTLINE", "outline"),
        ({"outline": "nan, 36\n119, 36\n119, 37"}, "BAD_OUTLINE", "outline"),
        ({"outline": "{"}, "BAD_OUTLINE", "outline"),
        ({"outline": '{"type": "Point", "coordinates": [119.9, 36.8]}'}, "BAD_OUTLINE", "outline"),
        ({"outline": '{"type": "FeatureCollection", "features": []}'}, "BAD_OUTLINE", "outline"),
        ({"outline": '{"a":' * 50_000}, "BAD_OUTLINE", "outline"),
        ({"outline": "1" * 300_000}, "BAD_OUTLINE", "outline"),
        ({"outline": "119.8,36.75\n119.9,36.9\n119.9,36.75\n119.8,36.9"}, "BAD_OUTLINE", "outline"),
        ({"code": f"{NORTH}"}, "BAD_CODE", "code"),
        ({"code": "370283002001G09"}, "CODE_NOT_UNDER_PARENT", "code"),
        ({"code": "grid one"}, "BAD_CODE", "code"),
        ({"code": "370283001001G01", "parent_code": "370283001001"}, "CODE_TAKEN", "code"),
        ({"level": "street"}, "BAD_LEVEL", "level"),
        ({"level": "castle"}, "BAD_LEVEL", "level"),
        ({"names": {"en": "Grid"}}, "NO_NAME", "name_zh_hans"),
        ({"names": {"zh_Hans": "网" * 81}}, "LONG_NAME", "name_zh_hans"),
        ({"valid_to": TODAY}, "BAD_DATES", "valid_to"),
    ],
)
def test_a_wrong_grid_is_refused_beside_its_field(
    places: Database, changes: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(Refused) as caught:
        grid(places, **changes)
    assert (caught.value.code, caught.value.field) == (AreaRefusal[code], field)
    assert actions(places) == []


def test_a_grid_may_touch_its_sibling_but_not_overlap_it(places: Database) -> None:
    grid(places, outline=square(119.8, 36.75, 119.9, 36.9))
    with pytest.raises(Refused) as caught:
        grid(places, code=f"{NORTH}G02", outline=square(119.89, 36.75, 120.0, 36.9))
    assert caught.value.code is AreaRefusal.OUTLINE_OVERLAPS
    assert caught.value.facts == {"name": "第一网格"}
    grid(places, code=f"{NORTH}G02", outline=square(119.9, 36.75, 120.0, 36.9))


def test_redrawing_compares_with_siblings_not_with_itself(places: Database) -> None:
    grid(places, outline=square(119.8, 36.75, 119.9, 36.9))
    with places.write() as session:
        set_outline(session, EVERYWHERE, f"{NORTH}G01", square(119.8, 36.75, 119.95, 36.9), now=NOW)
    with places.read() as session:
        area = area_by_code(session, f"{NORTH}G01")
        assert area is not None
        geometry = outline_of(session, area.id)
        assert geometry is not None
        assert max(lon for lon, _ in geometry["coordinates"][0]) == 119.95


def test_of_two_grids_drawn_over_each_other_at_once_one_is_refused(places: Database) -> None:
    outcomes: list[object] = []
    start = threading.Barrier(2)

    def draw(number: int) -> None:
        start.wait()
        try:
            outcomes.append(
                grid(places, code=f"{NORTH}G0{number}", outline=square(119.8, 36.75, 119.9, 36.9))
            )
        except Refused as refusal:
            outcomes.append(refusal.code)

    threads = [threading.Thread(target=draw, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert AreaRefusal.OUTLINE_OVERLAPS in outcomes
    assert len({f"{NORTH}G01", f"{NORTH}G02"} & set(outcomes)) == 1


def test_a_keeper_of_one_street_changes_nothing_in_another(places: Database) -> None:
    grid(places, STREET)
    with pytest.raises(Forbidden):
        edit(places, "370283002", STREET)
    with pytest.raises(Forbidden):
        edit(places, "370283", STREET)
    with pytest.raises(Forbidden):
        grid(places, STREET, parent_code="370283002001", code="370283002001G02")
    with pytest.raises(Missing):
        grid(places, STREET, parent_code="370283009")


def test_names_tags_dates_and_successor_are_edited_and_noted(places: Database) -> None:
    edit(
        places, "370283001001G01",
        names={"zh_Hans": "东网格", "khb": "ᦵᦙᦲᧂ"}, tags={Tag.OLD_ESTATE},
        valid_to=date(2027, 1, 1), successor_code="370283001001",
    )  # fmt: skip
    changed = row(places, "370283001001G01")
    assert changed.names == {"zh_Hans": "东网格", "khb": "ᦵᦙᦲᧂ"}
    assert changed.tags == {Tag.OLD_ESTATE}
    assert (changed.valid_to, changed.successor_code) == (date(2027, 1, 1), "370283001001")
    assert actions(places) == [("area:edit", "area:370283001001G01")]


def test_a_form_that_did_not_see_the_last_change_is_told_so(places: Database) -> None:
    seen = fingerprint(row(places, NORTH))
    edit(places, NORTH, names={"zh_Hans": "北社区"})
    with pytest.raises(Conflict) as caught:
        edit(places, NORTH, seen=seen, names={"zh_Hans": "南社区"})
    assert caught.value.code is AreaRefusal.STALE
    assert row(places, NORTH).names["zh_Hans"] == "北社区"


def test_a_place_ends_only_after_the_places_inside_it(places: Database) -> None:
    with pytest.raises(Refused) as caught:
        edit(places, "370283001001", valid_to=date(2027, 1, 1))
    assert caught.value.code is AreaRefusal.HAS_OPEN_CHILDREN
    edit(places, "370283001001G01", valid_to=date(2027, 1, 1))
    edit(places, "370283001001", valid_to=date(2027, 1, 1))


@pytest.mark.parametrize("successor", ["370283001001G01", "370283777", "nonsense"])
def test_a_successor_is_another_place(places: Database, successor: str) -> None:
    with pytest.raises(Refused) as caught:
        edit(places, "370283001001G01", valid_to=date(2027, 1, 1), successor_code=successor)
    assert caught.value.code is AreaRefusal.UNKNOWN_SUCCESSOR


def test_a_grid_card_is_written_and_written_anew(places: Database) -> None:
    for person in ("甲", "乙"):
        with places.write() as session:
            save_card(
                session, STREET, NORTH, objects="垃圾", standards="日清", responsible=person,
                duty_phone="19900000001", now=NOW,
            )  # fmt: skip
    with places.read() as session:
        card = card_of(session, row(places, NORTH).id)
    assert card is not None
    assert (card.responsible, card.updated_at) == ("乙", NOW)


def permit(database: Database, **changes: Any) -> Any:
    given: dict[str, Any] = {
        "kind": PermittedKind.MARKET, "names": {"zh_Hans": "早市"}, "opens": 360, "closes": 540,
        "weekdays": "21", "valid_from": TODAY, "point": (119.9, 36.8), "now": NOW,
    }  # fmt: skip
    with database.write() as session:
        return add_permitted_place(session, EVERYWHERE, NORTH, **{**given, **changes})


def test_a_permitted_place_is_listed_up_the_tree_until_it_ends(places: Database) -> None:
    place_id = permit(places)
    with places.read() as session:
        found = permitted_in(session, "/370283/370283001/", on=TODAY)
    assert [(place.id, place.weekdays) for place in found] == [(place_id, "12")]
    with places.write() as session:
        end_permitted_place(session, EVERYWHERE, place_id, on=date(2026, 12, 1), now=NOW)
    with places.read() as session:
        assert permitted_in(session, "/370283/", on=date(2026, 11, 30))
        assert not permitted_in(session, "/370283/", on=date(2026, 12, 1))


def test_a_permitted_place_that_never_began_goes_away(places: Database) -> None:
    place_id = permit(places)
    with places.write() as session:
        end_permitted_place(session, EVERYWHERE, place_id, on=TODAY, now=NOW)
    with places.read() as session:
        assert not permitted_in(session, "/", on=TODAY)
    with pytest.raises(Missing), places.write() as session:
        end_permitted_place(session, EVERYWHERE, new_id(), on=TODAY, now=NOW)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"names": {}}, "NO_NAME"),
        ({"names": {"zh_Hans": "早" * 81}}, "LONG_NAME"),
        ({"opens": 540}, "BAD_HOURS"),
        ({"weekdays": ""}, "BAD_HOURS"),
        ({"valid_to": TODAY}, "BAD_DATES"),
        ({"point": (float("nan"), 1.0)}, "BAD_POINT"),
        ({"point": (119.9, 36.65)}, "OUTSIDE_AREA"),
        ({"point": (1.0, 1.0)}, "OUTSIDE_AREA"),
    ],
)
def test_a_wrong_permitted_place_is_refused(
    places: Database, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refused) as caught:
        permit(places, **changes)
    assert caught.value.code is AreaRefusal[code]


def test_a_switch_is_set_and_moved_to_another_day(places: Database) -> None:
    for since in (date(2026, 12, 1), date(2026, 11, 1)):
        with places.write() as session:
            set_switch(
                session, STREET, "370283001", feature=Feature.REPORTS, since=since, until=None,
                now=NOW,
            )  # fmt: skip
    with places.read() as session:
        assert len(switches(session)) == 1
        assert feature_live(session, "reports", "/370283/370283001/", TODAY)
    with pytest.raises(Refused), places.write() as session:
        set_switch(
            session, STREET, "370283001", feature=Feature.REPORTS, since=TODAY, until=TODAY, now=NOW
        )

"""Codes, kinds and hours."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from portal.areas.rules import (
    Keeper,
    UnitKind,
    clock_minutes,
    clock_text,
    code_fits_level,
    code_under,
    good_hours,
    is_code,
    is_open,
    level_rules,
    national_part,
    street_kinds,
    unit_kind,
)

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    "code", ["6301", "370283", "370283001", "370283001M1", "370283001001G01Y02B003"]
)
def test_codes_of_all_levels_are_codes(code: str) -> None:
    assert is_code(code)


@pytest.mark.parametrize(
    "code", ["", "3", "37O283", "370283001m1", "370283/1", "３７０２８３", "370283001M", "1" * 40]
)
def test_what_is_no_code_is_refused(code: str) -> None:
    assert not is_code(code)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("370283001", UnitKind.STREET),
        ("370283101", UnitKind.TOWN),
        ("630121203", UnitKind.TOWNSHIP),
        ("370283400", UnitKind.DEVELOPMENT_ZONE),
        ("370283999", UnitKind.OTHER),
        ("370283001001", UnitKind.RESIDENTS),
        ("370283001203", UnitKind.VILLAGE),
        ("370283", None),
        ("370283001M1", None),
    ],
)
def test_not_every_place_of_the_street_level_is_a_street(code: str, kind: UnitKind | None) -> None:
    assert unit_kind(code) == kind


def test_a_city_may_say_which_of_its_units_are_clusters() -> None:
    kinds = street_kinds([{"from": 450, "to": 459, "kind": "cluster"}])
    assert unit_kind("330110451", kinds) is UnitKind.CLUSTER
    assert unit_kind("330110401", kinds) is UnitKind.DEVELOPMENT_ZONE


def test_a_code_begins_with_its_parents_digits() -> None:
    assert code_under("370283001001", "370283001M1")
    assert code_under("370283001M1", "370283001")
    assert not code_under("370283002001", "370283001M1")
    assert not code_under("370283001", "370283001")
    assert national_part("370283001M1") == "370283001"


def test_levels_are_data() -> None:
    levels = level_rules(
        [
            {"code": "city", "digits": 6, "list_names": ["district"]},
            {"code": "community", "digits": 12},
            {"code": "building"},
        ]
    )
    assert code_fits_level("370283", levels["city"])
    assert not code_fits_level("3702", levels["city"])
    assert code_fits_level("370283001001B001", levels["building"])
    assert not code_fits_level("370283001001", levels["building"])
    assert levels["city"].list_names == {"city", "district"}
    assert levels["building"].rank == 2


def test_hours_hold_from_opening_until_before_closing() -> None:
    monday = datetime(2026, 11, 23, tzinfo=ZONE)
    assert is_open(360, 540, "1", monday.replace(hour=6))
    assert not is_open(360, 540, "1", monday.replace(hour=9))
    assert not is_open(360, 540, "7", monday.replace(hour=7))


def test_a_night_market_runs_past_midnight() -> None:
    saturday = datetime(2026, 11, 28, tzinfo=ZONE)
    night = (17 * 60, 60, "5")
    assert is_open(*night, datetime(2026, 11, 27, 23, 0, tzinfo=ZONE))
    assert is_open(*night, saturday.replace(hour=0, minute=30))
    assert not is_open(*night, saturday.replace(hour=1))
    assert not is_open(*night, saturday.replace(hour=18))
    assert not is_open(*night, datetime(2026, 11, 27, 0, 30, tzinfo=ZONE))


def test_times_are_read_and_shown() -> None:
    assert clock_minutes("06:30") == 390
    assert clock_minutes(" 6：30 ") == 390
    assert clock_minutes("24:00") == 1440
    assert clock_text(390) == "06:30"
    for text in ("", "25:00", "12:60", "12", "noon", "24:01"):
        assert clock_minutes(text) is None


def test_hours_that_cannot_be_meant_are_refused() -> None:
    assert good_hours(360, 540, "123")
    for opens, closes, weekdays in ((360, 360, "1"), (360, 540, ""), (360, 540, "8"),
                                    (360, 540, "11"), (-1, 540, "1"), (1440, 60, "1")):  # fmt: skip
        assert not good_hours(opens, closes, weekdays)


def test_a_keeper_keeps_what_lies_inside_her_places() -> None:
    assert Keeper(None, None).keeps("/370283/")
    street = Keeper(None, ("/370283/370283001/",))
    assert street.keeps("/370283/370283001/370283001M1/")
    assert not street.keeps("/370283/")
    assert not Keeper(None, ()).keeps("/370283/")

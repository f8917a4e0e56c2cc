"""How a door is compared, however it is written."""

import pytest

from portal.conventions.rules.doors import door_key


@pytest.mark.parametrize(
    ("key", "written"),
    [
        ("3-101", ("3-101", "３－１０１", " 3 –101", "3—101", "3号楼101室", "3栋101", "三号楼101户",
                   "3#101", "3幢-101室", "3號樓101")),
        ("3entrance-101", ("3单元101", "三單元-101室", "３单元 101")),
        ("3-2-101", ("3-2-101", "3-2单元101", "3号楼2单元101室", "三栋二单元101",
                     "3號樓2單元101號")),
        ("12-21", ("十二号楼二十一室", "12-21", "一二号楼二一号")),
        ("20-10", ("二十栋十号", "20-10")),
        ("12a", ("12A号", "12a", "１２Ａ")),
        ("三里河2-1", ("三里河2号楼1室", "三里河 2-1")),
        ("2-东户", ("2号楼东户", "2-东户")),
    ],
)  # fmt: skip
def test_a_household_is_one_however_its_door_is_typed(key: str, written: tuple[str, ...]) -> None:
    assert {door_key(door) for door in written} == {key}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("3-101", "31-01"), ("3-101", "3-1-101"), ("3号楼101", "3101"), ("2-东户", "2-西户"),
        ("3号楼101", "3单元101"), ("3-1", "3层1"), ("3单元1", "3层1"),
    ],
)  # fmt: skip
def test_doors_that_differ_stay_two(one: str, other: str) -> None:
    """Or the second household could not sign."""
    assert door_key(one) != door_key(other)

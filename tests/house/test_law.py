"""docs/law.md says of every line of the law which tests keep it."""

from pathlib import Path

import pytest

from tests.house import law
from tests.house.tree import ROOT, plant

HEAD = "line\ttitle\tstate\n"
TEST = "def test_L1_adults_only():\n    pass\n\n\ndef test_other():\n    pass\n"


def test_every_line_of_the_law_has_a_test_or_waits_for_one_openly() -> None:
    assert law.breaches(ROOT) == []


def test_all_lines_are_there_and_in_order() -> None:
    numbers = [line.number for line in law.lines(ROOT)]
    assert numbers == [
        f"{letter}{at}" for letter, last in (("L", 15), ("N", 8), ("P", 7))
        for at in range(1, last + 1)
    ]  # fmt: skip


def planted(root: Path, rows: str, **files: str) -> list[str]:
    tests = {f"tests/{name}.py": text for name, text in files.items()}
    plant(root, {law.LIST: HEAD + rows, **tests})
    return law.breaches(root)


def test_a_line_that_lost_its_test_and_a_stale_page_are_seen(tmp_path: Path) -> None:
    rows = "L1\tAdults only\t\nL2\tNo credit\tnot yet\n"
    assert planted(tmp_path, rows, test_x=TEST) == [f"{law.PAGE}: stale; {law.HOW}"]
    (tmp_path / "docs").mkdir()
    law.write(tmp_path)
    assert law.breaches(tmp_path) == []
    assert "- `tests/test_x.py::test_L1_adults_only`" in (tmp_path / law.PAGE).read_text("utf-8")
    assert planted(tmp_path, rows, test_x="") == [
        "L1: no test bears this number",
        f"{law.PAGE}: stale; {law.HOW}",
    ]


def test_the_list_of_what_waits_only_becomes_shorter(tmp_path: Path) -> None:
    rows = "L1\tAdults only\tnot yet\nL2\tNo credit\t\n"
    found = planted(tmp_path, rows, test_x=TEST)
    assert found[0].startswith("L1: has a test, but is marked 'not yet'")
    (tmp_path / "docs").mkdir()
    law.write(tmp_path)
    assert law.breaches(tmp_path) == ["L2: no test bears this number"]


def test_a_file_s_number_counts_for_all_its_tests_and_one_test_may_bear_two(
    tmp_path: Path,
) -> None:
    both = "def test_N4_N5_both():\n    pass\n"
    plant(tmp_path, {law.LIST: f"{HEAD}L1\ta\t\nN4\tb\t\nN5\tc\t\n", "tests/test_L1_y.py": both})
    assert [len(line.tests) for line in law.lines(tmp_path)] == [1, 1, 1]


def test_a_test_of_a_line_that_is_not_there_is_seen(tmp_path: Path) -> None:
    plant(tmp_path, {law.LIST: HEAD, "tests/test_x.py": TEST})
    with pytest.raises(ValueError, match="tests speak of L1"):
        law.lines(tmp_path)

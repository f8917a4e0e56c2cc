"""Tables from elsewhere: what is spoilt in them is told as theirs, and never takes the job down."""

import zipfile
from pathlib import Path

import pytest

from portal.kernel import sheets
from portal.kernel.errors import BadData
from portal.kernel.sheets import open_sheet
from tests.make.sheets import SPOILT, spoilt_file


@pytest.mark.parametrize("how", sorted(SPOILT))
def test_a_spoilt_workbook_is_refused_with_its_line(how: str, tmp_path: Path) -> None:
    with pytest.raises(BadData) as told:
        list(open_sheet(spoilt_file(tmp_path / "orders.xlsx", how)).rows)
    assert told.value.problems[0][0] >= 1
    assert "hostname" not in str(told.value)


@pytest.mark.parametrize(("offset", "central", "value"), [(6, 8, 1), (8, 10, 99)])
def test_a_workbook_behind_a_password_or_an_unknown_packing_is_refused(
    offset: int, central: int, value: int, tmp_path: Path
) -> None:
    path = spoilt_file(tmp_path / "orders.xlsx", "no number")
    content = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", offset), (b"PK\x01\x02", central)):
        found = content.find(mark)
        while found >= 0:
            content[found + at] = value
            found = content.find(mark, found + 4)
    path.write_bytes(bytes(content))
    with pytest.raises(BadData):
        list(open_sheet(path).rows)


def test_a_part_that_is_held_as_a_whole_may_not_unpack_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "LONGEST_PART", 100_000)
    path = spoilt_file(tmp_path / "orders.xlsx", "no number")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/sharedStrings.xml", b" " * 200_000)
    with pytest.raises(BadData, match="unpacks to more"):
        open_sheet(path)


def test_cells_that_a_few_bytes_claim_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MOST_CELLS", 1)
    book = sheets.Workbook()
    for _ in range(3):
        book.active.append(["a"])
    book.save(tmp_path / "orders.xlsx")
    with pytest.raises(BadData, match="more rows or cells"):
        list(open_sheet(tmp_path / "orders.xlsx").rows)

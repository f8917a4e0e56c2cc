"""CSV files that people prepared."""

import pytest

from portal.kernel.errors import BadData
from portal.kernel.tables import is_damaged, read_table


def read(content: bytes | str) -> list[tuple[int, dict[str, str]]]:
    data = content.encode() if isinstance(content, str) else content
    rows = read_table(data, "t.csv", required=["code", "name"], optional=["note"])
    return [(row.line, row.cells) for row in rows]


def test_rows_keep_the_line_they_stood_on() -> None:
    text = "# remark\n\ncode,name\n1,one\n# another\n2,two\n"
    assert read(text) == [(4, {"code": "1", "name": "one"}), (6, {"code": "2", "name": "two"})]


def test_cells_are_trimmed_and_absent_columns_are_empty() -> None:
    row = read_table(b"name,code\n one , 1\n", "t.csv", required=["code"], optional=["name", "x"])
    assert (row[0]["code"], row[0]["name"], row[0]["x"]) == ("1", "one", "")


def test_a_quoted_cell_over_two_lines_does_not_shift_the_others() -> None:
    with pytest.raises(BadData) as caught:
        read('code,name\n1,"one\nand a half"\n2\n')
    assert (4, "1 cells instead of 2") in caught.value.problems


def test_windows_lines_and_a_byte_order_mark_are_read() -> None:
    assert read(b"\xef\xbb\xbfcode,name\r\n1,one\r\n") == [(2, {"code": "1", "name": "one"})]


@pytest.mark.parametrize(
    ("content", "line", "word"),
    [
        (b"", 1, "missing column code, name"),
        (b"code\n1\n", 1, "missing column name"),
        (b"code,name,colour\n", 1, "unknown column colour"),
        (b"code,name,code\n", 1, "named twice"),
        (b"code,name\n1,\xff\n", 2, "UTF-8"),
        (b'code,name\n1,"one\n', 2, "CSV"),
        ("code,name\n1,o\u2802e\n".encode(), 2, "damaged characters in name"),
        (b"code,name\n1,o\x07e\n", 2, "damaged characters in name"),
        (b"code,name\n1," + b"x" * 200_000 + b"\n", 2, "CSV"),
        (b"x" * 20_000_001, 1, "larger than"),
    ],
)
def test_what_is_damaged_is_refused_by_line(content: bytes, line: int, word: str) -> None:
    with pytest.raises(BadData) as caught:
        read(content)
    assert any(at == line and word in reason for at, reason in caught.value.problems)


def test_names_in_dai_and_rare_characters_are_not_damaged() -> None:
    assert not is_damaged("ᦵᦙᦲᧂ 𠮷野家 Café·一号")
    assert is_damaged("a\ufffd")
    assert is_damaged("a\ue000")

"""Spoilt XLSX files: a good one of which single parts are put otherwise."""

import re
import zipfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from openpyxl import Workbook

from tests.make.orders import task

SHEET, BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"
_ABOUT = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TITLES = "".join(
    f'<c r="{chr(65 + at)}1" t="inlineStr"><is><t>{name}</t></is></c>'
    for at, name in enumerate(task())
)
_HEAD = f'<row r="1">{_TITLES}</row>'
_DECLARED = '<?xml version="1.0"?>'
# each name stands for ten of the one before it
_LAUGHS = '<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in pairwise("abcdefghi")
)
Edit = Callable[[bytes], bytes | None]


def _sheet(rows: str, kinds: str = "") -> Edit:
    text = (
        f'{_DECLARED}{kinds}<worksheet xmlns="{_ABOUT}"><sheetData>{rows}</sheetData></worksheet>'
    )
    return lambda _content: text.encode()


def _cell(xml: str) -> tuple[str, Edit]:
    return SHEET, _sheet(f'{_HEAD}<row r="2">{xml}</row>')


# what stands in which part instead; None: the part is not there
SPOILT: dict[str, tuple[str, Edit]] = {
    "no number": _cell('<c r="A2"><v>abc</v></c>'),
    "no such text": _cell('<c r="A2" t="s"><v>99999</v></c>'),
    "no date": _cell('<c r="A2" t="d"><v>2020-99-99</v></c>'),
    "no column": _cell('<c r="????"><v>1</v></c>'),
    "no row": (SHEET, _sheet(f'{_HEAD}<row r="zz"><c r="A2"/></row>')),
    "no sheet": (SHEET, lambda _content: None),
    "no list of sheets": (BOOK, lambda c: re.sub(rb"<sheets>.*</sheets>", b"<sheets/>", c)),
    "cut off": (SHEET, lambda content: content[:-20]),
    "two thousand million rows": (SHEET, _sheet(f'{_HEAD}<row r="2000000000"/>')),
    "a bomb of entities": (
        SHEET,
        _sheet(_HEAD.replace("taskid", "&i;"), f"<!DOCTYPE l [{_LAUGHS}]>"),
    ),
    "a file of the server": (
        SHEET,
        _sheet(
            _HEAD.replace("taskid", "taskid&f;"),
            '<!DOCTYPE l [<!ENTITY f SYSTEM "file:///etc/hostname">]>',
        ),
    ),
}


def spoilt_file(path: Path, how: str) -> Path:
    """A workbook with one column and two rows, of which one part is spoilt."""
    book = Workbook()
    for value in ("taskid", "T001"):
        book.active.append([value])
    whole = path.with_suffix(".whole")
    book.save(whole)
    part, edit = SPOILT[how]
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = edit(old.read(name)) if name == part else old.read(name)
            if content is not None:
                new.writestr(name, content)
    return path

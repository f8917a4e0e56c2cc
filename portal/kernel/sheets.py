"""Long tables row by row: CSV and XLSX in, with little memory, and out, never run as formulas.

Nothing is guessed. A CSV file is UTF-8 unless whoever imports it says otherwise; a number that a
spreadsheet has rounded, and a cell that is a formula, are refused like any other damage.
"""

import csv
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO, Final

from openpyxl import Workbook, load_workbook

from portal.kernel.errors import BadData
from portal.kernel.spreadsheets import safe_cell
from portal.kernel.tables import TableRow, check_header, is_damaged, read_table

UTF8, GB18030 = "utf-8-sig", "gb18030"
# an XLSX file is a ZIP: what unpacks to more than this is no table of work orders
LONGEST_UNPACKED: Final = 2_000_000_000
# of its parts the sheets are read row by row; the others are held in memory as a whole
LONGEST_PART: Final = 100_000_000
SHEETS: Final = "xl/worksheets/"
# as many rows as a spreadsheet has; and a few bytes may claim billions of empty rows and cells
MOST_LINES: Final = 1_048_576
MOST_CELLS: Final = 50_000_000
# a double keeps fifteen digits; a longer number has lost some on its way through a spreadsheet
SURE_DIGITS: Final = 15
LONGEST_CELL: Final = 1_000_000


class Encoding(StrEnum):
    """How a CSV file is written. GB18030 holds GBK and GB2312, which Chinese Excel writes."""

    UTF8 = "utf-8"
    GB18030 = "gb18030"


class Lost(StrEnum):
    """Why a cell cannot be read as it was meant."""

    FORMULA = "cell.formula"
    ROUNDED = "cell.rounded"


@dataclass(frozen=True)
class SheetRow:
    """One row: its line (a row's last line in CSV, its number in XLSX) and its cells as text.

    ``lost`` are columns whose value a spreadsheet has spoiled; ``wide`` is how many cells stood
    there, when they were not as many as the columns.
    """

    line: int
    cells: dict[str, str]
    lost: tuple[tuple[str, Lost], ...] = ()
    wide: int | None = None
    moments: tuple[tuple[str, datetime], ...] = ()


@dataclass(frozen=True)
class Sheet:
    """A table that is read once, from its first row to its last."""

    header: tuple[str, ...]
    rows: Iterator[SheetRow]


def open_sheet(path: Path, encoding: Encoding = Encoding.UTF8) -> Sheet:
    """A CSV or XLSX file. Raises BadData for what is neither, at once or while it is read."""
    with path.open("rb") as file:
        zipped = file.read(4) == b"PK\x03\x04"
    rows = _xlsx_rows(path) if zipped else _csv_rows(path, encoding)
    first = next(rows, None)
    header = tuple(_title(cell) for cell in first[1]) if first else ()
    # empty titles at the end are what a spreadsheet leaves of columns that were deleted
    while header and not header[-1]:
        header = header[:-1]
    if not any(header):
        raise BadData(path.name, [(1, "the first row names no column")])
    twice = {name for name in header if name and header.count(name) > 1}
    if twice:
        raise BadData(path.name, [(1, f"a column named twice: {', '.join(sorted(twice))}")])
    return Sheet(header, (_sheet_row(line, header, cells) for line, cells in rows if any(cells)))


def read_rows(
    content: bytes, source: str, *, required: Sequence[str], optional: Sequence[str] = ()
) -> list[TableRow]:
    """A short list as CSV or XLSX. Raises BadData with everything that is wrong with its form."""
    if not content.startswith(b"PK\x03\x04"):
        return read_table(content, source, required=required, optional=optional)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        path.write_bytes(content)
        try:
            sheet = open_sheet(path)
            check_header(list(sheet.header), 1, source, required, optional)
            rows = list(sheet.rows)
        except BadData as bad:
            raise BadData(source, bad.problems) from bad
    problems = [(row.line, problem) for row in rows if (problem := _row_problem(row))]
    if problems:
        raise BadData(source, problems)
    return [TableRow(row.line, _days_as_typed(row)) for row in rows]


def _row_problem(row: SheetRow) -> str | None:
    if row.wide is not None and row.wide > len(row.cells):
        return "more cells than columns"
    if row.lost:
        return f"a formula, or a number that was rounded, in {row.lost[0][0]}"
    damaged = [name for name, cell in row.cells.items() if is_damaged(cell)]
    return f"damaged characters in {', '.join(damaged)}" if damaged else None


def _days_as_typed(row: SheetRow) -> dict[str, str]:
    """A spreadsheet keeps a day as its midnight."""
    days = {name for name, at in row.moments if at.time() == datetime.min.time()}
    return {name: cell[:10] if name in days else cell for name, cell in row.cells.items()}


def _title(cell: object) -> str:
    return str(cell if cell is not None else "").strip()


def _sheet_row(line: int, header: Sequence[str], cells: list[Any]) -> SheetRow:
    while len(cells) > len(header) and cells[-1] in {None, ""}:
        cells.pop()
    wide = None if len(cells) == len(header) else len(cells)
    found, lost, moments = {}, [], []
    for name, cell in zip(header, cells, strict=False):
        text, why = _text_of(cell)
        found[name] = text
        if why is not None:
            lost.append((name, why))
        if isinstance(cell, datetime):
            moments.append((name, cell))
    return SheetRow(line, found, tuple(lost), wide, tuple(moments))


def _text_of(cell: object) -> tuple[str, Lost | None]:
    """A cell as text, and what a spreadsheet has done to it."""
    if cell is None:
        return "", None
    if isinstance(cell, _Formula):
        return "", Lost.FORMULA
    if isinstance(cell, datetime | date):
        return cell.isoformat(" ") if isinstance(cell, datetime) else cell.isoformat(), None
    if isinstance(cell, float):
        whole = cell.is_integer()
        return (f"{cell:.0f}" if whole else repr(cell)), (
            Lost.ROUNDED if abs(cell) >= 10**SURE_DIGITS else None
        )
    if isinstance(cell, int) and not isinstance(cell, bool):
        return str(cell), Lost.ROUNDED if abs(cell) >= 10**SURE_DIGITS else None
    return str(cell).strip(), None


class _Formula:
    """Stands for a cell that is computed: its value here is nobody's word."""


def _csv_rows(path: Path, encoding: Encoding) -> Iterator[tuple[int, list[Any]]]:
    codec = UTF8 if encoding is Encoding.UTF8 else GB18030
    csv.field_size_limit(LONGEST_CELL)
    with path.open(encoding=codec, newline="") as file:
        reader = csv.reader(file, strict=True)
        try:
            for cells in reader:
                yield reader.line_num, list(cells)
        except UnicodeDecodeError as error:
            raise BadData(path.name, [(reader.line_num + 1, _not_text(path, encoding))]) from error
        except csv.Error as error:
            raise BadData(path.name, [(reader.line_num, f"not a CSV row ({error})")]) from error


def _not_text(path: Path, encoding: Encoding) -> str:
    """What the bytes look like instead, for whoever knows where the file comes from."""
    if encoding is Encoding.GB18030:
        return "not GB18030 text"
    return (
        "not UTF-8 text; it can be read as GB18030 (as Chinese Excel saves CSV): if it is that,"
        " say --encoding gb18030"
        if _decodes(path, GB18030)
        else "neither UTF-8 nor GB18030 text"
    )


def _decodes(path: Path, codec: str) -> bool:
    try:
        with path.open(encoding=codec, newline="") as file:
            while file.read(1_000_000):
                pass
    except UnicodeDecodeError:
        return False
    return True


# what the library raises when something in the file is not as it should be
_BROKEN: Final = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, LookupError, ValueError, ArithmeticError,
    TypeError, AttributeError, SyntaxError, RuntimeError,
)  # fmt: skip


def _xlsx_rows(path: Path) -> Iterator[tuple[int, list[Any]]]:
    """Every row; damage anywhere is the file's own, and never an error of ours."""
    line = 0
    try:
        # ours: the library forgets to close what it cannot read
        with path.open("rb") as file, closing(_book(file)) as book:
            for line, cells in _numbered(book):
                yield line, cells
    except _BROKEN as error:
        problem = f"not an XLSX file ({type(error).__name__})"
        raise BadData(path.name, [(line + 1, problem)]) from error
    except _TooMuch as error:
        raise BadData(path.name, [(line + 1, str(error))]) from error


class _TooMuch(Exception):
    """The file claims to be more than any table is."""


def _book(file: BinaryIO) -> Any:
    with zipfile.ZipFile(file) as packed:
        parts = packed.infolist()
    if sum(part.file_size for part in parts) > LONGEST_UNPACKED:
        raise _TooMuch("unpacks to more than 2 GB")
    whole = (part.file_size for part in parts if not part.filename.startswith(SHEETS))
    if max(whole, default=0) > LONGEST_PART:
        raise _TooMuch("a part unpacks to more than 100 MB")
    return load_workbook(file, read_only=True, data_only=False)


def _numbered(book: Any) -> Iterator[tuple[int, list[Any]]]:
    sheet = book.worksheets[0]
    # what a program wrote into the file about its size may be wrong
    sheet.reset_dimensions()
    cells = 0
    for line, row in enumerate(sheet.iter_rows(), start=1):
        cells += len(row)
        if line > MOST_LINES or cells > MOST_CELLS:
            raise _TooMuch("more rows or cells than a table has")
        yield line, [_Formula() if cell.data_type == "f" else cell.value for cell in row]


@dataclass(frozen=True)
class Notes:
    """What a table means: a sheet of its own in XLSX, the lines beneath an empty one in CSV."""

    title: str
    rows: Sequence[Sequence[object]]


def write_table(
    path: Path, header: Sequence[str], rows: Iterable[Sequence[object]], notes: Notes | None = None
) -> int:
    """A file of the kind that its name says; how many rows."""
    write = write_xlsx if path.suffix.lower() == ".xlsx" else write_csv
    return write(path, header, rows, notes)


def write_csv(
    path: Path, header: Sequence[str], rows: Iterable[Sequence[object]], notes: Notes | None = None
) -> int:
    """A CSV file in UTF-8 with the mark by which office programs know it; how many rows."""
    count = 0
    with path.open("w", encoding=UTF8, newline="", errors="replace") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow([safe_cell(name) for name in header])
        for row in rows:
            writer.writerow([safe_cell(cell) for cell in row])
            count += 1
        if notes is not None:
            writer.writerows([[], [safe_cell(notes.title)]])
            writer.writerows([safe_cell(cell) for cell in row] for row in notes.rows)
    return count


def write_xlsx(
    path: Path, header: Sequence[str], rows: Iterable[Sequence[object]], notes: Notes | None = None
) -> int:
    """An XLSX file, row by row; every cell is text, so that no number loses a digit."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append([safe_cell(name) for name in header])
    count = 0
    for row in rows:
        sheet.append([_plain(cell) for cell in row])
        count += 1
    if notes is not None:
        more = book.create_sheet(_sheet_title(notes.title))
        for line in notes.rows:
            more.append([_plain(cell) for cell in line])
    book.save(path)
    return count


def _sheet_title(words: str) -> str:
    """A name that spreadsheets allow."""
    return "".join(c for c in words if c not in "[]:*?/\\")[:31] or "Notes"


def _plain(cell: object) -> str:
    """Text without the controls that XML cannot hold."""
    return "".join(c for c in safe_cell(cell) if c >= " " or c in "\n\t\r")

"""Tables that people prepared: CSV in UTF-8, every complaint with its line number.

Lines that begin with ``#`` are remarks. Nothing is guessed: what is damaged is refused. Lists that
are shipped are remembered, so that each is loaded once.
"""

import csv
import hashlib
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import String
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.kernel.db import Base
from portal.kernel.errors import BadData

Said = TypeVar("Said")

LONGEST_FILE = 20_000_000
LONGEST_CELL = 131_072
# controls, lone surrogates, private and unassigned characters
_DAMAGED_KINDS = {"Cc", "Cs", "Cn", "Co"}


@dataclass(frozen=True)
class TableRow:
    """One row: its line in the file and its cells by column, trimmed; absent columns are ""."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


def is_damaged(text: str) -> bool:
    """Whether a text holds characters that only broken conversions leave behind."""
    return any(
        unicodedata.category(char) in _DAMAGED_KINDS
        or char == "\ufffd"
        or "\u2800" <= char <= "\u28ff"  # Braille: what some office programs leave of a lost sign
        for char in text
    )


def read_table(
    content: bytes, source: str, *, required: Sequence[str], optional: Sequence[str] = ()
) -> list[TableRow]:
    """The rows of a CSV file. Raises BadData with everything that is wrong with its form."""
    if len(content) > LONGEST_FILE:
        raise BadData(source, [(1, f"larger than {LONGEST_FILE // 1_000_000} MB")])
    lines = _cells(_text(content, source), source)
    line, header = next(lines, (1, []))
    check_header(header, line, source, required, optional)
    rows: list[TableRow] = []
    problems: list[tuple[int, str]] = []
    for line, cells in lines:
        problem = _cell_problem(cells, header)
        if problem:
            problems.append((line, problem))
        else:
            rows.append(TableRow(line, dict(zip(header, cells, strict=True))))
    if problems:
        raise BadData(source, problems)
    return rows


def _cells(text: str, source: str) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of every line that is neither empty nor a remark."""
    reader = csv.reader(_lines(text), strict=True)
    try:
        for cells in reader:
            _refuse_long(cells)
            if any(cells):
                yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise BadData(source, [(reader.line_num, f"not a CSV row ({error})")]) from error


def _refuse_long(cells: Iterable[str]) -> None:
    """The reader's own limit is the whole process's: whoever reads long sheets has raised it."""
    if any(len(cell) > LONGEST_CELL for cell in cells):
        raise csv.Error(f"a cell longer than {LONGEST_CELL} characters")


def _text(content: bytes, source: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise BadData(source, [(line, "not UTF-8 text")]) from error


def _lines(text: str) -> Iterator[str]:
    for line in text.splitlines(keepends=True):
        yield "\n" if line.startswith("#") else line


def check_header(
    header: list[str], line: int, source: str, required: Sequence[str], optional: Sequence[str]
) -> None:
    missing = [name for name in required if name not in header]
    unknown = [name for name in header if name not in required and name not in optional]
    problems = []
    if missing:
        problems.append((line, f"missing column {', '.join(missing)}"))
    if unknown:
        problems.append((line, f"unknown column {', '.join(unknown)}"))
    if len(set(header)) != len(header):
        problems.append((line, "a column named twice"))
    if problems:
        raise BadData(source, problems)


def _cell_problem(cells: list[str], header: list[str]) -> str | None:
    if len(cells) != len(header):
        return f"{len(cells)} cells instead of {len(header)}"
    damaged = [name for name, cell in zip(header, cells, strict=True) if is_damaged(cell)]
    return f"damaged characters in {', '.join(damaged)}" if damaged else None


def read_lines(
    lines: Iterable[TableRow], read: Callable[[TableRow], Said]
) -> tuple[list[tuple[int, Said]], list[tuple[int, str]]]:
    """What each line says, and what is wrong with each other one: where ``read`` raises."""
    said, problems = [], []
    for line in lines:
        try:
            said.append((line.line, read(line)))
        except ValueError as error:
            problems.append((line.line, str(error)))
    return said, problems


def list_content(path: Path) -> bytes:
    """The file of a list that a city names. Raises BadData when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadData(path.name, [(1, f"cannot be read ({error.strerror})")]) from error


class LoadedList(Base):
    """A shipped list as it was when it was loaded last."""

    __tablename__ = "loaded_list"

    name: Mapped[str] = mapped_column(String(400), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    loaded_at: Mapped[datetime]


def is_fresh(
    session: Session, name: str, content: bytes, *, about: str = "", now: datetime
) -> bool:
    """Whether a list is new or differs from last time; notes it as loaded. The caller loads it.

    What was loaded belongs to the administrators: the same list must not undo their changes at the
    next start. ``about`` is what else decides how the list is read.
    """
    fingerprint = hashlib.sha256(about.encode() + b"\0" + content).hexdigest()
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(LoadedList).values(name=name, fingerprint=fingerprint, loaded_at=now)
    note = statement.on_conflict_do_update(
        index_elements=[LoadedList.name],
        set_={"fingerprint": fingerprint, "loaded_at": now},
        where=LoadedList.fingerprint != fingerprint,
    )
    return session.scalar(note.returning(LoadedList.name)) is not None

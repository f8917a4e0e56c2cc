"""A clause set as a table, in the form that is shipped: taken into a draft whole or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from pledges.rules.clause_drafts import (
    COLUMNS,
    LARGEST_FILE,
    MOST_CLAUSES,
    ClauseFlaw,
    ClauseWrong,
    read_clause,
    twice,
)
from pledges.rules.clause_texts import ClauseText
from pledges.service.clause_drafts import replace_clauses
from pledges.service.sheets import opened
from portal.accounts.rules import Actor
from portal.kernel.errors import BadData
from portal.kernel.sheets import Encoding, Sheet, SheetRow
from portal.kernel.tables import is_damaged


@dataclass
class ClausesRead:
    """The clauses of a table by their lines, and what is wrong with it."""

    clauses: list[tuple[int, ClauseText]] = field(default_factory=list)
    flaws: list[ClauseWrong] = field(default_factory=list)


def take_clauses(
    session: Session, actor: Actor, code: str, content: bytes, encoding: Encoding, *, seen: str
) -> Sequence[ClauseWrong]:
    """Take a table into a draft; with flaws nothing was changed."""
    read = _read_file(content, encoding)
    flaws = sorted([*read.flaws, *twice(read.clauses)], key=lambda one: (one.line, one.column))
    if not flaws:
        said = [clause for _line, clause in read.clauses]
        replace_clauses(session, actor, code, said, seen=seen)
    return flaws


def _read_file(content: bytes, encoding: Encoding) -> ClausesRead:
    if not content:
        return ClausesRead(flaws=[ClauseWrong(ClauseFlaw.NO_FILE, "file")])
    if len(content) > LARGEST_FILE:
        return ClausesRead(flaws=[ClauseWrong(ClauseFlaw.TOO_LARGE, "file")])
    remarks = _remarks(content)
    try:
        with opened(content[len(remarks) :], encoding) as sheet:
            return _read(sheet, remarks.count(b"\n"))
    except BadData as bad:
        return ClausesRead(flaws=[ClauseWrong(ClauseFlaw.UNREADABLE, "file", bad.problems[0][0])])


def _remarks(content: bytes) -> bytes:
    """The lines above the head of the file that is shipped."""
    lines = content.removeprefix(b"\xef\xbb\xbf").splitlines(keepends=True)
    above = 0
    while above < len(lines) and lines[above].startswith(b"#"):
        above += 1
    return b"".join(lines[:above]) if content.startswith(b"#") else b""


def _read(sheet: Sheet, skipped: int) -> ClausesRead:
    missing = [name for name in COLUMNS if name not in sheet.header]
    if missing:
        flaws = [ClauseWrong(ClauseFlaw.NO_COLUMN, name, 1 + skipped) for name in missing]
        return ClausesRead(flaws=flaws)
    read = ClausesRead()
    for count, row in enumerate(sheet.rows):
        if count >= MOST_CLAUSES:
            read.flaws.append(
                ClauseWrong(ClauseFlaw.MANY, "file", row.line + skipped, MOST_CLAUSES)
            )
            break
        _line(read, row, row.line + skipped)
    if not read.clauses and not read.flaws:
        read.flaws.append(ClauseWrong(ClauseFlaw.NO_ROWS, "file"))
    return read


def _line(read: ClausesRead, row: SheetRow, line: int) -> None:
    cells = {name: text for name, text in row.cells.items() if name in COLUMNS}
    spoiled = [name for name, _why in row.lost if name in COLUMNS]
    spoiled += [name for name, text in cells.items() if is_damaged(text)]
    if spoiled or row.wide is not None:
        column = spoiled[0] if spoiled else ""
        read.flaws.append(ClauseWrong(ClauseFlaw.SPOILED, column, line))
        return
    clause, flaws = read_clause(cells, line)
    read.flaws += flaws
    if not flaws:
        read.clauses.append((line, clause))

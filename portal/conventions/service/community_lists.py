"""Heads and services of a community from a table: every bad line is told, or all are taken."""

import tempfile
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.conventions.queries.board import services_of
from portal.conventions.queries.community import heads_of, lock_place
from portal.conventions.rules.community import ListProblem
from portal.conventions.rules.community_lists import (
    HEADS,
    LARGEST_FILE,
    MOST_LINES,
    SERVICES,
    ListFlaw,
    columns_of,
    day_of,
    flaw_of,
    meant,
    role_of,
)
from portal.conventions.service.board import ServiceWish, new_service
from portal.conventions.service.places import HeadWish, new_head, place_here
from portal.kernel.errors import BadData, Refused
from portal.kernel.sheets import Encoding, SheetRow, open_sheet
from portal.kernel.tables import is_damaged

Cells = dict[str, str]


class BadList(Refused):
    """Lines that cannot be taken. Nothing was."""

    def __init__(self, flaws: Sequence[ListFlaw]) -> None:
        super().__init__(ListProblem.BAD_LINES, field="file")
        self.flaws = sorted(flaws, key=lambda flaw: flaw.line)[:100]


def import_heads(
    session: Session, actor: Actor, code: str, content: bytes, encoding: Encoding, *, now: datetime
) -> int:
    """Enter the heads of a table; how many. Raises BadList with every line that is wrong."""
    area = place_here(session, actor, code)
    lock_place(session, area.id)
    rows = read_list(content, encoding, HEADS)
    standing = heads_of(session, area.id, names=True)
    known = {(one.role.value, one.covers, one.name) for one in standing if one.ends_on is None}

    def key(cells: Cells) -> tuple[str, ...]:
        role = role_of(cells)
        return (role.value if role else "", cells["covers"], cells["name"])

    def make(cells: Cells, _at: int) -> Any:
        role, starts = role_of(cells), day_of(cells["starts_on"])
        if role is None or starts is None:
            raise Refused(ListProblem.OFFICE)
        wish = HeadWish(
            role, cells["covers"], cells["name"], cells.get("phone", ""), starts,
            day_of(cells.get("ends_on", "")), meant("yes", cells.get("agreed", "")) is not None,
        )  # fmt: skip
        return new_head(session, actor, area, wish, now)

    return _take(session, rows, known, key, make)


def import_services(
    session: Session, actor: Actor, code: str, content: bytes, encoding: Encoding, *, now: datetime
) -> int:
    """Enter the services of a table at the end of the atlas; how many."""
    area = place_here(session, actor, code)
    lock_place(session, area.id)
    rows = read_list(content, encoding, SERVICES)
    known = {(one.title, one.located) for one in services_of(session, area.id)}

    def make(cells: Cells, at: int) -> Any:
        return new_service(session, actor, area, _service(cells), now, at)

    return _take(session, rows, known, lambda cells: (cells["title"], cells["located"]), make)


def _service(cells: Cells) -> ServiceWish:
    return ServiceWish(
        cells["title"], cells["located"], cells.get("hours", ""), cells.get("office_phone", ""),
        cells["offers"], cells.get("bring", ""),
    )  # fmt: skip


def _take(
    session: Session, rows: list[tuple[int, Cells]], known: set[Any],
    key: Callable[[Cells], tuple[str, ...]], make: Callable[[Cells, int], Any],
) -> int:  # fmt: skip
    made, flaws = list[Any](), list[ListFlaw]()
    for at, (line, cells) in enumerate(rows, 1):
        if key(cells) in known:
            flaws.append(ListFlaw(line, ListProblem.TWICE))
            continue
        known.add(key(cells))
        try:
            made.append(make(cells, at))
        except Refused as refusal:
            flaws.append(ListFlaw(line, refusal.code))
    if flaws:
        raise BadList(flaws)
    session.add_all(made)
    return len(made)


def read_list(content: bytes, encoding: Encoding, needed: Sequence[str]) -> list[tuple[int, Cells]]:
    """The lines of a file. Raises BadList with every one that is wrong, Refused for the whole."""
    if not content:
        raise Refused(ListProblem.EMPTY, field="file")
    if len(content) > LARGEST_FILE:
        raise Refused(ListProblem.TOO_LARGE, field="file", facts={"most": MOST_LINES})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("list.xlsx" if content[:2] == b"PK" else "list.csv")
        path.write_bytes(content)
        try:
            sheet = open_sheet(path, encoding)
            columns = columns_of(sheet.header)
            rows = list(sheet.rows)
        except BadData as bad:
            raise Refused(ListProblem.UNREADABLE, field="file") from bad
    if not set(needed) <= set(columns.values()):
        raise Refused(ListProblem.NO_COLUMN, field="file")
    if not rows or len(rows) > MOST_LINES:
        code = ListProblem.TOO_LARGE if rows else ListProblem.EMPTY
        raise Refused(code, field="file", facts={"most": MOST_LINES})
    found = [(row.line, _cells(row, columns)) for row in rows]
    wrong = [
        (line, ListProblem.SPOILED if cells is None else flaw_of(cells, needed))
        for line, cells in found
    ]
    flaws = [ListFlaw(line, code) for line, code in wrong if code is not None]
    if flaws:
        raise BadList(flaws)
    return [(line, cells) for line, cells in found if cells is not None]


def _cells(row: SheetRow, columns: dict[str, str]) -> Cells | None:
    """The cells of a line that we know; None when a spreadsheet has spoiled one."""
    cells = {columns[title]: text.strip() for title, text in row.cells.items() if title in columns}
    lost = any(title in columns for title, _why in row.lost)
    spoiled = lost or row.wide is not None or any(is_damaged(text) for text in cells.values())
    return None if spoiled else cells

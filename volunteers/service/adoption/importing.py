"""The register from a table of the parks unit: every bad line is told, or all is taken in."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.kernel.audit import note_action
from portal.kernel.city import City
from portal.kernel.errors import BadData, Forbidden
from portal.kernel.sheets import Encoding, SheetRow, open_sheet
from portal.kernel.tables import is_damaged, is_fresh, list_content
from volunteers.queries.adoption.plots import known_numbers
from volunteers.rules.adoption.refusals import RegisterFlaw
from volunteers.rules.adoption.register import (
    LARGEST_FILE,
    MOST_LINES,
    Flaw,
    PlotWish,
    columns_of,
    read_cells,
)
from volunteers.service.adoption.found import MANAGE
from volunteers.service.adoption.registering import placed, why_not_change, write_all
from volunteers.service.adoption.settings import today_of

SUFFIXES = {b"PK": ".xlsx"}
MOST_FLAWS = 200


@dataclass(frozen=True)
class Imported:
    """What became of a table. With flaws nothing was changed."""

    added: int = 0
    changed: int = 0
    flaws: Sequence[Flaw] = ()


def read_register(content: bytes, encoding: Encoding, today: date) -> "Read":
    """The lines of a table as wishes, and what is wrong with the others."""
    if not content:
        return Read([], [Flaw(RegisterFlaw.NO_FILE, "file")])
    if len(content) > LARGEST_FILE:
        return Read([], [Flaw(RegisterFlaw.TOO_LARGE, "file")])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"register{SUFFIXES.get(content[:2], '.csv')}"
        path.write_bytes(content)
        try:
            return _read(path, encoding, today)
        except BadData as bad:
            return Read([], [Flaw(RegisterFlaw.UNREADABLE, "", bad.problems[0][0])])


@dataclass
class Read:
    """Good lines by their number, and flaws."""

    wishes: list[tuple[int, PlotWish]]
    flaws: list[Flaw]


def _read(path: Path, encoding: Encoding, today: date) -> Read:
    sheet = open_sheet(path, encoding)
    columns, flaws = columns_of(sheet.header)
    read, first = Read([], flaws), dict[str, int]()
    if flaws:
        return read
    for count, row in enumerate(sheet.rows):
        if count >= MOST_LINES:
            read.flaws.append(Flaw(RegisterFlaw.TOO_LARGE, "file", row.line))
            break
        _line(read, row, columns, first, today)
    if not read.wishes and not read.flaws:
        read.flaws.append(Flaw(RegisterFlaw.NO_ROWS, "file"))
    return read


def _line(
    read: Read, row: SheetRow, columns: dict[str, str], first: dict[str, int], today: date
) -> None:
    cells = {columns[title]: text for title, text in row.cells.items() if title in columns}
    spoiled = [title for title, _why in row.lost if title in columns]
    damaged = [name for name, text in cells.items() if is_damaged(text)]
    if spoiled or damaged:
        code = RegisterFlaw.SPOILED if spoiled else RegisterFlaw.DAMAGED
        read.flaws.append(Flaw(code, [*map(columns.get, spoiled), *damaged][0] or "", row.line))
        return
    wish, flaws = read_cells(cells, today, row.line)
    read.flaws += flaws
    if wish is None:
        return
    if wish.register_number in first:
        facts = {"first": first[wish.register_number]}
        read.flaws.append(Flaw(RegisterFlaw.TWICE, "register_number", row.line, facts))
        return
    first[wish.register_number] = row.line
    read.wishes.append((row.line, wish))


def import_register(
    session: Session, actor: Actor, content: bytes, encoding: Encoding, *, now: datetime
) -> Imported:
    """Take a table in, whole or not at all."""
    if not actor.may(MANAGE):
        raise Forbidden
    read = read_register(content, encoding, today_of(session, now))
    found = _take_in(session, actor, read, now)
    if not found.flaws:
        note_action(
            session, at=now, actor_id=actor.person_id, action="adoption:import",
            subject="adoption:register",
        )  # fmt: skip
    return found


def _take_in(session: Session, actor: Actor | None, read: Read, now: datetime) -> Imported:
    areas, flaws = placed(session, actor, read.wishes)
    known = known_numbers(session, [wish.register_number for _line, wish in read.wishes])
    for line, wish in read.wishes:
        row = known.get(wish.register_number)
        if row is None:
            continue
        if actor is not None and not actor.may(MANAGE, place_path=row.place_path):
            flaws.append(Flaw(RegisterFlaw.NOT_YOURS, "register_number", line))
        elif why := why_not_change(row, wish):
            flaws.append(Flaw(why, "adoptable", line))
    flaws = sorted([*read.flaws, *flaws], key=lambda flaw: (flaw.line, flaw.column))
    if flaws:
        return Imported(flaws=flaws[:MOST_FLAWS])
    wishes = [wish for _line, wish in read.wishes]
    return Imported(*write_all(session, wishes, areas, known, now))


@dataclass(frozen=True)
class RegisterLoaded:
    """How many things a city's own list brought."""

    added: int = 0
    changed: int = 0


def load_register(session: Session, city: City, now: datetime) -> RegisterLoaded:
    """Take in the lists that the city's file names. Raises BadData with every bad line."""
    added = changed = 0
    for name in city.raw.get("lists", {}).get("adoption", ()):
        content = list_content(city.folder / name)
        if not is_fresh(session, f"{city.code} adoption {name}", content, now=now):
            continue
        read = read_register(content, Encoding.UTF8, today_of(session, now))
        found = _take_in(session, None, read, now)
        if found.flaws:
            problems = [(flaw.line, f"{flaw.code.value} {flaw.column}") for flaw in found.flaws]
            raise BadData(name, problems)
        added, changed = added + found.added, changed + found.changed
    return RegisterLoaded(added, changed)

"""The register from a table: every bad line is told, or the whole table is taken in."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from pledges.models import PremisesImport
from pledges.queries.premises import taken_doors
from pledges.rules.register import (
    LARGEST_FILE,
    MOST_LINES,
    Flaw,
    PremisesFlaw,
    PremisesWish,
    columns_of,
    read_cells,
)
from pledges.service.premises import MANAGE, drawn, insert_premises, key_of, placed
from pledges.service.sheets import opened
from portal.accounts.rules import Actor
from portal.areas.queries import AreaRow
from portal.areas.rules import codes_of
from portal.kernel.audit import note_action
from portal.kernel.errors import BadData, Conflict, Forbidden
from portal.kernel.ids import new_id
from portal.kernel.phones import clean_phone
from portal.kernel.sheets import Encoding, Sheet, SheetRow
from portal.kernel.tables import is_damaged

MOST_FLAWS = 200


@dataclass(frozen=True)
class Imported:
    """What became of a table. With flaws nothing was changed."""

    added: int = 0
    flaws: Sequence[Flaw] = ()


@dataclass
class _Read:
    """Good lines by their number, and flaws."""

    wishes: list[tuple[int, PremisesWish]] = field(default_factory=list)
    flaws: list[Flaw] = field(default_factory=list)


def import_premises(
    session: Session, actor: Actor, content: bytes, encoding: Encoding, *, now: datetime
) -> Imported:
    """Take a table in, whole or not at all."""
    if not actor.may(MANAGE):
        raise Forbidden
    read = _read_file(content, encoding)
    areas, flaws = placed(session, actor, read.wishes)
    flaws += _two_at_a_door(session, read.wishes, areas)
    more, bad = drawn(session, actor, read.wishes, areas)
    flaws += bad
    flaws = sorted([*read.flaws, *flaws], key=lambda flaw: (flaw.line, flaw.column))
    if flaws:
        return Imported(flaws=flaws[:MOST_FLAWS])
    batch = _batch(session, actor, list(areas.values()), now)
    for line, wish in read.wishes:
        at = replace(more[line], import_id=batch)
        if insert_premises(session, actor, wish, at, now) is None:
            # somebody entered it while the table was read: nothing of the table stays
            raise Conflict(PremisesFlaw.DOOR_TAKEN, field="file")
    note_action(
        session, at=now, actor_id=actor.person_id, action="premises:import",
        subject="premises:register",
    )  # fmt: skip
    return Imported(len(read.wishes))


def _batch(session: Session, actor: Actor, areas: Sequence[AreaRow], now: datetime) -> UUID:
    """The row by which a table can be taken back."""
    paths = [codes_of(area.path) for area in areas]
    shared = [codes[0] for codes in zip(*paths, strict=False) if len(set(codes)) == 1]
    row = PremisesImport(
        id=new_id(), place_path="".join(f"/{code}" for code in shared) + "/", lines=len(areas),
        made_at=now, made_by=actor.person_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def _two_at_a_door(
    session: Session, wishes: list[tuple[int, PremisesWish]], areas: dict[int, AreaRow]
) -> list[Flaw]:
    """Doors at which something stands already, in the register or on an earlier line."""
    keys = {line: key_of(wish, areas[line]) for line, wish in wishes if line in areas}
    taken, first, flaws = taken_doors(session, keys.values()), dict[str, int](), list[Flaw]()
    for line, key in keys.items():
        if key in first:
            flaws.append(Flaw(PremisesFlaw.TWICE, "door", line, {"first": first[key]}))
        elif key in taken:
            flaws.append(Flaw(PremisesFlaw.DOOR_TAKEN, "door", line))
        first.setdefault(key, line)
    return flaws


def _read_file(content: bytes, encoding: Encoding) -> _Read:
    if not content:
        return _Read(flaws=[Flaw(PremisesFlaw.NO_FILE, "file")])
    if len(content) > LARGEST_FILE:
        return _Read(flaws=[Flaw(PremisesFlaw.TOO_LARGE, "file")])
    try:
        with opened(content, encoding) as sheet:
            return _read(sheet)
    except BadData as bad:
        return _Read(flaws=[Flaw(PremisesFlaw.UNREADABLE, "file", bad.problems[0][0])])


def _read(sheet: Sheet) -> _Read:
    columns, flaws = columns_of(sheet.header)
    read = _Read(flaws=flaws)
    if flaws:
        return read
    for count, row in enumerate(sheet.rows):
        if count >= MOST_LINES:
            read.flaws.append(Flaw(PremisesFlaw.TOO_LARGE, "file", row.line))
            break
        _line(read, row, columns)
    if not read.wishes and not read.flaws:
        read.flaws.append(Flaw(PremisesFlaw.NO_ROWS, "file"))
    return read


def _line(read: _Read, row: SheetRow, columns: dict[str, str]) -> None:
    cells = {columns[title]: text for title, text in row.cells.items() if title in columns}
    spoiled = [columns[title] for title, _why in row.lost if title in columns]
    spoiled += [name for name, text in cells.items() if is_damaged(text)]
    if spoiled or row.wide is not None:
        column = spoiled[0] if spoiled else ""
        read.flaws.append(Flaw(PremisesFlaw.SPOILED, column, row.line))
        return
    wish, flaws = read_cells(cells, row.line)
    phone = wish.operator.phone if wish and wish.operator else None
    if phone and clean_phone(phone) is None:
        flaws = [Flaw(PremisesFlaw.PHONE, "phone", row.line)]
    read.flaws += flaws
    if wish is not None and not flaws:
        read.wishes.append((row.line, wish))

"""Reads of a grid's diary: what stands today, what stood before a correction, and a whole month.

Of the cases that an entry speaks of, each reader learns those that she may open: whoever wrote it
may have read reports on conduct, which most who work in the grid may not (R259).
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session, aliased

from portal.accounts.rules import Actor, Permission
from portal.areas.models import Area
from portal.reports.models import (
    Case,
    Category,
    GridEntry,
    GridEntryCase,
    GridEntryPhoto,
    GridEntryText,
)
from portal.reports.queries.case import CaseRow
from portal.reports.queries.desk.reach import reach
from portal.reports.queries.hung import hangs
from portal.reports.rules.codes import State
from portal.reports.rules.grid import EntryKind

MOST_SHOWN, MOST_A_MONTH = 20, 1000


@dataclass(frozen=True)
class LinkedCase:
    """A case that an entry speaks of. ``found``: it was made of the entry."""

    number: str
    state: State
    category: Mapping[str, str]
    found: bool


@dataclass(frozen=True)
class EntryRow:
    """One entry as it is read."""

    id: UUID
    code: str
    area_code: str
    place_path: str
    kind: EntryKind
    at: datetime
    made_at: datetime
    actor_id: UUID | None
    present: Mapping[str, int]
    point: tuple[float, float] | None
    corrects_id: UUID | None
    seen: str
    place: str
    photos: Sequence[str] = ()
    cases: Sequence[LinkedCase] = ()
    # (district, key) of what was made of it
    made: Sequence[tuple[str, UUID]] = field(default_factory=tuple)


def _entries() -> Select[*tuple[Any, ...]]:
    return (
        select(
            GridEntry.id,
            GridEntry.code,
            Area.code.label("area_code"),
            GridEntry.place_path,
            GridEntry.kind,
            GridEntry.at,
            GridEntry.made_at,
            GridEntry.actor_id,
            GridEntry.present,
            GridEntry.lon,
            GridEntry.lat,
            GridEntry.corrects_id,
            GridEntryText.seen,
            GridEntryText.place,
        )
        .join(Area, Area.id == GridEntry.area_id)
        .join(GridEntryText, GridEntryText.entry_id == GridEntry.id, isouter=True)
    )


def _standing() -> Any:
    """What no later entry has corrected."""
    later = aliased(GridEntry)
    return ~select(later.id).where(later.corrects_id == GridEntry.id).exists()


def entries_of(
    session: Session, area_id: UUID, reader: Actor, *, limit: int = MOST_SHOWN
) -> list[EntryRow]:
    """The newest entries of a grid as they stand: three queries."""
    statement = (
        _entries()
        .where(GridEntry.area_id == area_id, _standing())
        .order_by(GridEntry.at.desc(), GridEntry.id.desc())
        .limit(limit)
    )
    return _read(session, statement, reader)


def entries_between(
    session: Session, area_id: UUID, start: datetime, end: datetime, reader: Actor
) -> list[EntryRow]:
    """The entries of a time, oldest first, for the print of a month."""
    statement = (
        _entries()
        .where(
            GridEntry.area_id == area_id,
            GridEntry.at >= start,
            GridEntry.at < end,
            _standing(),
        )
        .order_by(GridEntry.at, GridEntry.id)
        .limit(MOST_A_MONTH)
    )
    return _read(session, statement, reader)


def entry_by_code(session: Session, code: str, reader: Actor) -> EntryRow | None:
    """One entry, corrected since or not."""
    found = _read(session, _entries().where(GridEntry.code == code), reader)
    return found[0] if found else None


def versions_of(session: Session, entry: EntryRow, reader: Actor) -> list[EntryRow]:
    """An entry with what it corrects and what corrects it, the newest first."""
    found = [entry]
    while (before := found[-1].corrects_id) is not None:
        found += _read(session, _entries().where(GridEntry.id == before), reader)
    while later := _read(session, _entries().where(GridEntry.corrects_id == found[0].id), reader):
        found = [*later, *found]
    return found


def entries_about(session: Session, case: CaseRow, reader: Actor) -> list[EntryRow]:
    """The entries that speak of a case."""
    if not hangs(session, case.id, GridEntryCase):
        return []
    mine = and_(
        GridEntryCase.entry_id == GridEntry.id,
        GridEntryCase.district == case.district,
        GridEntryCase.case_id == case.id,
    )
    statement = _entries().where(select(GridEntryCase.entry_id).where(mine).exists(), _standing())
    return _read(session, statement.order_by(GridEntry.at.desc()), reader)


def _read(session: Session, statement: Select[*tuple[Any, ...]], reader: Actor) -> list[EntryRow]:
    rows = session.execute(statement).all()
    if not rows:
        return []
    ids = {row.id for row in rows}
    photos, cases = _photos(session, ids), _cases(session, ids, reader)
    return [
        EntryRow(
            id=row.id,
            code=row.code,
            area_code=row.area_code,
            place_path=row.place_path,
            kind=row.kind,
            at=row.at,
            made_at=row.made_at,
            actor_id=row.actor_id,
            present=json.loads(row.present),
            point=None if row.lon is None else (row.lon, row.lat),
            corrects_id=row.corrects_id,
            seen=row.seen or "",
            place=row.place or "",
            photos=photos.get(row.id, []),
            cases=[one.case for one in cases.get(row.id, []) if one.open],
            made=[one.key for one in cases.get(row.id, []) if one.case.found],
        )
        for row in rows
    ]


def _photos(session: Session, ids: Collection[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    statement = select(GridEntryPhoto.entry_id, GridEntryPhoto.code).order_by(GridEntryPhoto.id)
    for row in session.execute(statement.where(GridEntryPhoto.entry_id.in_(ids))):
        found.setdefault(row.entry_id, []).append(row.code)
    return found


class _Linked(NamedTuple):
    """A case of an entry; ``open``: this reader may open it."""

    case: LinkedCase
    key: tuple[str, UUID]
    open: bool


def _cases(session: Session, ids: Collection[UUID], reader: Actor) -> dict[UUID, list[_Linked]]:
    statement = (
        select(
            GridEntryCase.entry_id,
            GridEntryCase.district,
            GridEntryCase.case_id,
            GridEntryCase.found,
            Case.number,
            Case.state,
            reach(reader, Permission.REPORT_READ).label("open"),
            Category.name_zh_Hans,
            Category.name_zh_Hant,
            Category.name_en,
        )
        .join(
            Case,
            and_(Case.district == GridEntryCase.district, Case.id == GridEntryCase.case_id),
        )
        .join(Category, Category.code == Case.category_code, isouter=True)
        .where(GridEntryCase.entry_id.in_(ids))
        .order_by(Case.number)
    )
    found: dict[UUID, list[_Linked]] = {}
    for row in session.execute(statement):
        names = {
            "zh_Hans": row.name_zh_Hans or "",
            "zh_Hant": row.name_zh_Hant or "",
            "en": row.name_en or "",
        }
        linked = LinkedCase(row.number, row.state, names, row.found)
        key = (row.district, row.case_id)
        found.setdefault(row.entry_id, []).append(_Linked(linked, key, bool(row.open)))
    return found

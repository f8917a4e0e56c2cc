"""What was done to several cases at once, and what became of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, false, select, tuple_
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.areas.models import Area
from portal.areas.rules import tidy_names
from portal.reports.models import Case, CaseEvent, Category, DeskBatch, DeskBatchCase
from portal.reports.queries.case import CaseRow, columns
from portal.reports.queries.desk import area_names, reach
from portal.reports.rules.batches import MOST, UNDO_WINDOW, BatchAction
from portal.reports.rules.codes import Event, State


@dataclass(frozen=True)
class BatchRow:
    """One press of a button."""

    id: UUID
    number: str
    actor_id: UUID
    action: BatchAction
    at: datetime
    undone_at: datetime | None


@dataclass(frozen=True)
class BatchLine:
    """One case of a batch as it stands now. ``refusal`` and ``kept`` are codes.

    No ``state``: the case has left the reader's reach, and only what she did is told.
    """

    number: str
    state: State | None
    category: Mapping[str, str]
    place: Mapping[str, str]
    unit_id: UUID | None
    refusal: str | None
    kept: str | None
    undone_at: datetime | None


def batch_by_number(session: Session, number: str) -> BatchRow | None:
    """A batch by its public number."""
    found = session.execute(
        select(*columns(DeskBatch, BatchRow)).where(DeskBatch.number == number)
    ).first()
    return BatchRow(*found) if found else None


def recent_batches(session: Session, actor_id: UUID | None, now: datetime) -> list[BatchRow]:
    """What somebody did while it can still be undone, the last first."""
    rows = session.execute(
        select(*columns(DeskBatch, BatchRow))
        .where(DeskBatch.at > now - UNDO_WINDOW, DeskBatch.actor_id == actor_id)
        .order_by(DeskBatch.at.desc(), DeskBatch.id.desc())
        .limit(MOST)
    )
    return [BatchRow(*row) for row in rows]


def lines_of(session: Session, batch_id: UUID, actor: Actor) -> list[BatchLine]:
    """The cases of a batch as its maker may see them now, in the order of their reports."""
    rows = session.execute(
        select(
            Case.number,
            Case.state,
            Category.name_zh_Hans.label("kind_zh_Hans"),
            Category.name_zh_Hant.label("kind_zh_Hant"),
            Category.name_en.label("kind_en"),
            Area.name_zh_hans,
            Area.name_zh_hant,
            Area.name_en,
            Case.unit_id,
            DeskBatchCase.refusal,
            DeskBatchCase.kept,
            DeskBatchCase.undone_at,
            reach(actor, Permission.REPORT_READ).label("seen"),
        )
        .join(Case, (Case.district == DeskBatchCase.district) & (Case.id == DeskBatchCase.case_id))
        .join(Category, Category.code == Case.category_code, isouter=True)
        .join(Area, Area.id == Case.area_id, isouter=True)
        .where(DeskBatchCase.batch_id == batch_id)
        .order_by(Case.id)
    )
    return [_line(row) for row in rows]


def _line(row: Any) -> BatchLine:
    kind = {"zh_Hans": row.kind_zh_Hans, "zh_Hant": row.kind_zh_Hant, "en": row.kind_en}
    return BatchLine(
        number=row.number,
        state=row.state if row.seen else None,
        category=tidy_names(kind) if row.seen else {},
        place=area_names(row) if row.seen else {},
        unit_id=row.unit_id if row.seen else None,
        refusal=row.refusal,
        kept=row.kept,
        undone_at=row.undone_at,
    )


def cases_by_numbers(
    session: Session, numbers: Sequence[str], *, lock: bool = False
) -> list[CaseRow]:
    """Cases in the order of their keys; locked in that order, so that two batches never block."""
    return _cases(session, Case.number.in_(numbers), lock=lock)


def _cases(session: Session, which: ColumnElement[bool], *, lock: bool) -> list[CaseRow]:
    statement = select(*columns(Case, CaseRow)).where(which).order_by(Case.district, Case.id)
    if lock:
        statement = statement.with_for_update()
    return [CaseRow(*row) for row in session.execute(statement)]


@dataclass(frozen=True)
class Kept:
    """What a batch keeps of one case, so that it can be put back as it was."""

    district: str
    case_id: UUID
    version: int
    touched_at: datetime


def locked_cases(session: Session, kept: Sequence[Kept]) -> dict[UUID, CaseRow]:
    """The cases of a batch by their ids, locked in the order of their keys."""
    keys = [(one.district, one.case_id) for one in kept]
    which = tuple_(Case.district, Case.id).in_(keys) if keys else false()
    return {case.id: case for case in _cases(session, which, lock=True)}


def done_cases(session: Session, batch_id: UUID) -> list[tuple[Kept, dict[str, Any]]]:
    """The cases that a batch changed: with what they were before, in the order of their keys."""
    names = [field.name for field in fields(Kept)]
    rows = session.execute(
        select(DeskBatchCase.__table__)
        .where(DeskBatchCase.batch_id == batch_id, DeskBatchCase.refusal.is_(None))
        .order_by(DeskBatchCase.district, DeskBatchCase.case_id)
    ).mappings()
    return [
        (
            Kept(**{name: row[name] for name in names}),
            {name[4:]: row[name] for name in row if name.startswith("was_")},
        )
        for row in rows
    ]


def returned_by(session: Session, cases: Sequence[CaseRow]) -> dict[UUID, set[UUID]]:
    """For each case the units that gave it back."""
    found: dict[UUID, set[UUID]] = {}
    rows = session.execute(
        select(CaseEvent.case_id, CaseEvent.unit_id).where(
            CaseEvent.district.in_({case.district for case in cases}),
            CaseEvent.case_id.in_([case.id for case in cases]),
            CaseEvent.event == Event.RETURN,
        )
    )
    for case_id, unit_id in rows:
        if unit_id is not None:
            found.setdefault(case_id, set()).add(unit_id)
    return found

"""What is disclosed, as it is read."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from portal.publicity.models import DisclosedInput, KeyTask, KeyTaskChange
from portal.publicity.rules.disclosure import InputKind, TaskState

MOST = 500
INPUTS_PAGE = 100


@dataclass(frozen=True)
class InputRow:
    """A figure that stands."""

    id: UUID
    number: str
    kind: InputKind
    area_id: UUID
    area_code: str
    year: int
    amount: int
    title: str
    source: str
    link: str | None
    entered_at: datetime


@dataclass(frozen=True)
class TaskRow:
    """A key task as it stands."""

    id: UUID
    number: str
    title: str
    goal: str
    organisation_id: UUID
    area_id: UUID
    source: str
    state: TaskState
    due_on: date
    version: int

    def late(self, today: date) -> bool:
        """Whether it is under way after its day."""
        return self.state is TaskState.UNDER_WAY and self.due_on < today


@dataclass(frozen=True)
class ChangeRow:
    """One change, as everybody reads it."""

    at: datetime
    state: TaskState
    due_on: date
    note: str
    role: str


def _columns(table: Any, row: Any) -> Any:
    return tuple(getattr(table, name) for name in row.__dataclass_fields__)


_STANDS = DisclosedInput.ended_at.is_(None)


def _inputs(
    session: Session, *where: ColumnElement[bool], page: int = 1, limit: int = INPUTS_PAGE + 1
) -> list[InputRow]:
    d = DisclosedInput
    order = (d.year.desc(), d.kind, d.area_code, d.title, d.id)
    statement = select(*_columns(d, InputRow)).where(_STANDS, *where).order_by(*order)
    some = statement.offset((page - 1) * INPUTS_PAGE).limit(limit)
    return [InputRow(*row) for row in session.execute(some)]


def inputs_disclosed(session: Session, page: int = 1) -> list[InputRow]:
    """A page of the figures that stand, the newest year first, and one more."""
    return _inputs(session, page=page)


def input_by_number(session: Session, number: str) -> InputRow | None:
    """One that stands."""
    return next(iter(_inputs(session, DisclosedInput.number == number)), None)


def populations(session: Session, year: int) -> dict[str, int]:
    """How many people live in places, by their code: the newest figure up to a year. Of several
    under different names that one counts which was entered last."""
    mine = (DisclosedInput.kind == InputKind.POPULATION, DisclosedInput.year <= year, _STANDS)
    order = (DisclosedInput.year, DisclosedInput.entered_at, DisclosedInput.id)
    columns = (DisclosedInput.area_code, DisclosedInput.amount)
    rows = session.execute(select(*columns).where(*mine).order_by(*order))
    # the later row of a place replaces the earlier
    return {row.area_code: row.amount for row in rows}


def tasks_disclosed(session: Session) -> list[TaskRow]:
    """The key tasks: under way first, the nearest day first."""
    order = (KeyTask.state.desc(), KeyTask.due_on, KeyTask.id)
    statement = select(*_columns(KeyTask, TaskRow)).order_by(*order).limit(MOST)
    return [TaskRow(*row) for row in session.execute(statement)]


def task_by_number(session: Session, number: str) -> TaskRow | None:
    """One of them."""
    statement = select(*_columns(KeyTask, TaskRow)).where(KeyTask.number == number)
    row = session.execute(statement).one_or_none()
    return TaskRow(*row) if row else None


def changes_of(session: Session, task_id: UUID) -> list[ChangeRow]:
    """Its changes, the newest first."""
    mine = select(*_columns(KeyTaskChange, ChangeRow)).where(KeyTaskChange.task_id == task_id)
    return [ChangeRow(*row) for row in session.execute(mine.order_by(KeyTaskChange.version.desc()))]


def task_counts(session: Session, today: date) -> tuple[int, int, int]:
    """How many are under way, late, and done."""
    going = KeyTask.state == TaskState.UNDER_WAY
    row = session.execute(
        select(
            func.count().filter(going), func.count().filter(going, KeyTask.due_on < today),
            func.count().filter(KeyTask.state == TaskState.DONE),
        ).select_from(KeyTask)
    ).one()  # fmt: skip
    return row[0], row[1], row[2]

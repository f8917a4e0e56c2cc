"""The tracker of tasks as it is read: the four fields of each, its history, and whose desk it is
on. A page of it sends the same few queries, however many tasks and units it shows."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, select, tuple_
from sqlalchemy.orm import Session

from portal.conventions.models import Meeting, MeetingResolution, Task, TaskEvent, TaskUnit
from portal.conventions.queries.meetings import inside
from portal.conventions.rules.tasks import TaskFilter, TaskState, UnitPart
from portal.organisations.queries import OrganisationRow, organisations_by_ids

PAGE: Final = 50
MOST_IN_A_FILE: Final = 20_000


@dataclass(frozen=True)
class UnitRow:
    """A unit of a task: one of the register, or words."""

    part: UnitPart
    unit: OrganisationRow | None
    words: str | None


@dataclass(frozen=True)
class TaskRow:
    """A line of the tracker. ``resolved``: as the published minutes say it."""

    id: UUID
    number: str
    area_id: UUID
    place_path: str
    title: str
    due_on: date
    state: TaskState
    made_at: datetime
    closed_at: datetime | None
    outcome: str | None
    resolved: str | None
    meeting_number: str | None
    units: tuple[UnitRow, ...] = field(default=())

    def of(self, part: UnitPart) -> list[UnitRow]:
        """Its units of one part."""
        return [one for one in self.units if one.part is part]

    def parts_of(self, organisation_ids: Collection[UUID]) -> set[UnitPart]:
        """Which parts some organisations have in it."""
        return {
            one.part
            for one in self.units
            if one.unit is not None and one.unit.id in organisation_ids
        }


def _tasks(*where: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Task.id, Task.number, Task.area_id, Task.place_path, Task.title, Task.due_on,
            Task.state, Task.made_at, Task.closed_at, Task.outcome,
            case((Meeting.minutes_at.is_not(None), MeetingResolution.resolved)).label("resolved"),
            Meeting.number.label("meeting_number"),
        )
        .outerjoin(MeetingResolution, MeetingResolution.id == Task.resolution_id)
        .outerjoin(Meeting, Meeting.id == MeetingResolution.meeting_id)
        .where(*where)
    )  # fmt: skip


def _with_units(session: Session, statement: Select[*tuple[Any, ...]]) -> list[TaskRow]:
    rows = session.execute(statement).mappings().all()
    units = session.execute(
        select(TaskUnit.task_id, TaskUnit.part, TaskUnit.organisation_id, TaskUnit.unit)
        .where(TaskUnit.task_id.in_([row["id"] for row in rows]))
        .order_by(TaskUnit.id)
    ).all()
    known = organisations_by_ids(
        session, {one.organisation_id for one in units if one.organisation_id}
    )
    found = dict[UUID, list[UnitRow]]()
    for one in units:
        line = UnitRow(one.part, known.get(one.organisation_id), one.unit)
        found.setdefault(one.task_id, []).append(line)
    return [TaskRow(**dict(row), units=tuple(found.get(row["id"], ()))) for row in rows]


def _shown(chosen: TaskFilter | None, today: date) -> list[ColumnElement[bool]]:
    match chosen:
        case TaskFilter.OPEN:
            return [Task.state == TaskState.OPEN]
        case TaskFilter.LATE:
            return [Task.state == TaskState.OPEN, Task.due_on < today]
        case TaskFilter.CLOSED:
            return [Task.state != TaskState.OPEN]
        case _:
            return []


def tasks_page(
    session: Session, paths: Iterable[str] | None, chosen: TaskFilter | None, *, today: date,
    after: str = "", limit: int = PAGE + 1,
) -> list[TaskRow]:  # fmt: skip
    """A page of the tasks of some places, the one that is due first at the top, and one more."""
    return _page(session, [*inside(Task.place_path, paths), *_shown(chosen, today)], after, limit)


def tasks_of_units(
    session: Session, organisation_ids: Collection[UUID], chosen: TaskFilter | None, *,
    today: date, after: str = "",
) -> list[TaskRow]:  # fmt: skip
    """A page of what some units have a part in, and one more."""
    mine = select(TaskUnit.task_id).where(TaskUnit.organisation_id.in_(organisation_ids))
    return _page(session, [Task.id.in_(mine), *_shown(chosen, today)], after, PAGE + 1)


def _page(
    session: Session, where: list[ColumnElement[bool]], after: str, limit: int
) -> list[TaskRow]:
    last = session.execute(select(Task.due_on, Task.id).where(Task.number == after)).first()
    if after and last is not None:
        where = [*where, tuple_(Task.due_on, Task.id) > (last.due_on, last.id)]
    return _with_units(session, _tasks(*where).order_by(Task.due_on, Task.id).limit(limit))


def task_by_number(session: Session, number: str) -> TaskRow | None:
    """One of them."""
    return next(iter(_with_units(session, _tasks(Task.number == number))), None)


def task_state(session: Session, number: str) -> tuple[TaskState, date] | None:
    """Where a task stands and when it is due, locked for whoever writes to it."""
    statement = select(Task.state, Task.due_on).where(Task.number == number).with_for_update()
    row = session.execute(statement).one_or_none()
    return (row.state, row.due_on) if row else None


def tasks_of_meeting(session: Session, meeting_id: UUID) -> list[TaskRow]:
    """The tasks that came out of a meeting."""
    where = MeetingResolution.meeting_id == meeting_id
    return _with_units(session, _tasks(where).order_by(Task.due_on, Task.id))


@dataclass(frozen=True)
class TaskEventRow:
    """What was reported of a task, by which unit, and what changed. No unit: the list's keeper."""

    said: str
    due_on: date | None
    state: TaskState | None
    unit: OrganisationRow | None
    at: datetime


def events_of_task(session: Session, task_id: UUID) -> list[TaskEventRow]:
    """The history of a task, the newest first."""
    rows = session.execute(
        select(
            TaskEvent.said, TaskEvent.due_on, TaskEvent.state, TaskEvent.organisation_id,
            TaskEvent.at,
        )
        .where(TaskEvent.task_id == task_id)
        .order_by(TaskEvent.id.desc())
    ).all()  # fmt: skip
    units = organisations_by_ids(session, {row[3] for row in rows if row[3]})
    return [
        TaskEventRow(row.said, row.due_on, row.state, units.get(row.organisation_id), row.at)
        for row in rows
    ]


@dataclass(frozen=True)
class TaskCounts:
    """How many tasks there are, and how many of them are late."""

    open: int
    late: int
    done: int
    dropped: int


def task_counts(session: Session, paths: Iterable[str] | None, today: date) -> TaskCounts:
    """The tasks of some places, counted."""
    late = (Task.state == TaskState.OPEN) & (Task.due_on < today)
    rows = session.execute(
        select(Task.state, late.label("late"), func.count())
        .where(*inside(Task.place_path, paths))
        .group_by(Task.state, late)
    ).all()
    found = {state: sum(row[2] for row in rows if row.state is state) for state in TaskState}
    return TaskCounts(
        found[TaskState.OPEN], sum(row[2] for row in rows if row.late), found[TaskState.DONE],
        found[TaskState.DROPPED],
    )  # fmt: skip

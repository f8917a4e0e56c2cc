"""Tasks of the public tracker: written down, reported on by their units, moved, dropped (R162).

Whoever looks after the place keeps the list; a unit of the register reports through its own desk,
and only its lead or a responsible one says that a task is done.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.areas.queries import area_by_code
from portal.conventions.models import Task, TaskEvent, TaskUnit
from portal.conventions.queries.meetings import MeetingRow, resolutions_of
from portal.conventions.queries.tasks import TaskRow, task_by_number, task_state
from portal.conventions.rules.tasks import (
    FINISHING,
    OF_UNITS,
    ReportWish,
    TaskAct,
    TaskRefusal,
    TaskState,
    TaskWish,
    flaw_of_task,
    state_after,
)
from portal.conventions.service.meetings import MANAGE, meeting_here
from portal.kernel.clock import city_day
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import clean_number, new_id, new_number
from portal.kernel.instance import instance_of
from portal.organisations.queries import organisations_by_codes, units_for

DESK: Final = Permission.DESK_OPEN
_FIELDS: Final = {
    TaskRefusal.NO_LEAD: "lead", TaskRefusal.NO_RESPONSIBLE: "responsible",
    TaskRefusal.PAST: "due_on",
}  # fmt: skip


@dataclass(frozen=True)
class Part:
    """What somebody may do with a task: keep the list, or report for a unit of hers."""

    keeper: bool
    unit_id: UUID | None
    finishing: bool


def any_task(session: Session, number: str) -> TaskRow:
    """The task with a number, however it was typed; Missing when there is none."""
    row = task_by_number(session, clean_number(number) or "")
    if row is None:
        raise Missing
    return row


def task_here(session: Session, actor: Actor, number: str) -> tuple[TaskRow, Part]:
    """A task that somebody keeps or has a part in, and what she may do; any other is Missing."""
    row = any_task(session, number)
    keeper = actor.may(MANAGE, place_path=row.place_path)
    units = actor.organisations_for(DESK)
    mine = [one for one in row.units if one.unit is not None and one.unit.id in units]
    if not keeper and not mine:
        raise Missing
    leading = next((one for one in mine if one.part in FINISHING), None)
    told = leading or next(iter(mine), None)
    unit_id = told.unit.id if told is not None and told.unit is not None else None
    return row, Part(keeper, unit_id, leading is not None)


def add_task(
    session: Session, actor: Actor, place: str, wish: TaskWish, *, now: datetime
) -> str:  # fmt: skip
    """Put a task on the list of a place; its number."""
    area = area_by_code(session, place.strip().upper())
    if area is None or not actor.may(MANAGE, place_path=area.path):
        raise Refused(TaskRefusal.NO_PLACE, field="place")
    return _add(session, actor, {"area_id": area.id, "place_path": area.path}, wish, now)


def add_task_of_resolution(
    session: Session, actor: Actor, number: str, resolution: str, wish: TaskWish, *, now: datetime
) -> str:
    """Put a task on the list that a meeting resolved on; its number."""
    # nobody strikes the resolution in this moment
    row = meeting_here(session, actor, number, lock=True)
    found = resolution_here(session, row, resolution)
    about = {"area_id": row.area_id, "place_path": row.place_path, "resolution_id": found}
    return _add(session, actor, about, wish, now)


def resolution_here(session: Session, row: MeetingRow, number: str) -> UUID:
    """The resolution of a meeting with a number; Missing when there is none."""
    wanted = clean_number(number)
    for one in resolutions_of(session, row.id):
        if one.number == wanted:
            return one.id
    raise Missing


def _add(
    session: Session, actor: Actor, about: dict[str, Any], wish: TaskWish, now: datetime
) -> str:
    flaw = flaw_of_task(wish, city_day(now, instance_of(session).city.zone))
    if flaw is not None:
        raise Refused(flaw, field=_FIELDS.get(flaw, "responsible"))
    row = Task(
        id=new_id(), number=new_number(), **about, title=wish.title, due_on=wish.due_on,
        made_at=now, made_by=actor.person_id,
    )  # fmt: skip
    session.add(row)
    # its units refer to it by its key alone
    session.flush()
    _put_units(session, row.id, wish, row.place_path)
    return row.number


def _put_units(session: Session, task_id: UUID, wish: TaskWish, place_path: str) -> None:
    """A code of the register becomes its unit, and so does the name of a unit that serves the
    place; anything else stands as it was written."""
    known = {
        name: unit for unit in units_for(session, place_path) for name in unit.names.values()
    } | dict(organisations_by_codes(session, {name.upper() for _part, name in wish.units}))
    for part, name in wish.units:
        found = known.get(name) or known.get(name.upper())
        session.add(
            TaskUnit(
                id=new_id(), task_id=task_id, part=part,
                organisation_id=found.id if found else None, unit=None if found else name,
            )
        )  # fmt: skip


def report_on(
    session: Session, actor: Actor, number: str, wish: ReportWish, *, now: datetime
) -> None:  # fmt: skip
    """Report on a task, or change its day or its end. Of two at once the second is told."""
    row, part = task_here(session, actor, number)
    locked = task_state(session, row.number)
    if locked is None:
        raise Missing
    state, due_on = locked
    to = state_after(state, wish.act)
    if to is None:
        raise Conflict(TaskRefusal.MOVED_ON)
    _refuse(wish, part, due_on, city_day(now, instance_of(session).city.zone))
    moved = wish.due_on if wish.act is TaskAct.MOVE else None
    ended = to is not TaskState.OPEN
    values = {
        "state": to, "closed_at": now if ended else None, "outcome": wish.said if ended else None,
        "due_on": moved or due_on,
    }  # fmt: skip
    session.execute(update(Task).where(Task.id == row.id).values(values))
    session.add(
        TaskEvent(
            task_id=row.id, said=wish.said, due_on=moved, state=to if to is not state else None,
            organisation_id=None if part.keeper else part.unit_id, actor_id=actor.person_id, at=now,
        )
    )  # fmt: skip


def _refuse(wish: ReportWish, part: Part, due_on: date, today: date) -> None:
    if not part.keeper and wish.act not in OF_UNITS:
        raise Refused(TaskRefusal.NO_SUCH_ACT, field="act")
    if wish.act is TaskAct.FINISH and not (part.keeper or part.finishing):
        raise Refused(TaskRefusal.NOT_LEADING, field="act")
    if wish.act is TaskAct.MOVE:
        if wish.due_on is None:
            raise Refused(TaskRefusal.NO_DAY, field="due_on")
        if wish.due_on == due_on:
            raise Refused(TaskRefusal.SAME_DAY, field="due_on")
        if wish.due_on < today:
            raise Refused(TaskRefusal.PAST, field="due_on")

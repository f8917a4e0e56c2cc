"""Tasks of communities with the same four fields for everybody (R162). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

LONGEST_UNIT: Final = 80
MOST_UNITS: Final = 12


class TaskState(StrEnum):
    """Where a task stands; overdue is derived."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class UnitPart(StrEnum):
    """The units of a task line: 牵头单位 配合单位 责任单位."""

    LEAD = "lead"
    CO = "co"
    RESPONSIBLE = "responsible"


class TaskAct(StrEnum):
    """What is reported of a task, or changed by whoever keeps the list."""

    PROGRESS = "progress"
    FINISH = "finish"
    MOVE = "move"
    DROP = "drop"
    REOPEN = "reopen"


# which act leads where, from where; the others leave the state as it is
EDGES: Final = {
    (TaskState.OPEN, TaskAct.PROGRESS): TaskState.OPEN,
    (TaskState.OPEN, TaskAct.FINISH): TaskState.DONE,
    (TaskState.OPEN, TaskAct.MOVE): TaskState.OPEN,
    (TaskState.OPEN, TaskAct.DROP): TaskState.DROPPED,
    (TaskState.DONE, TaskAct.REOPEN): TaskState.OPEN,
    (TaskState.DROPPED, TaskAct.REOPEN): TaskState.OPEN,
}
# what a unit does itself; the day and the end of a task are for whoever keeps the list
OF_UNITS: Final = frozenset({TaskAct.PROGRESS, TaskAct.FINISH})
# who may say that it is done
FINISHING: Final = frozenset({UnitPart.LEAD, UnitPart.RESPONSIBLE})


class TaskFilter(StrEnum):
    """Which tasks of a list are shown."""

    OPEN = "open"
    LATE = "late"
    CLOSED = "closed"


class TaskRefusal(StrEnum):
    """Why a task is not written so."""

    NO_PLACE = "task.no_place"
    NO_LEAD = "task.no_lead"
    NO_RESPONSIBLE = "task.no_responsible"
    TOO_MANY = "task.too_many"
    LONG_UNIT = "task.long_unit"
    TWICE = "task.twice"
    PAST = "task.past"
    MOVED_ON = "task.moved_on"
    NO_SUCH_ACT = "task.no_such_act"
    NO_DAY = "task.no_day"
    SAME_DAY = "task.same_day"
    NOT_LEADING = "task.not_leading"


@dataclass(frozen=True)
class TaskWish:
    """A task: what, by whom, until when. A unit is its code in the register, or words."""

    title: str
    lead: str
    co: Sequence[str]
    responsible: Sequence[str]
    due_on: date

    @property
    def units(self) -> list[tuple[UnitPart, str]]:
        return [
            *((UnitPart.LEAD, one) for one in (self.lead,) if one),
            *((UnitPart.CO, one) for one in self.co),
            *((UnitPart.RESPONSIBLE, one) for one in self.responsible),
        ]


@dataclass(frozen=True)
class ReportWish:
    """What is said of a task. ``due_on``: the new day, when it is moved."""

    act: TaskAct
    said: str
    due_on: date | None = None


def flaw_of_task(wish: TaskWish, today: date) -> TaskRefusal | None:
    """Why a task cannot be written down so."""
    if not wish.lead:
        return TaskRefusal.NO_LEAD
    if not wish.responsible:
        return TaskRefusal.NO_RESPONSIBLE
    if len(wish.units) > MOST_UNITS:
        return TaskRefusal.TOO_MANY
    if max(len(name) for _part, name in wish.units) > LONGEST_UNIT:
        return TaskRefusal.LONG_UNIT
    if len(set(wish.units)) < len(wish.units):
        return TaskRefusal.TWICE
    return TaskRefusal.PAST if wish.due_on < today else None


def state_after(state: TaskState, act: TaskAct) -> TaskState | None:
    """Where an act leads; None where it is not open."""
    return EDGES.get((state, act))


def acts_from(state: TaskState, *, keeper: bool, finishing: bool) -> list[TaskAct]:
    """What somebody may do now. ``keeper``: of the list; ``finishing``: for a leading unit."""
    found = [act for (at, act) in EDGES if at is state]
    if keeper:
        return found
    hers = OF_UNITS if finishing else OF_UNITS - {TaskAct.FINISH}
    return [act for act in found if act in hers]


def is_late(state: TaskState, due_on: date, today: date) -> bool:
    """Whether its day is over and it is not done."""
    return state is TaskState.OPEN and due_on < today

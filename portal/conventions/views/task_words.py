"""A task as pages and files say it: the four fields in words (R162)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from portal.conventions.labels.tasks import TASK_STATES
from portal.conventions.queries.tasks import TaskRow, UnitRow
from portal.conventions.rules.tasks import TaskState, UnitPart, is_late
from portal.kernel.clock import city_day, now
from portal.kernel.i18n import gettext as _
from portal.kernel.i18n import in_words
from portal.kernel.web import instance

STATUS = {TaskState.OPEN: "active", TaskState.DONE: "done", TaskState.DROPPED: "closed"}


@dataclass(frozen=True)
class TaskWords:
    """A line of the tracker in words. ``late``: its day is over and it is not done."""

    row: TaskRow
    lead: str
    co: str
    responsible: str
    state: str
    kind: str
    late: bool


def task_words(rows: Iterable[TaskRow], on: date | None = None) -> list[TaskWords]:
    """Lines of the tracker as they are shown on a day, or today."""
    today = on or city_day(now(), instance().city.zone)
    return [_words(row, late=is_late(row.state, row.due_on, today)) for row in rows]


def _words(row: TaskRow, *, late: bool) -> TaskWords:
    lead, co, responsible = (_units(row.of(part)) for part in UnitPart)
    state = _("late") if late else str(TASK_STATES[row.state])
    kind = "sent_back" if late else STATUS[row.state]
    return TaskWords(row, lead, co, responsible, state, kind, late)


def _units(units: Iterable[UnitRow]) -> str:
    return _(", ").join(unit_name(one) for one in units)


def unit_name(one: UnitRow) -> str:
    """A unit of the register by its name, or the words that stand for it."""
    return in_words(one.unit.names) if one.unit is not None else one.words or ""

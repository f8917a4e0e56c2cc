"""Words for tasks: the four fields, where they stand, what is refused."""

from collections.abc import Mapping
from typing import Final

from portal.conventions.rules.tasks import TaskAct, TaskFilter, TaskRefusal, TaskState, UnitPart
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register

UNIT_PARTS: Final[Mapping[UnitPart, Words]] = {
    UnitPart.LEAD: _l("Lead unit"),
    UnitPart.CO: _l("Supporting units"),
    UnitPart.RESPONSIBLE: _l("Responsible units"),
}
TASK_STATES: Final[Mapping[TaskState, Words]] = {
    TaskState.OPEN: _l("under way"),
    TaskState.DONE: _l("completed"),
    TaskState.DROPPED: _l("dropped"),
}
TASK_ACTS: Final[Mapping[TaskAct, Words]] = {
    TaskAct.PROGRESS: _l("Say how it is going"),
    TaskAct.FINISH: _l("It is done: say what came of it"),
    TaskAct.MOVE: _l("Move its day"),
    TaskAct.DROP: _l("Drop it"),
    TaskAct.REOPEN: _l("Take it up again"),
}
TASK_FILTERS: Final[Mapping[TaskFilter, Words]] = {
    TaskFilter.OPEN: _l("Under way"),
    TaskFilter.LATE: _l("Late"),
    TaskFilter.CLOSED: _l("Done or dropped"),
}

register(
    {
        TaskRefusal.NO_PLACE: _l("This place is not known, or lies outside of yours."),
        TaskRefusal.NO_LEAD: _l("Please name the lead unit."),
        TaskRefusal.NO_RESPONSIBLE: _l("Please name at least one responsible unit."),
        TaskRefusal.TOO_MANY: _l("A task has at most twelve units."),
        TaskRefusal.LONG_UNIT: _l("The name of a unit has at most 80 characters."),
        TaskRefusal.TWICE: _l("A unit stands there twice for the same part."),
        TaskRefusal.PAST: _l("This day is over. Please choose a later one."),
        TaskRefusal.MOVED_ON: _l("Meanwhile this has moved on. Please look at where it stands."),
        TaskRefusal.NO_SUCH_ACT: _l("Only whoever keeps the list does this."),
        TaskRefusal.NO_DAY: _l("Please choose the new day."),
        TaskRefusal.SAME_DAY: _l("This is the day that it has already."),
        TaskRefusal.NOT_LEADING: _l(
            "The lead unit or a responsible one says that it is done. Please say how it is going."
        ),
    }
)

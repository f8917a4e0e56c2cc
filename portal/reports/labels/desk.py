"""Words of the desk: its tasks."""

from collections.abc import Mapping

from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words
from portal.reports.rules.codes import Relation
from portal.reports.rules.desk import Task

TASKS: Mapping[Task, Words] = {
    Task.MINE: _l("My queue"),
    Task.CHECK: _l("To check"),
    Task.RESPOND: _l("To answer first"),
    Task.DISPATCH: _l("To dispatch"),
    Task.SENT_BACK: _l("Sent back"),
    Task.HANDLE: _l("To handle"),
    Task.VERIFY: _l("To verify"),
    Task.MODERATE: _l("Words and photos to check"),
    Task.LATE: _l("Overdue"),
    Task.OPEN: _l("All open cases"),
    Task.ALL: _l("All cases"),
}

RELATIONS: Mapping[str, Words] = {
    Relation.FIRST.value: _l("Reported it"),
    Relation.PROXY.value: _l("Reported it for somebody else"),
    Relation.ME_TOO.value: _l("Has the same problem"),
}

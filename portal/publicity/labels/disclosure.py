"""Words of disclosure."""

from collections.abc import Mapping
from typing import Final

from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register
from portal.publicity.rules.disclosure import DisclosureRefusal, InputKind, TaskState

INPUT_KINDS: Final[Mapping[InputKind, Words]] = {
    InputKind.FUNDS: _l("Funds in yuan"),
    InputKind.STAFF: _l("Staff"),
    InputKind.VEHICLES: _l("Vehicles and machines"),
    InputKind.POPULATION: _l("People who live there"),
}
TASK_STATES: Final[Mapping[TaskState, Words]] = {
    TaskState.UNDER_WAY: _l("under way"),
    TaskState.DONE: _l("completed"),
    TaskState.GIVEN_UP: _l("given up"),
}
REPLACED: Final = _l("replaced by a newer figure")
ENTERED: Final = _l("entered")

register(
    {
        DisclosureRefusal.NO_PLACE: _l("There is no such place, or it is not one of yours."),
        DisclosureRefusal.NO_UNIT: _l("No unit has this code. The register of units shows them."),
        DisclosureRefusal.BAD_LINK: _l("An address begins with https:// or http://."),
        DisclosureRefusal.NO_REASON: _l("Please give a reason."),
        DisclosureRefusal.NOBODY: _l("Please write how many people live there."),
        DisclosureRefusal.MOVED_ON: _l("Meanwhile this was changed. Please look at it again."),
    }
)

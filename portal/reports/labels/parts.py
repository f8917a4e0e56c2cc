"""Words for parts of a matter and for what units dispute."""

from collections.abc import Mapping

from portal.kernel import messages
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register
from portal.reports.rules.codes import Event
from portal.reports.rules.transitions import Refusal

# steps as anybody may read them, as the desk reads them, and as words on a button
PART_EVENTS: Mapping[Event, Words] = {
    Event.SPLIT_OFF: _l("Several units work on it together"),
    Event.PARTS_DONE: _l("All units have finished their part"),
    Event.ESCALATE: _l("Put before the joint meeting"),
    Event.RESOLVE: _l("The joint meeting named the unit in charge"),
}
PART_EVENTS_AT_THE_DESK: Mapping[Event, Words] = {
    Event.SPLIT_OFF: _l("Parts were split off"),
    Event.PARTS_DONE: _l("The last part has ended: the case goes on"),
}
PART_ACTIONS: Mapping[Event, Words] = {
    Event.SPLIT_OFF: _l("Split off parts for other units"),
    Event.ESCALATE: _l("Put it before the joint meeting"),
    Event.RESOLVE: _l("Enter what the meeting resolved"),
}
# what a field is called, and who reads it
PART_WORDS: Mapping[Event, tuple[Words, Words]] = {
    Event.ESCALATE: (
        _l("What the units disagree about"),
        _l("Only the desk reads this."),
    ),
    Event.RESOLVE: (_l("The words of the resolution"), _l("The unit and the desk read this.")),
}

register(
    {
        Refusal.OTHER_IS_PART: _l(
            "The other case is a part of a matter. Give the number of the whole matter."
        ),
        Refusal.IS_PART: _l("This case is a part of another matter. Do it there."),
        Refusal.PARTS_OPEN: _l(
            "Units are still at work on parts of this case. Each has to end first."
        ),
        Refusal.PARTS_AT_WORK: _l(
            "Several units are at work on it already, so it cannot be withdrawn."
        ),
        Refusal.WHOLE_ENDED: _l(
            "The matter that this is a part of is not being worked on. Send that one back first."
        ),
        Refusal.NO_PARTS_OF_THIS: _l(
            "No part of a report about somebody’s behaviour is split off."
        ),
        Refusal.PART_MISSING: _l("Choose the kind of problem of at least one part."),
        Refusal.TOO_MANY_PARTS: _l("No more than %(most)s parts of a case can be open at once."),
        Refusal.NOT_DISPUTED: _l(
            "The meeting is for cases that units returned or passed on twice."
        ),
        Refusal.BEFORE_MEETING: _l("The case is before the joint meeting already."),
        Refusal.NOT_BEFORE_MEETING: _l("The case is not before the joint meeting."),
        Refusal.NO_MEETING: _l(
            "No joint meeting is in the register of units. Ask the administrator to enter it."
        ),
        Refusal.HELD_ON_MISSING: _l("Give the day of the meeting; it cannot lie ahead."),
        Refusal.RESOLUTION_MISSING: _l("Give the number of the resolution."),
        Refusal.BOUND: _l("The joint meeting named your unit, so the case cannot be returned."),
        Refusal.BOUND_ELSEWHERE: _l(
            "The joint meeting named another unit. To change that, put the case before it again."
        ),
    }
)

messages.register(
    {
        "report.several_units": _l(
            "%(count)s units work together on your report %(number)s. Follow it here: %(link)s"
        ),
        "desk.parts_done": _l(
            "All parts of case %(number)s have ended, you can go on: %(category)s, %(place)s."
            " %(link)s"
        ),
    }
)

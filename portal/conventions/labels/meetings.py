"""Words for meetings: their kinds, where they stand, what is refused, what is told by message."""

from collections.abc import Mapping
from typing import Final

from portal.conventions.rules.meetings import (
    AttendanceWay,
    MeetingKind,
    MeetingNews,
    MeetingRefusal,
    MeetingState,
)
from portal.kernel import messages
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register

MEETING_KINDS: Final[Mapping[MeetingKind, Words]] = {
    MeetingKind.RESIDENTS: _l("Residents' assembly"),
    MeetingKind.REPRESENTATIVES: _l("Residents' representatives"),
    MeetingKind.DELIBERATION: _l("Deliberation of residents"),
    MeetingKind.OWNERS: _l("Owners' assembly"),
    MeetingKind.ALLIANCE: _l("Meeting of an alliance"),
    MeetingKind.CO_GOVERNANCE: _l("Co-governance meeting"),
}
MEETING_STATES: Final[Mapping[MeetingState, Words]] = {
    MeetingState.PLANNED: _l("being prepared"),
    MeetingState.INVITED: _l("announced"),
    MeetingState.HELD: _l("held, minutes published"),
    MeetingState.CALLED_OFF: _l("called off"),
}
ATTENDANCE_WAYS: Final[Mapping[AttendanceWay, Words]] = {
    AttendanceWay.CODE: _l("by the code in the room"),
    AttendanceWay.LIST: _l("from the list"),
}

register(
    {
        MeetingRefusal.NO_PLACE: _l("This place is not known, or lies outside of yours."),
        MeetingRefusal.TIMES: _l("A meeting ends after it begins, and within twelve hours."),
        MeetingRefusal.PAST: _l("This time is over. Please choose a later one."),
        MeetingRefusal.NO_AGENDA: _l("Please write at least one point of the agenda."),
        MeetingRefusal.TOO_MANY_ITEMS: _l("An agenda has at most 30 points."),
        MeetingRefusal.LONG_ITEM: _l("A point of the agenda has at most 120 characters."),
        MeetingRefusal.INVITED: _l(
            "People are invited already. Please call it off, and plan anew."
        ),
        MeetingRefusal.NOT_INVITED: _l("Nobody is invited yet. Please send the invitation first."),
        MeetingRefusal.CALLED_OFF: _l("This meeting was called off."),
        MeetingRefusal.PUBLISHED: _l(
            "The minutes are published and do not change. Please write an addition to them."
        ),
        MeetingRefusal.NO_REASON: _l("Please give a reason; everybody can read it."),
        MeetingRefusal.OLD_CODE: _l(
            "This code does not hold. Please scan the one in the room again, or sign the list."
        ),
        MeetingRefusal.EARLY: _l("The code counts from one hour before the meeting on."),
        MeetingRefusal.OVER: _l("The meeting is over. The committee can put you on the list."),
        MeetingRefusal.NO_NAMES: _l("Please write at least one name."),
        MeetingRefusal.LONG_NAME: _l("A name has at most %(most)s characters."),
        MeetingRefusal.TOO_MANY_NAMES: _l(
            "A list has at most %(most)s names. With more, write their number in the minutes."
        ),
        MeetingRefusal.COUNTS: _l(
            "Please write all three numbers, or none. At least one vote was cast."
        ),
        MeetingRefusal.MORE_VOTES: _l("There are resolutions with more votes than people present."),
        MeetingRefusal.NOT_BEGUN: _l("The meeting has not begun yet."),
        MeetingRefusal.FEWER_THAN_LIST: _l("More people are on the list than that."),
        MeetingRefusal.MORE_WOMEN: _l("There cannot be more women than people present."),
        MeetingRefusal.NOT_PUBLISHED: _l(
            "The minutes are not published yet: please write it there."
        ),
        MeetingRefusal.BEGUN: _l(
            "This meeting has begun already. If nobody came, please say so in the minutes."
        ),
        MeetingRefusal.RESOLVED: _l("This meeting has resolved something already."),
        MeetingRefusal.HAS_TASK: _l(
            "A task was made of this resolution, so that it stays. "
            "Please write in the minutes what is wrong with it."
        ),
        MeetingRefusal.PEOPLE: _l("Please write a number from 0 to %(most)s."),
        MeetingRefusal.WOMEN: _l("Please write how many women there were, or nothing."),
    }
)
messages.register(
    {
        MeetingNews.INVITATION: _l(
            "Invitation: %(title)s, %(when)s, %(venue)s. Agenda: %(origin)s/meetings/%(number)s"
        ),
        MeetingNews.CALLED_OFF: _l(
            "Called off: %(title)s, %(when)s. Why: %(origin)s/meetings/%(number)s"
        ),
    }
)

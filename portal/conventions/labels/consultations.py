"""Words for questions to communities and to everybody."""

from collections.abc import Mapping
from typing import Final

from portal.conventions.rules.consultations import (
    AskingRefusal,
    ConsultationKind,
    ConsultationState,
)
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register

ASKING_KINDS: Final[Mapping[ConsultationKind, Words]] = {
    ConsultationKind.DEPARTMENT: _l("A department asks communities"),
    ConsultationKind.DECISION: _l("Everybody is asked on a major decision"),
}
ASKING_STATES: Final[Mapping[ConsultationState, Words]] = {
    ConsultationState.DRAFT: _l("not begun yet"),
    ConsultationState.OPEN: _l("opinions are being taken"),
    ConsultationState.CLOSED: _l("the time is over, the reply is being written"),
    ConsultationState.ANSWERED: _l("replied"),
}

register(
    {
        AskingRefusal.NO_PLACE: _l("This place is not known, or lies outside of yours."),
        AskingRefusal.NO_PLACES: _l("Please say which communities are asked."),
        AskingRefusal.UNKNOWN_PLACES: _l("These codes lie outside of the place: %(codes)s"),
        AskingRefusal.TOO_MANY_PLACES: _l("At most %(most)s communities are asked at once."),
        AskingRefusal.DAYS: _l(
            "The first day is today or later, the last one not before it, and within a year."
        ),
        AskingRefusal.SHORT: _l(
            "On a major decision people have thirty days as a rule. If fewer are needed, say why; "
            "everybody reads it."
        ),
        AskingRefusal.OPENED: _l("This is announced already and does not change any more."),
        AskingRefusal.NOT_OPEN_YET: _l("Opinions are taken from %(first)s on. Please come back."),
        AskingRefusal.LATE: _l(
            "The time for opinions ended on %(day)s. The reply to what came in time is published "
            "on this page; what is urgent can be told by telephone."
        ),
        AskingRefusal.REPLIED: _l("The reply is published and does not change any more."),
        AskingRefusal.NOT_ASKED: _l("This question is for others to answer."),
        AskingRefusal.TOO_MANY: _l(
            "You have sent %(most)s already. Please take one back first, or tell the committee."
        ),
        AskingRefusal.ANSWERED: _l("Your community has answered already."),
        AskingRefusal.TIME_RUNS: _l(
            "People still have time until %(day)s. It can go on after that."
        ),
        AskingRefusal.UNSEEN: _l("There are opinions that nobody has looked at."),
        AskingRefusal.UNGROUPED: _l("There are opinions or answers that are in no group yet."),
        AskingRefusal.UNREPLIED: _l("There are groups without a reply."),
        AskingRefusal.NO_SUMMARY: _l("Please write the summary first."),
        AskingRefusal.TOO_MANY_GROUPS: _l("There are at most %(most)s groups."),
        AskingRefusal.NOTHING_CHOSEN: _l("Please choose what you answer to."),
        AskingRefusal.HAS_OPINIONS: _l("There are opinions in this group. Please move them first."),
    }
)

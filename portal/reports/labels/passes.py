"""Words for links that open one case: what came by them, why they do not open, and messages."""

from collections.abc import Mapping

from portal.kernel import messages
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register
from portal.reports.rules.passes import (
    MOST_USES,
    DeclineReason,
    EntryKind,
    EntryState,
    PassKind,
    PassRefusal,
)
from portal.reports.rules.personal import Data, Purpose

PASS_KINDS: Mapping[PassKind, Words] = {
    PassKind.HELPER: _l("Link for a helper"),
    PassKind.OUTSIDE: _l("Link for another authority"),
}

ENTRY_KINDS: Mapping[EntryKind, Words] = {
    EntryKind.ON_THE_WAY: _l("Is on the way"),
    EntryKind.DONE: _l("Handed in the work"),
    EntryKind.ANSWERED: _l("Has answered"),
    EntryKind.DECLINED: _l("Does not take the matter"),
}

ENTRY_STATES: Mapping[EntryState, Words] = {
    EntryState.NOTED: _l("Noted"),
    EntryState.WAITING: _l("Waits for you"),
    EntryState.TAKEN: _l("Adopted by the unit"),
    EntryState.SET_ASIDE: _l("Set aside"),
}

DECLINE_REASONS: Mapping[DeclineReason, Words] = {
    DeclineReason.NOT_OURS: _l("It is not our responsibility"),
    DeclineReason.OTHER_BODY: _l("Another authority is responsible"),
    DeclineReason.NOT_ENOUGH: _l("We need to know more"),
    DeclineReason.DONE_BEFORE: _l("We have dealt with it before"),
}

# what the holder of a link reads where the link opens nothing any more
CLOSED: Mapping[PassRefusal, Words] = {
    PassRefusal.OVER: _l("The time of this link is over."),
    PassRefusal.REVOKED: _l("This link was taken back."),
    PassRefusal.MOVED_ON: _l("The matter has moved on, so this link is not needed any more."),
}

register(
    {
        **CLOSED,
        **DECLINE_REASONS,
        PassRefusal.UNKNOWN: _l("This is not a link of ours, or a part of it is missing."),
        PassRefusal.ANSWERED: _l("The answer to this matter was given already."),
        PassRefusal.USED_UP: _l(
            "This link was used %(count)s times, which is all that it can be. Please ask for a new"
            " one.",
            count=MOST_USES,
        ),
        PassRefusal.ON_THE_WAY: _l("You have said already that you are on the way."),
        PassRefusal.RECEIVED: _l("You have confirmed already that you received it."),
        PassRefusal.NOTHING_SENT: _l("Write in a few words what was done."),
        PassRefusal.PHOTO_MISSING: _l("Add a photo that shows the result."),
        PassRefusal.REASON_MISSING: _l("Choose why you do not take the matter."),
        PassRefusal.BAD_HOURS: _l("Choose for how long the link holds: %(most)s hours at most."),
        PassRefusal.BAD_PHONE: _l("Please give a mobile number, like 138 0000 1200."),
        PassRefusal.BAD_MAIL: _l("Please give a mail address, like name@example.org."),
        PassRefusal.NO_CONSENT: _l("Write down how and when the reporter agreed to it."),
        PassRefusal.NOT_YOURS: _l(
            "Only whoever can report the work as done can let a helper do it."
        ),
        PassRefusal.INWARD: _l("Reports on behaviour are opened to nobody by a link."),
        PassRefusal.NOT_HANDED_OVER: _l(
            "The case is not with another authority now, so there is nobody to send the link to."
        ),
        PassRefusal.DECIDED: _l("Somebody has decided about this already."),
        Data.HELPER: _l("Name and telephone of somebody who helps a unit by a link"),
        Data.HELPER_WORDS: _l("What a helper or another authority is told and sends by a link"),
        Data.LINK: _l("Coded marks of links that open one matter"),
        Purpose.HELP: _l("So that a crew without an account can do its work"),
    }
)

messages.register(
    {
        "pass.helper": _l(
            "Please help with matter %(number)s. The link holds until %(until_at)s and opens this"
            " one matter: %(link)s"
        ),
        "pass.outside": _l(
            "Matter %(number)s was handed over to you. Please read it here and answer; the link"
            " holds until %(until_at)s: %(link)s"
        ),
        "desk.handed_in": _l("A helper handed in the work on case %(number)s: %(link)s"),
        "desk.outside_answered": _l(
            "The other authority answered about case %(number)s. Please read it: %(link)s"
        ),
    }
)

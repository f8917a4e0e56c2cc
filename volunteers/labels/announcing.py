"""Words of what organisers write to teams and to all on a shift."""

from portal.kernel import messages
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import register
from volunteers.rules.announcing import LONGEST_WORDS, AnnouncingRefusal
from volunteers.service.messages import Told

register(
    {
        AnnouncingRefusal.NO_WORDS: _l("Please write what they should know."),
        AnnouncingRefusal.TOO_LONG: _l(
            "Please write no more than %(max)s characters.", max=LONGEST_WORDS
        ),
        AnnouncingRefusal.PERSONAL: _l(
            "Please leave out names of people, their mobile numbers and other numbers of theirs. "
            "The number of an office may stand."
        ),
        AnnouncingRefusal.NOBODY: _l("At the moment nobody would get it."),
        AnnouncingRefusal.TOO_OFTEN: _l(
            "No more than %(most)s messages a day. Please put the rest into one message tomorrow."
        ),
        AnnouncingRefusal.SAME: _l("These words were sent there today already."),
        AnnouncingRefusal.OVER: _l("This shift is over for a week or more."),
    }
)
messages.register(
    {
        Told.ANNOUNCED.value: _l(
            "The organisers of “%(title)s” write: %(words)s – %(origin)s/volunteers/messages"
        ),
    }
)

"""Words of neighbours: joining a matter, and saying that it is still there."""

from portal.kernel import messages
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import register
from portal.reports.rules.neighbours import JoinRefusal, VoiceRefusal

register(
    {
        JoinRefusal.PROTECTED: _l(
            "This matter concerns a person or a shop, so nobody can join it. Please report it"
            " yourself."
        ),
        JoinRefusal.OVER: _l("This matter is over. Please report the problem anew."),
        JoinRefusal.YOURS: _l("You are one of those who reported this matter already."),
        VoiceRefusal.NOT_CLOSED: _l("This matter is being worked on."),
        VoiceRefusal.LATE: _l(
            "The time to say so is over. If the problem is still there, please report it anew."
        ),
        VoiceRefusal.FIRST: _l("You reported this matter, so please rate it instead."),
        VoiceRefusal.JOINED_LATER: _l(
            "You joined after it was closed. If the problem is still there, please report it anew."
        ),
        VoiceRefusal.SAID: _l("You have said so already. It is counted once."),
    }
)

messages.register(
    {
        "report.joined": _l(
            "You follow report %(number)s, because you have seen the problem too: %(link)s"
        )
    }
)

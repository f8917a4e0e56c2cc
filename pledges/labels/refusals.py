"""Words for what pledges refuse."""

from pledges.rules.refusals import PledgeRefusal
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import register

register(
    {
        PledgeRefusal.MOVED_ON: _l("Meanwhile this has moved on. Please look at where it stands."),
        PledgeRefusal.CHANGED: _l(
            "Meanwhile somebody changed this. Please look at it again and send it once more."
        ),
        PledgeRefusal.GONE: _l("This place is no longer in the register."),
        PledgeRefusal.NO_OPERATOR: _l(
            "Nobody runs this place at present. Please enter the operator first."
        ),
        PledgeRefusal.NOT_SPEAKING: _l(
            "Only whoever speaks for this place can do that. If it is you, please say so on its "
            "page; the street will check it."
        ),
        PledgeRefusal.NOT_YOUR_PLACE: _l("This lies outside of the places that you look after."),
        PledgeRefusal.NO_REASON: _l("Please give a reason; the operator will read it."),
        PledgeRefusal.SAME_PERSON: _l(
            "Whoever took the first step does not decide. Please leave it to a colleague."
        ),
        PledgeRefusal.LONG: _l("Please use at most %(most)s characters."),
        PledgeRefusal.LEADS_TO_PERSON: _l(
            "Please leave out names, telephone numbers, number plates and numbers of cards."
        ),
        PledgeRefusal.STRAY_SIGNS: _l(
            "There are signs in it that cannot be seen or that a table would run. Please type it "
            "again."
        ),
    }
)

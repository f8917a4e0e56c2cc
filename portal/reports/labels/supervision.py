"""Words of listed supervision, the day's digest, and how matters were solved."""

from collections.abc import Mapping

from portal.kernel import messages
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register
from portal.reports.rules.codes import Means
from portal.reports.rules.supervision import Ending, SupervisionRefusal

ENDINGS: Mapping[Ending, Words] = {
    Ending.MET: _l("Taken off: the condition is met"),
    Ending.ENDED: _l("Taken off: the case ended in another way"),
}

# a line of a case's history
LISTED: Words = _l("Put on the list of supervision")

MEANS_SHORT: Mapping[Means, Words] = {
    Means.SERVICE: _l("Service"),
    Means.MANAGEMENT: _l("Management"),
    Means.ENFORCEMENT: _l("Enforcement"),
}

# the parts of a digest, in its order
PARTS: Mapping[str, Words] = {
    "came": _l("Came in"),
    "settled": _l("Settled"),
    "overdue": _l("Overdue"),
    "listed": _l("Listed for supervision"),
}

register(
    {
        SupervisionRefusal.LISTED_ALREADY: _l("This case is on the list of supervision already."),
        SupervisionRefusal.NOT_OPEN: _l("This case is over: there is nothing to supervise."),
        SupervisionRefusal.STILL_OPEN: _l(
            "The condition is not met yet: the work has to be verified and the case closed first."
        ),
        SupervisionRefusal.OF_THE_UNIT: _l(
            "Your unit handles this case, so somebody else has to supervise it."
        ),
        SupervisionRefusal.HANDLED_IT: _l(
            "You handled this case, so somebody else has to supervise it."
        ),
        SupervisionRefusal.DELISTED_ALREADY: _l(
            "This has changed meanwhile. Please look at the list again."
        ),
        SupervisionRefusal.REASON_MISSING: _l("Write in a few words why."),
    }
)

messages.register(
    {
        "desk.listed": _l("Under listed supervision now, cases of your unit: %(count)s. %(link)s"),
        "desk.escalated": _l(
            "Listed matters that are still not done were passed up to the city: %(count)s. %(link)s"
        ),
        "desk.digest": _l(
            "Your street on %(digest_on)s: came in %(came)s, settled %(settled)s, overdue"
            " %(overdue)s, listed for supervision %(listed)s. %(link)s"
        ),
    }
)

"""Words for filing through other doors."""

from collections.abc import Mapping

from portal.kernel import messages
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register
from portal.reports.rules.doors import Behalf, ConsentWay, FilingRefusal, ProxyRelation
from portal.reports.rules.transitions import Refusal

BEHALVES: Mapping[Behalf, Words] = {
    Behalf.RESIDENT: _l("For a resident, with her name"),
    Behalf.ANONYMOUS: _l("For somebody who gives no name"),
    Behalf.UNITS: _l("An opinion of units and residents here"),
    Behalf.DUTY: _l("Seen on duty"),
}

PROXY_RELATIONS: Mapping[ProxyRelation, Words] = {
    ProxyRelation.AGENT: _l("Agent of the community"),
    ProxyRelation.NEIGHBOUR: _l("Neighbour"),
    ProxyRelation.FAMILY: _l("Family"),
    ProxyRelation.CARER: _l("Looks after her"),
    ProxyRelation.CALL_TAKER: _l("Answered the call"),
}

CONSENT_WAYS: Mapping[ConsentWay, Words] = {
    ConsentWay.SPOKEN: _l("She said it, face to face"),
    ConsentWay.PHONE: _l("She said it on the telephone"),
    ConsentWay.PAPER: _l("She signed a paper"),
}

register(
    {
        Refusal.FILED_IT: _l("You filed this case, so somebody else has to verify it."),
        Refusal.HAZARD_UNCHECKED: _l(
            "This may be dangerous: somebody looks at it first. Until then it cannot be reported"
            " as solved."
        ),
        Refusal.CONFIRMED_ALREADY: _l("Somebody has looked at it already."),
        Refusal.NOT_SMALL: _l(
            "This kind of problem, or this place, is not one that the head of a building settles."
        ),
        Refusal.AWAITED: _l(
            "The reporter is being asked whether it is solved. Without an answer it comes to the"
            " verifier when her days are over."
        ),
        Refusal.NOT_AWAITED: _l(
            "Your answer is not waited for any more: somebody else verifies the result."
        ),
        FilingRefusal.NO_BEHALF: _l("Please say for whom you file it."),
        FilingRefusal.NO_NAME: _l("Please give the resident’s name."),
        FilingRefusal.NO_RELATION: _l("Please say how you stand to her."),
        FilingRefusal.NO_CONSENT_WAY: _l("Please say how she agreed."),
        FilingRefusal.NO_CONSENT: _l(
            "Without her consent her name is not kept. Read the words to her and tick the box, or"
            " file it without a name."
        ),
        FilingRefusal.NO_PAPER: _l("Please add a photo of the paper she signed."),
        FilingRefusal.NO_PUBLISH_CHOICE: _l("Please say who may see the words and photos."),
        FilingRefusal.LONG_NAME: _l("This name is too long. Please use at most 40 characters."),
        FilingRefusal.LONG_NUMBER: _l("This number is too long. Please check it."),
        FilingRefusal.KNOWN_NUMBER: _l(
            "This order number is known already: it is case %(number)s. Let the caller follow that"
            " one."
        ),
        FilingRefusal.WITHDRAWN: _l("Nothing is kept about her any more."),
    }
)

messages.register(
    {
        "report.self_solved": _l(
            "Thank you for solving your report %(number)s yourself. It was looked at: %(link)s"
        ),
        "report.doubted": _l(
            "Your report %(number)s goes on: from your photo we cannot see that it is solved. Why:"
            " %(link)s"
        ),
        "report.settled": _l(
            "The head of the building says that your report %(number)s is solved. Is it? Please"
            " tell us: %(link)s"
        ),
        "desk.filed_step": _l(
            "Something was done about report %(number)s, which you filed for somebody: %(link)s"
        ),
    }
)

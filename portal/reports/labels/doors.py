"""Words for filing through other doors."""

from collections.abc import Mapping

from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register
from portal.reports.rules.doors import Behalf, ConsentWay, FilingRefusal, ProxyRelation

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

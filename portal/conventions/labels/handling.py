"""Words for what a community settles by itself."""

from collections.abc import Mapping
from typing import Final

from portal.conventions.rules.community import HandlingEnd, HandlingWay
from portal.conventions.rules.handling import HandlingRefusal
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register

WAYS: Final[Mapping[HandlingWay, Words]] = {
    HandlingWay.PUT_RIGHT: _l("Put right by the neighbours"),
    HandlingWay.PERSUADE: _l("Talked it over"),
    HandlingWay.REMIND: _l("Reminded"),
    HandlingWay.MEDIATE: _l("Mediated between neighbours"),
}
ENDS: Final[Mapping[HandlingEnd, Words]] = {
    HandlingEnd.SETTLED: _l("Settled"),
    HandlingEnd.AGREED: _l("They agreed on something"),
    HandlingEnd.NOT_SETTLED: _l("Not settled"),
    HandlingEnd.HANDED_ON: _l("Handed on to who is responsible"),
}
register(
    {
        HandlingRefusal.NO_PLACE: _l("Please write where it was."),
        HandlingRefusal.LONG: _l("This is too long."),
        HandlingRefusal.FINE: _l(
            "A community fines nobody and takes no money. Please write what was said and done."
        ),
        HandlingRefusal.PERSON: _l(
            "This looks like a number that leads to somebody. Please write what happened and "
            "where, never who."
        ),
        HandlingRefusal.NO_CLAUSE: _l("Choose the clause that it is about."),
        HandlingRefusal.CLOSED: _l("This was closed already."),
        HandlingRefusal.NOT_HEAD: _l("Choose a building of which you are head."),
    }
)

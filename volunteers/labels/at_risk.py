"""Words for shifts that may not take place as planned, and for what can be done."""

from collections.abc import Mapping
from typing import Final

from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register
from volunteers.rules.at_risk import Risk, Urgency

RISKS: Final[Mapping[Risk, Words]] = {
    Risk.FEW: _l("Too few people"),
    Risk.NOBODY_LEADS: _l("Nobody with experience"),
    Risk.LEFT_LATE: _l("Left at short notice"),
    Risk.QUALIFICATION: _l("Qualification runs out"),
    Risk.UNCONFIRMED: _l("Change not confirmed"),
    Risk.UNANSWERED: _l("Not answered yet"),
}
# what an organiser can do about it
REMEDIES: Final[Mapping[Risk, Words]] = {
    Risk.FEW: _l("Ask people to come"),
    Risk.NOBODY_LEADS: _l("Ask somebody experienced"),
    Risk.LEFT_LATE: _l("Look for somebody else"),
    Risk.QUALIFICATION: _l("See whose it is"),
    Risk.UNCONFIRMED: _l("Write to all on the shift"),
    Risk.UNANSWERED: _l("See who has not answered"),
}
URGENCIES: Final[Mapping[Urgency, Words]] = {
    Urgency.NOW: _l("Act today"),
    Urgency.SOON: _l("Act in the next days"),
    Urgency.LATER: _l("Keep an eye on it"),
}
register({**RISKS, **URGENCIES})

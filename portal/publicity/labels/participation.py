"""Words of participation."""

from collections.abc import Mapping
from typing import Final

from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words
from portal.publicity.rules.participation import TookPart

TOOK_PART: Final[Mapping[TookPart, Words]] = {
    TookPart.ANY: _l("Took part in any way"),
    TookPart.REPORTING: _l("Reported a problem"),
    TookPart.VOLUNTEERING: _l("Did voluntary service"),
    TookPart.ADOPTING: _l("Looked after what they adopted"),
    TookPart.SIGNING: _l("Signed a convention"),
    TookPart.VOTING: _l("Took part in a vote"),
}
# R088
SLOGAN: Final = _l("The people’s city is run by the people.")

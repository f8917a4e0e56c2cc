"""Words of highlights."""

from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import register
from portal.publicity.rules.highlights import HighlightRefusal

register(
    {
        HighlightRefusal.NO_PLACE: _l("There is no such place, or it is not one of yours."),
        HighlightRefusal.NO_UNIT: _l(
            "No unit of this very place has this code, and you act for none that has."
        ),
        HighlightRefusal.NO_MONTH: _l("Please write a month that has begun, such as 2026-10."),
        HighlightRefusal.LEADS_TO_SOMEBODY: _l(
            "This may lead to somebody: %(found)s. Please take it out."
        ),
        HighlightRefusal.OWN: _l("You wrote this yourself. Somebody else approves it."),
        HighlightRefusal.MOVED_ON: _l("Meanwhile this was changed. Please look at it again."),
        HighlightRefusal.NO_REASON: _l("Please give a reason."),
    }
)

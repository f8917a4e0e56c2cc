"""Words of rating: why not now."""

from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import register
from portal.reports.rules.rating import Data, Purpose, RatingRefusal

register(
    {
        RatingRefusal.NOT_CLOSED: _l(
            "This matter is still being worked on. You can rate it when it is closed."
        ),
        RatingRefusal.SENT_BACK: _l(
            "This matter has gone back to the unit. You can rate it again when it is closed again."
        ),
        RatingRefusal.NOTHING_DONE: _l(
            "This matter ended without work being done, so there is nothing to rate."
        ),
        RatingRefusal.LATE: _l(
            "The time for rating this matter is over. If the problem is still there or came back, "
            "please report it again."
        ),
        Data.ANSWERS: _l("What you answered when you rated a matter"),
        Data.WORDS: _l("What you wrote when you rated a matter"),
        Data.SHOWN: _l("That the unit which handled a matter may see your rating"),
        Purpose.UNIT: _l("To let the unit read what you said, because you ticked so"),
        Purpose.FIGURES: _l("To see how content people are, in figures that name nobody"),
        RatingRefusal.JOINED_LATER: _l(
            "You joined after this matter was closed, so you are not asked to rate it this time."
        ),
        RatingRefusal.NOT_LIVE: _l("Rating is not open in this place yet."),
    }
)

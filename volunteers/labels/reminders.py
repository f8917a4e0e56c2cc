"""Words of reminders, of changed shifts and of the alarm."""

from portal.kernel import messages
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import register
from volunteers.rules.personal import Data
from volunteers.service.messages import Told

register({Data.MESSAGES: _l("Which reminders and messages you want, and what was written to you")})
messages.register(
    {
        Told.SHIFT_SOON.value: _l(
            "Your shift: %(title)s, %(moment)s, %(place)s. To bring: %(gear)s. Questions: "
            "%(phone)s. You cannot come? Say so here: %(link)s"
        ),
        Told.SHIFT_CHANGED.value: _l(
            "Your shift “%(title)s” was changed: now %(moment)s, %(place)s. Do you still come? Yes "
            "or no: %(link)s"
        ),
        Told.CONFIRM_AGAIN.value: _l(
            "Your shift “%(title)s” was changed to %(moment)s, %(place)s, and your answer is "
            "missing. Yes or no: %(link)s"
        ),
        Told.SEAT_OPEN.value: _l(
            "A seat of the shift of %(moment)s is free again, and nobody waits for it. What you "
            "can do: %(origin)s/desk/volunteers/shifts/%(number)s/people"
        ),
    }
)

"""Words for the card at a meeting place."""

from portal.accounts.labels import register_actions
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import register
from volunteers.rules.place_cards import CardRefusal

register(
    {
        CardRefusal.NO_CARD: _l(
            "This is not the code of a card that hangs now. Please look at the letters again, or "
            "scan the organiser’s screen, or speak to the organiser."
        ),
        CardRefusal.ELSEWHERE: _l(
            "This card hangs at another meeting place than that of your shift. Please use the one "
            "there, or speak to the organiser."
        ),
        CardRefusal.FAR: _l(
            "Your device says that it is more than %(metres)s metres from the meeting place. "
            "Nothing was written down or kept. If you are there, scan the organiser’s screen or "
            "speak to the organiser."
        ),
        CardRefusal.CHANGED: _l(
            "Somebody changed the card of this meeting place meanwhile. Please look at it again."
        ),
    }
)
register_actions(
    {
        "place_card:hang": _l("Card of a meeting place made"),
        "place_card:end": _l("Card of a meeting place ended"),
    }
)

"""Words for the lists, and for what is refused of them."""

from collections.abc import Mapping

from pledges.rules.lists import LEAST_STARS, ListRefusal
from pledges.rules.standing import ListingState, ListKind
from portal.accounts.labels import register_actions
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register

LISTS: Mapping[ListKind, Words] = {
    ListKind.EXEMPLARY: _l("Exemplary frontages"),
    ListKind.TO_RECTIFY: _l("Frontages to be put right"),
}
LISTING_STATES: Mapping[ListingState, Words] = {
    ListingState.PROPOSED: _l("proposed"),
    ListingState.SHOWN: _l("on the list"),
    ListingState.SUSPENDED: _l("not shown while an appeal is open"),
    ListingState.REMOVED: _l("taken off"),
    ListingState.EXPIRED: _l("its time is over"),
}

register(
    {
        ListRefusal.NOT_EXEMPLARY: _l(
            "This list is for shops with %(stars)s stars or more in the last closed quarter and "
            "with nothing to put right.",
            stars=LEAST_STARS,
        ),
        ListRefusal.THERE: _l("This shop stands there or is proposed already."),
        ListRefusal.NOT_PROPOSED: _l("This was decided meanwhile."),
        ListRefusal.APPEAL_OPEN: _l("An appeal is open. Until it is decided, nobody is shown."),
        ListRefusal.APPEAL_DAYS: _l(
            "The shop may still appeal, until %(day)s. It can be shown from the day after."
        ),
        ListRefusal.OVER: _l(
            "It was put right or ended meanwhile, or somebody else runs the shop."
        ),
        ListRefusal.OFF: _l("This list is switched off here."),
        ListRefusal.NO_BASIS: _l("Name the legal basis, in up to %(most)s characters."),
        ListRefusal.NO_SUCH_AREA: _l("No place that you decide for has this code."),
        ListRefusal.ON_ALREADY: _l("The list is on there, or somebody asked for it already."),
    }
)
register_actions(
    {
        "listing:propose": _l("Shop proposed for a list"),
        "listing:confirm": _l("Shop put on a list"),
        "listing:remove": _l("Shop taken off a list"),
        "list_switch:ask": _l("Asked to switch on the list of frontages to be put right"),
        "list_switch:on": _l("List of frontages to be put right switched on"),
        "list_switch:drop": _l("Request to switch on a list dropped"),
        "list_switch:off": _l("List of frontages to be put right switched off"),
    }
)

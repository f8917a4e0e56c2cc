"""Words for plaques: states, why a binding ended, what is refused."""

from collections.abc import Mapping

from pledges.rules.plaques import BindingEnd, PlaqueRefusal, PlaqueState
from portal.accounts.labels import register_actions
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register

STATES: Mapping[PlaqueState, Words] = {
    PlaqueState.ISSUED: _l("issued, hangs nowhere yet"),
    PlaqueState.BOUND: _l("hangs at a door"),
    PlaqueState.REPLACED: _l("replaced by another"),
    PlaqueState.WITHDRAWN: _l("withdrawn"),
}
ENDS: Mapping[BindingEnd, Words] = {
    BindingEnd.TENANT_CHANGE: _l("the tenant changed"),
    BindingEnd.REPLACED: _l("another plaque took its place"),
    BindingEnd.WITHDRAWN: _l("the plaque was withdrawn"),
    BindingEnd.MISTAKE: _l("it was bound by mistake"),
    BindingEnd.PREMISES_GONE: _l("the place is no longer there"),
}

register_actions({"plaque:withdraw": _l("Plaque withdrawn")})
register(
    {
        PlaqueRefusal.NO_PLACE: _l("There is no such place. Please write its name or its code."),
        PlaqueRefusal.HOW_MANY: _l("Please write a number from 1 to %(most)s."),
        PlaqueRefusal.NOT_A_CODE: _l(
            "This is not the code of a plaque: a character is wrong or missing. Please compare it "
            "with the plaque."
        ),
        PlaqueRefusal.NOT_OURS: _l("This code was never issued here."),
        PlaqueRefusal.NO_PREMISES: _l(
            "In your places there is no premises with this number. Please look it up in the "
            "register."
        ),
        PlaqueRefusal.OTHER_DISTRICT: _l(
            "This plaque was issued for another district. Please take one of your own."
        ),
        PlaqueRefusal.HANGS: _l("This plaque already hangs at a door. One plaque is for one door."),
        PlaqueRefusal.HANGS_NOWHERE: _l("This plaque hangs nowhere. Please bind it to a door."),
        PlaqueRefusal.ENDED: _l(
            "This plaque was replaced or withdrawn and cannot be used again. Please take a new one."
        ),
        PlaqueRefusal.DOOR_HAS_ONE: _l(
            "A plaque already hangs at this door. Please replace it instead."
        ),
        PlaqueRefusal.SAME_PLAQUE: _l("This is the plaque that is to be replaced. Take another."),
    }
)

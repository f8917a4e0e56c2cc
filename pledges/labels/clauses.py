"""Words for clause sets."""

from collections.abc import Mapping
from typing import Final

from pledges.rules.clauses import Axis
from pledges.rules.premises import PremisesKind
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words

AXES: Final[Mapping[Axis, Words]] = {
    Axis.CLEAN: _l("Cleanliness"),
    Axis.GREEN: _l("Greenery"),
    Axis.ORDER: _l("Order"),
    Axis.LIGHT: _l("Lighting"),
}
PREMISES_KINDS: Final[Mapping[PremisesKind, Words]] = {
    PremisesKind.SHOP: _l("Shop"),
    PremisesKind.MARKET: _l("Market"),
    PremisesKind.NIGHT_MARKET: _l("Morning or night market"),
    PremisesKind.SCENIC_SPOT: _l("Scenic spot"),
    PremisesKind.UNIT: _l("Public body or company"),
    PremisesKind.PARKING: _l("Car park"),
}

"""Words for ratings of frontages."""

from collections.abc import Iterator, Mapping
from typing import Any

from pledges.rules.ratings import FrontageRefusal
from portal.accounts.labels import register_reader
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import register
from portal.satisfaction.labels import LEVELS
from portal.satisfaction.rules import Level

register(
    {
        FrontageRefusal.NOT_OPEN: _l(
            "This frontage cannot be rated: nobody runs the place now, or rating is not open in "
            "this street yet."
        ),
        FrontageRefusal.OWN: _l("You speak for this place. Please leave rating it to others."),
        FrontageRefusal.INSPECTS: _l(
            "You inspect frontages here. What you find belongs into an inspection."
        ),
        FrontageRefusal.TOO_MANY: _l(
            "Too many ratings came from here in a short time. Please come back later."
        ),
    }
)


def _rating(record: Mapping[str, Any]) -> Iterator[Any]:
    yield str(LEVELS[Level(record["result_level"])])
    yield record["created_at"]


register_reader("frontage_rating", _l("How you rated frontages"), _rating)

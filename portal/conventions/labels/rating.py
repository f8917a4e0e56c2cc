"""Words for ratings of self-government."""

from collections.abc import Iterator, Mapping
from typing import Any

from portal.accounts.labels import register_reader
from portal.conventions.rules.rating import RatingRefusal
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import register
from portal.satisfaction.labels import LEVELS
from portal.satisfaction.rules import Level

register(
    {
        RatingRefusal.OWN: _l("Whoever works for the community does not rate it."),
    }
)


def _rating(record: Mapping[str, Any]) -> Iterator[Any]:
    yield str(LEVELS[Level(record["result_level"])])
    yield str(LEVELS[Level(record["service_level"])])
    yield record["created_at"]


register_reader("community_rating", _l("How you rated the self-government of communities"), _rating)

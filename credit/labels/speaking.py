"""Words of who speaks for a shop, for the privacy page and the download."""

from collections.abc import Iterator, Mapping
from typing import Any

from credit.rules.speaking import Data, Purpose
from portal.accounts.labels import register_reader
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import register

register(
    {
        Data.SPEAKER: _l("That you speak for a shop in what is announced to it"),
        Purpose.SPEAKING: _l("so that a shop is told, and can object, before anything counts"),
    }
)


def _bond(record: Mapping[str, Any]) -> Iterator[Any]:
    yield record["since"]


register_reader("credit_speaker", _l("That you speak for a shop"), _bond)

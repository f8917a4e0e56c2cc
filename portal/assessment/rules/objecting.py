"""What a correction says, in the unit in which people read it. Pure."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from portal.assessment.rules import Source
from portal.assessment.rules.sets import UNIT

_PERCENT: Final = 100
MOST_REPORTS: Final = 1000


def indicator_in(document: Mapping[str, Any], group: str, code: str) -> Mapping[str, Any] | None:
    """An indicator of a frozen document."""
    for one in document["groups"]:
        if one["code"] == group:
            found: Mapping[str, Any] | None = next(
                (line for line in one["indicators"] if line["code"] == code), None
            )
            return found
    return None


def scale_of(source: str) -> int:
    """How many ten-thousandths one of what people read is: a report, a percent or a point."""
    return UNIT if source == Source.MEDIA.value else UNIT // _PERCENT


def most_of(source: str) -> int:
    """The largest that people may write."""
    return MOST_REPORTS if source == Source.MEDIA.value else _PERCENT


def stored(source: str, said: Decimal) -> int | None:
    """What somebody wrote, in ten-thousandths; None where it is out of bounds."""
    if not said.is_finite() or not 0 <= said <= most_of(source):
        return None
    return int((said * scale_of(source)).quantize(Decimal(1), rounding=ROUND_HALF_UP))

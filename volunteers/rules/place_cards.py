"""Cards that hang at meeting places: why one does not count, and which shift is meant. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Generic, TypeVar

from volunteers.rules.on_the_day import why_not_call
from volunteers.rules.shifts import Span

Of = TypeVar("Of")


class CardRefusal(StrEnum):
    """Why a card is not taken, or not made."""

    NO_CARD = "place_card.no_card"
    ELSEWHERE = "place_card.elsewhere"
    FAR = "place_card.far"
    CHANGED = "place_card.changed"


@dataclass(frozen=True)
class Standing(Generic[Of]):
    """A shift on which somebody is expected: whether she is there, and whether she has left."""

    of: Of
    span: Span
    here: bool
    left: bool


def meant(
    standings: Iterable[Standing[Of]], window: timedelta, now: datetime
) -> Standing[Of] | None:
    """Of several shifts at a place the one that a card means: one that is open, of these the one
    where she is, and last one that she has left; otherwise the one that lies nearest to now."""

    def rank(one: Standing[Of]) -> tuple[bool, bool, bool, timedelta]:
        closed = why_not_call(one.span, window, now) is not None
        far = max(one.span.starts_at - now, now - one.span.ends_at, timedelta(0))
        return closed, one.left, not one.here, far

    return min(standings, key=rank, default=None)

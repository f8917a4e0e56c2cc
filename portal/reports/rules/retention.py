"""How long a reporter's identity stays after the end of a matter: a city's months. Pure."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from portal.reports.rules.codes import State
from portal.reports.rules.transitions import OPEN

SETTING = "identity_months"
LEAST_MONTHS, USUAL_MONTHS, MOST_MONTHS = 7, 12, 60
# law N1: no harm may come of a report for half a year and as long as it can be rated
PROTECTED_DAYS = 180
# whatever is no open state is an end, also one that is added later
ENDED = frozenset(State) - OPEN


def months_from(thresholds: Mapping[str, Any]) -> int:
    """The setting of a city file. Raises ValueError in one sentence when it cannot be meant."""
    months = thresholds.get(SETTING, USUAL_MONTHS)
    whole = isinstance(months, int) and not isinstance(months, bool)
    if not whole or not LEAST_MONTHS <= months <= MOST_MONTHS:
        raise ValueError(
            f"thresholds.{SETTING} is {months!r}: a whole number from {LEAST_MONTHS} to "
            f"{MOST_MONTHS} (with fewer months a reporter could be harmed for her report "
            "before anybody could tell that she is one)"
        )
    return int(months)


def months_later(moment: datetime, months: int, zone: ZoneInfo) -> datetime:
    """The same day and time on the city's clock some months later; 31 August + 6 = 28 February."""
    at = moment.astimezone(zone)
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    day = min(at.day, monthrange(year, month + 1)[1])
    return at.replace(year=year, month=month + 1, day=day).astimezone(UTC)


def is_over(ended_at: datetime, now: datetime, months: int, zone: ZoneInfo) -> bool:
    """Whether the time is over: from that very second on."""
    return now >= months_later(ended_at, months, zone)


@dataclass(frozen=True)
class Protection:
    """How long the keyed pseudonym outlives the identity (law N1)."""

    rating_days: int
    least_days: int = 200

    @property
    def lasts(self) -> timedelta:
        return timedelta(days=max(self.least_days, PROTECTED_DAYS + self.rating_days))

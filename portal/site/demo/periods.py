"""Which months and which quarter the demo has assessed: the last whose objections are over."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from portal.kernel.clock import city_month, month_bounds
from portal.satisfaction.rules.release import month_before

MONTHS: Final = 3
# released and frozen on the second day after a month, at ten o'clock
FROZEN: Final = timedelta(days=1, hours=10)
# objected to, decided, corrected; then nothing of the months can change, and they make a quarter
CONTESTED, DECIDED, CORRECTED = (timedelta(days=days) for days in (4, 6, 7))
RANKED: Final = timedelta(days=16)


def assessed_months(now: datetime, zone: ZoneInfo) -> tuple[str, ...]:
    """The months of that quarter."""
    month = month_before(city_month(now, zone))
    while int(month[5:]) % MONTHS or month_bounds(month, zone)[1] + RANKED > now:
        month = month_before(month)
    found = [month]
    while len(found) < MONTHS:
        found.append(month_before(found[-1]))
    return tuple(reversed(found))


def quarter_of(months: tuple[str, ...]) -> str:
    """The name of the quarter of some months."""
    last = months[-1]
    return f"{last[:4]}-Q{int(last[5:]) // MONTHS}"


def months_since(first: str, now: datetime, zone: ZoneInfo) -> list[str]:
    """The months that are over, from one on."""
    month, found = month_before(city_month(now, zone)), list[str]()
    while month >= first:
        found.append(month)
        month = month_before(month)
    return found[::-1]


def frozen_at(month: str, now: datetime, zone: ZoneInfo) -> datetime:
    """When a month was released and frozen; in the first hours after it: now."""
    return min(now, month_bounds(month, zone)[1] + FROZEN)

"""Which figures of voluntary service everybody may read. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from portal.kernel.clock import city_month, month_bounds
from volunteers.rules.hours import NOTICE

# the longest that an organiser takes to confirm a month's last shift, and then the notice
CONFIRMED_WITHIN: Final = timedelta(days=7)
MONTHS_SHOWN: Final = 12


@dataclass(frozen=True)
class Tally:
    """Certified service under a heading: whole minutes, services, different people."""

    key: str
    minutes: int
    services: int
    people: int


@dataclass(frozen=True)
class Rest:
    """What is withheld of a table, together."""

    minutes: int
    services: int


def published(rows: Sequence[Tally], smallest: int) -> tuple[list[Tally], Rest | None]:
    """The rows that may be shown, and what the others come to together.

    A row of fewer than ``smallest`` people is withheld. So is, with it, the least of the others:
    what is withheld together is then the service of at least that many, and nobody can subtract.
    """
    small = [row for row in rows if row.people < smallest]
    shown = [row for row in rows if row.people >= smallest]
    if not small:
        return shown, None
    if shown:
        least = min(shown, key=lambda row: (row.people, row.key))
        shown.remove(least)
        small.append(least)
        return shown, Rest(sum(row.minutes for row in small), sum(row.services for row in small))
    return [], None


def final_at(month: str, zone: ZoneInfo) -> datetime:
    """From when a month's figures stand: confirmed within a week, and seven days on notice."""
    return month_bounds(month, zone)[1] + CONFIRMED_WITHIN + NOTICE


def months_shown(now: datetime, zone: ZoneInfo) -> list[str]:
    """The last months whose figures stand, the newest first."""
    month, found = city_month(now, zone), list[str]()
    while len(found) < MONTHS_SHOWN:
        month = month_before(month)
        if final_at(month, zone) <= now:
            found.append(month)
    return found


def month_before(month: str) -> str:
    """``2026-01`` → ``2025-12``."""
    year, number = (int(part) for part in month.split("-"))
    return f"{year - (number == 1):04d}-{(number - 2) % 12 + 1:02d}"

"""Which confirmed reports earn points, how often, and when, so that nobody is given away. Pure.

Points are told to the ledger by the month, a month later, for many people at the same moment. A
month in which too few people would earn is told together with the next ones (P5, N1).
"""

import csv
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from portal.kernel.clock import city_month, month_bounds

TIMES_FILE: Final = Path(__file__).parents[1] / "data" / "useful-reports.tsv"
# what a city's rules call it
FACT: Final = "report_confirmed"
# how long after a month's end it is told; and how many people at least are told of together
USUAL_DAYS: Final = 30
USUAL_PEOPLE: Final = 5
# what ended longer ago than this is too old to be told of
LOOK_BACK: Final = timedelta(days=366)
MOST_PEOPLE_AT_ONCE: Final = 100


@cache
def _steps() -> tuple[tuple[int, int], ...]:
    """(from so many reports, so many times), the fewest first."""
    with TIMES_FILE.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        rows = csv.DictReader(lines, delimiter="\t")
        return tuple((int(row["reports"]), int(row["times"])) for row in rows)


def times_for(reports: int) -> int:
    """How many times the rule counts for so many reports of one month; capped."""
    return max((times for least, times in _steps() if reports >= least), default=0)


def month_due(now: datetime, zone: ZoneInfo, days: int = USUAL_DAYS) -> tuple[str, datetime]:
    """The last month whose end is at least so many days ago, and the moment at which it ended."""
    # the month before the one in which that day lies
    start, _ = month_bounds(city_month(now - timedelta(days=days), zone), zone)
    return city_month(start - timedelta(days=1), zone), start


def source_of(month: str) -> str:
    """What the ledger's details say of it: the month, and no report."""
    return f"reports:{month}"


def first_counting(counts_from: Iterable[datetime | None], since: datetime) -> datetime | None:
    """From when reports can count at all: since a rule counted, and not before ``since``."""
    begun = [moment for moment in counts_from if moment is not None]
    return max(min(begun), since) if begun else None

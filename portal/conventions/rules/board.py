"""Months of the board."""

import re
from calendar import monthrange
from datetime import date
from typing import Final

_MONTH: Final = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])\Z", re.ASCII)


def days_of_month(month: str) -> tuple[date, date] | None:
    """First and last day of a month like ``2026-12``; None for what is none."""
    found = _MONTH.match(month)
    if found is None:
        return None
    year, number = int(found[1]), int(found[2])
    return date(year, number, 1), date(year, number, monthrange(year, number)[1])

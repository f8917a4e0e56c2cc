"""Days of the year to which activities are tied (R213): the list is data. Pure."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from volunteers.rules.activities import DATA


@dataclass(frozen=True)
class FixedDay:
    """One row of ``data/fixed-days.tsv``: a day, a week or a month, and the theme it stands for."""

    code: str
    month: int
    day: int
    days: int
    tag: str
    names: Mapping[str, str]


@dataclass(frozen=True)
class Occasion:
    """A fixed day of one year."""

    fixed: FixedDay
    first: date
    last: date


@cache
def fixed_days() -> tuple[FixedDay, ...]:
    """The whole list, in the order of the year."""
    with (DATA / "fixed-days.tsv").open(encoding="utf-8", newline="") as file:
        rows = [
            FixedDay(
                row["code"], int(row["month"]), int(row["day"]), int(row["days"]), row["tag"],
                {language: row[language] for language in ("zh_Hans", "zh_Hant", "en")},
            )
            for row in csv.DictReader(file, delimiter="\t")
        ]  # fmt: skip
    return tuple(sorted(rows, key=lambda row: (row.month, row.day)))


def fixed_days_from(day: date, most: int) -> list[Occasion]:
    """The next fixed days that are not over, over the turn of the year."""
    found = []
    for year in (day.year, day.year + 1):
        for row in fixed_days():
            first = date(year, row.month, row.day)
            found.append(Occasion(row, first, first + timedelta(days=row.days - 1)))
    return [one for one in found if one.last >= day][:most]

"""Periods: months (2026-10), the quarters of their ranks (2026-Q4), years (2026). Pure."""

import re
from dataclasses import dataclass
from typing import Final

from portal.assessment.rules import Span

_FORM: Final = re.compile(r"(?P<year>\d{4})(?:-(?:Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?")
FIRST_YEAR, LAST_YEAR = 1900, 2200
RANKED: Final = frozenset({Span.QUARTER, Span.YEAR})


@dataclass(frozen=True)
class Period:
    """A period by its name."""

    name: str
    span: Span
    year: int
    # of a month 1 to 12, of a quarter 1 to 4, of a year 0
    at: int

    @property
    def parts(self) -> tuple[str, ...]:
        """The periods that it is put together from; a month has none."""
        if self.span is Span.MONTH:
            return ()
        if self.span is Span.YEAR:
            return tuple(f"{self.year}-Q{at}" for at in range(1, 5))
        return tuple(f"{self.year}-{3 * self.at - back:02d}" for back in (2, 1, 0))

    @property
    def part_of(self) -> str | None:
        """The period that it is a part of; a year is of none."""
        if self.span is Span.YEAR:
            return None
        if self.span is Span.QUARTER:
            return str(self.year)
        return f"{self.year}-Q{(self.at + 2) // 3}"

    @property
    def last_month(self) -> str:
        """The month with which it ends."""
        at = {Span.MONTH: self.at, Span.QUARTER: 3 * self.at, Span.YEAR: 12}[self.span]
        return f"{self.year}-{at:02d}"

    def before(self, steps: int) -> str:
        """The name of the period of the same span so many earlier."""
        each = {Span.MONTH: 12, Span.QUARTER: 4, Span.YEAR: 1}[self.span]
        year, at = divmod(self.year * each + max(self.at, 1) - 1 - steps, each)
        forms = {Span.MONTH: f"{year}-{at + 1:02d}", Span.QUARTER: f"{year}-Q{at + 1}"}
        return forms.get(self.span, str(year))


def period_of(name: str) -> Period | None:
    """A period by its name; None where there is no such."""
    found = _FORM.fullmatch(name)
    if found is None or not FIRST_YEAR <= int(found["year"]) <= LAST_YEAR:
        return None
    year = int(found["year"])
    if found["month"]:
        return Period(name, Span.MONTH, year, int(found["month"]))
    if found["quarter"]:
        return Period(name, Span.QUARTER, year, int(found["quarter"]))
    return Period(name, Span.YEAR, year, 0)


def slug_of(period: str, version: int) -> str:
    """The last part of the address of a frozen version."""
    return period if version == 1 else f"{period}-r{version}"

"""When an office is open: days of the week and one or two spans, as one line that is kept."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from portal.areas.rules import clock_text
from portal.kernel.worktime import DayKind

WORKDAYS: Final = frozenset("12345")
_LINE: Final = re.compile(
    r"([1-7]{1,7})((?: [0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}){1,2})\Z", re.ASCII
)


@dataclass(frozen=True)
class Opening:
    """``weekdays`` like ``12345``; spans in minutes after midnight, in order, inside a day."""

    weekdays: str
    spans: tuple[tuple[int, int], ...]

    @property
    def sound(self) -> bool:
        """Whether such hours can be meant."""
        edges = [edge for span in self.spans for edge in span]
        return (
            bool(self.weekdays)
            and set(self.weekdays) <= set("1234567")
            and bool(edges)
            and len(set(edges)) == len(edges)
            and edges == sorted(edges)
            and 0 <= edges[0] <= edges[-1] <= 24 * 60
        )

    def open_at(self, local: datetime, exceptions: Mapping[date, DayKind]) -> bool:
        """Whether it is open at a local moment.

        Closed on public holidays; a day that is worked instead of one is open like any workday.
        """
        kind, minute = exceptions.get(local.date()), local.hour * 60 + local.minute
        if kind is DayKind.HOLIDAY:
            return False
        by_week = str(local.isoweekday()) in self.weekdays
        if not by_week and not (kind is DayKind.MAKEUP and set(self.weekdays) >= WORKDAYS):
            return False
        return any(start <= minute < end for start, end in self.spans)

    def written(self) -> str:
        """As it is kept: ``12345 08:30-12:00 14:00-17:30``."""
        days = "".join(sorted(set(self.weekdays)))
        return " ".join([days, *(f"{clock_text(a)}-{clock_text(b)}" for a, b in self.spans)])

    @property
    def clock(self) -> str:
        """The spans as people read them."""
        return ", ".join(f"{clock_text(a)}–{clock_text(b)}" for a, b in self.spans)


def read_opening(line: str) -> Opening | None:
    """What was kept; None for a line that means nothing."""
    found = _LINE.match(line)
    if found is None:
        return None
    spans = tuple(
        (_minutes(start), _minutes(end))
        for start, end in (span.split("-") for span in found[2].split())
    )
    opening = Opening(found[1], spans)
    return opening if opening.sound else None


def _minutes(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])

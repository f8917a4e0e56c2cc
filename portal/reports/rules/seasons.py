"""Seasonal windows: what is likely, or can be reported at all, at a time of the year. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Effect(StrEnum):
    """``boost``: offered first within the window. ``only``: not offered outside of it."""

    BOOST = "boost"
    ONLY = "only"


@dataclass(frozen=True)
class Season:
    """A window of days: "MM-DD" comes every year (and may pass New Year), a full date once."""

    category: str
    subkind: str
    first: str
    last: str
    effect: Effect
    notes: Mapping[str, str]

    def holds(self, on: date) -> bool:
        """Whether a day lies in the window, its ends included."""
        if len(self.first) > len("MM-DD"):
            return date.fromisoformat(self.first) <= on <= date.fromisoformat(self.last)
        day = f"{on:%m-%d}"
        if self.first <= self.last:
            return self.first <= day <= self.last
        return day >= self.first or day <= self.last


def boosted(seasons: Iterable[Season], on: date) -> list[str]:
    """Plain names to offer first on a day."""
    found = (s.category for s in seasons if s.effect is Effect.BOOST and s.holds(on))
    return list(dict.fromkeys(found))


def out_of_season(seasons: Iterable[Season], category: str, on: date) -> frozenset[str]:
    """Finer kinds that cannot be reported on a day."""
    bound = [s for s in seasons if s.category == category and s.effect is Effect.ONLY]
    now = {s.subkind for s in bound if s.holds(on)}
    return frozenset({s.subkind for s in bound} - now)


def notes_on(seasons: Iterable[Season], category: str, on: date) -> list[Mapping[str, str]]:
    """What to tell whoever reports a kind on a day."""
    return [s.notes for s in seasons if s.category == category and s.holds(on)]

"""What can be reported: the eight function groups (R009), and finding a name by everyday words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.kernel.tokens import fold
from portal.reports.rules.codes import Closing, Precision, Target

MINUTES_AN_HOUR = 60
SHORTEST_LATIN_WORD, TELLING_WORD = 3, 4
UNSURE = "unsure"


class FunctionGroup(StrEnum):
    """The eight groups of city management, and what fits none of them."""

    UTILITIES = "utilities"
    SANITATION = "sanitation"
    GREENING = "greening"
    ORDER = "order"
    ILLEGAL_BUILDING = "illegal_building"
    ENVIRONMENT = "environment"
    TRAFFIC = "traffic"
    EMERGENCY = "emergency"
    OTHER = "other"


class LimitSource(StrEnum):
    """Where a time limit was found: two running city systems, or nowhere yet."""

    CITY_A = "city_a"
    CITY_B = "city_b"
    STARTING_VALUE = "starting_value"


@dataclass(frozen=True)
class CategoryRow:
    """One plain name, with all that hangs on it."""

    code: str
    group: FunctionGroup
    names: Mapping[str, str]
    hints: Mapping[str, str]
    synonyms: tuple[str, ...]
    event_codes: tuple[str, ...]
    component_codes: tuple[str, ...]
    target: Target
    place_precision: Precision
    closing: Closing
    urgent: bool
    valid_from: date
    valid_to: date | None

    @property
    def protected(self) -> bool:
        """Aimed at a person or a shop: words, photos and the exact point stay inside (law P5)."""
        return self.target is Target.PERSON_OR_SHOP

    def in_use(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


@dataclass(frozen=True)
class LimitRow:
    """How long handling may take, and since when."""

    minutes: int
    round_the_clock: bool
    source: str
    valid_from: date


def _words_of(row: CategoryRow) -> list[str]:
    english = [word for word in row.names.get("en", "").split() if len(word) >= TELLING_WORD]
    return [fold(word) for word in (*row.names.values(), *row.synonyms, *english)]


def _says_something(word: str) -> bool:
    return len(word) >= SHORTEST_LATIN_WORD if word.isascii() else bool(word)


def closeness(row: CategoryRow, query: str) -> int:
    """How well a folded query fits: the query stands in a name, or known words stand in the query.

    So both 牛皮 and "墙上又有牛皮癣了" find the small ads, and "the lights are out" the lamp.
    """
    words = _words_of(row)
    if any(query in word for word in words):
        return 1000 - min(len(word) for word in words if query in word)
    return sum(len(word) for word in set(words) if _says_something(word) and word in query)


def find_categories(rows: Iterable[CategoryRow], typed: str) -> list[CategoryRow]:
    """The names that fit some words, best first; each word alone when the whole finds nothing."""
    query = " ".join(fold(typed).split())
    if not query:
        return []
    found = _ranked(rows, [query])
    return found or _ranked(rows, [part for part in query.split() if _says_something(part)])


def _ranked(rows: Iterable[CategoryRow], queries: Sequence[str]) -> list[CategoryRow]:
    scored = [(sum(closeness(row, query) for query in queries), row) for row in rows]
    best = sorted((pair for pair in scored if pair[0]), key=lambda pair: -pair[0])
    return [row for _, row in best]

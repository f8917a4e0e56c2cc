"""What the desk is offered beside a case: a kind, a unit, cases that may be the same. Pure.

Every proposal carries what it rests on, so that a page can say why; none is acted upon unasked.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from math import cos, radians
from typing import Final
from uuid import UUID

from portal.kernel.geo import METRES_A_DEGREE, metres_between
from portal.kernel.tokens import fold, tokens
from portal.reports.rules.categories import UNSURE, CategoryRow, closeness
from portal.reports.rules.codes import State
from portal.reports.rules.routing import Route

# so many matters make a habit
ENOUGH: Final = 3
# so much has to be said of a kind, and so much more than of any other, before it is proposed
TELLING, LEAD, NAME_COUNTS, PAIR = 3, 2, 3, 2
_FIRST_PART: Final = re.compile(r"\w+")
NEAR_METRES: Final = 150
NEAR_TIME: Final = timedelta(days=30)
MOST_ALIKE: Final = 5


@dataclass(frozen=True)
class Handled:
    """One matter of the same kind that a unit handled."""

    unit_id: UUID
    place_path: str


@dataclass(frozen=True)
class UnitProposal:
    """A unit, and why: the list names it, it handled ``times`` of ``of`` such matters in a place,
    or it is next where nobody is named. ``route``: what the list says of the matter.
    """

    unit_id: UUID
    times: int = 0
    of: int = 0
    place_path: str | None = None
    route: Route | None = None

    @property
    def listed(self) -> bool:
        """Whether the list names this very unit."""
        route = self.route
        return route is not None and route.named and route.unit_id == self.unit_id


def places_around(place_path: str) -> Iterator[str]:
    """The place and everything above it, the finest first."""
    codes = place_path.strip("/").split("/")
    for count in range(len(codes), 0, -1):
        yield f"/{'/'.join(codes[:count])}/"


def propose_unit(
    place_path: str,
    handled: Sequence[Handled],
    serving: Sequence[UUID],
    *,
    route: Route | None = None,
    never: Collection[UUID] = (),
) -> UnitProposal | None:
    """Whom the list names; else who handled most such matters in the finest place with a habit;
    else who is next.

    ``serving`` are the units a case may go to, nearest first; ``never`` those that returned it.
    """
    able = [unit for unit in serving if unit not in never]
    following = route.unit_id if route and route.unit_id in able else None
    if route is not None and route.named and following is not None:
        return UnitProposal(following, route=route)
    habit = _habit(place_path, handled, able)
    if habit is not None:
        return replace(habit, route=route)
    found = following or next(iter(able), None)
    return UnitProposal(found, route=route) if found else None


def _habit(
    place_path: str, handled: Sequence[Handled], able: Sequence[UUID]
) -> UnitProposal | None:
    for place in places_around(place_path):
        here = [one.unit_id for one in handled if one.place_path.startswith(place)]
        counts = Counter(unit for unit in here if unit in able)
        if len(here) >= ENOUGH and counts:
            unit = max(counts, key=lambda found: (counts[found], -able.index(found)))
            return UnitProposal(unit, counts[unit], len(here), place)
    return None


def propose_kind(
    rows: Sequence[CategoryRow], words: Iterable[str], chosen: str
) -> CategoryRow | None:
    """A kind that the reporter's words clearly name, when the chosen one is none or is not named.

    Words about the place (a tree beside the hole) name kinds too: without a clear lead over the
    next best there is no proposal, and a chosen kind of which a single word is said stands.
    """
    said = " ".join(fold(" ".join(words)).split())
    if not said:
        return None
    heard = _pairs([said])
    known = (row for row in rows if row.code not in {UNSURE, chosen})
    scores = {row.code: _named(row, said, heard) for row in known}
    ranked = sorted(scores.values(), reverse=True)
    if not ranked or ranked[0] < TELLING or ranked[0] - sum(ranked[1:2]) < LEAD:
        return None
    best = next(row for row in rows if scores.get(row.code) == ranked[0])
    own = next((row for row in rows if row.code == chosen and chosen != UNSURE), None)
    doubted = own is None or not (_named(own, said, heard) or _pairs(own.synonyms) & heard)
    return best if doubted else None


def _named(row: CategoryRow, said: str, heard: set[str]) -> int:
    """How much of a kind's name and synonyms stands in some words, given with their pairs."""
    return closeness(row, said) + NAME_COUNTS * len(_thing(row.names.get("zh_Hans", "")) & heard)


# of names only, which are few and the same for each case: nobody's words are kept
@lru_cache(maxsize=512)
def _thing(name: str) -> frozenset[str]:
    """The pairs of what comes first in a name; what follows is where it is, or its like."""
    thing = _FIRST_PART.match(name)
    return frozenset(_pairs([thing.group()]) if thing else ())


def _pairs(texts: Iterable[str]) -> set[str]:
    """The neighbours in texts of a script without spaces: its shortest words."""
    found = (token for text in texts for token in tokens(text))
    return {token for token in found if len(token) == PAIR and not token.isascii()}


@dataclass(frozen=True)
class Point:
    """Where and when a matter was reported."""

    lon: float
    lat: float
    at: datetime


@dataclass(frozen=True)
class NearCase:
    """An open case of the same kind not far away."""

    number: str
    state: State
    point: Point


@dataclass(frozen=True)
class Alike:
    """A case that may be the same matter, and how far it lies."""

    case: NearCase
    metres: int


@dataclass(frozen=True)
class Box:
    """What an index can find before distances are measured."""

    west: float
    south: float
    east: float
    north: float


def box_around(lon: float, lat: float) -> Box:
    """The square that holds everything near a point."""
    high = NEAR_METRES / METRES_A_DEGREE
    wide = high / max(cos(radians(lat)), 0.01)
    return Box(lon - wide, lat - high, lon + wide, lat + high)


def likely_same(here: Point, near: Iterable[NearCase]) -> list[Alike]:
    """Cases near in place and in time, the likeliest first: both count alike."""
    found: list[tuple[float, Alike]] = []
    for case in near:
        there = case.point
        metres = metres_between(here.lon, here.lat, there.lon, there.lat)
        apart = abs(here.at - there.at)
        if metres <= NEAR_METRES and apart <= NEAR_TIME:
            found.append((metres / NEAR_METRES + apart / NEAR_TIME, Alike(case, round(metres))))
    return [alike for _, alike in sorted(found, key=lambda pair: pair[0])[:MOST_ALIKE]]

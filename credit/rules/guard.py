"""The retaliation guard: nothing negative may come from a report, complaint, rating or appeal (N1).

Packages above leave a mark for each such deed. A proposal is compared with the marks of whom it is
about. Pure.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

# how long a unit may not judge who complained of it or rated it low (N1)
COUNTS_FOR: Final = timedelta(days=180)
# how long marks outlive the identity at least, whatever the rating window is
LEAST_DAYS: Final = 200
RATING_DAYS: Final = 14
# so many guarded proposals in so many days are no chance any more
PROBES: Final = 2
PROBED_WITHIN: Final = timedelta(days=30)


class Route(StrEnum):
    """What becomes of a proposal. Its proposer sees no difference."""

    ORDINARY = "ordinary"
    OUTSIDE = "outside"
    NEVER = "never"


_ROUTE_LENGTH: Final = max(len(route.value) for route in Route)

# where a route can stand: the tables that hold one
MATTER: Final = "credit_matter"
OUTCOME: Final = "credit_guard_outcome"


def bound_route(route: Route, table: str, row_id: UUID) -> str:
    """A route as it is sealed: with the row that it belongs to, so that no other row can borrow it,
    and all of one length, so that its seal does not tell which it is."""
    return f"{table}:{row_id}:{route.value:<{_ROUTE_LENGTH}}"


def unbound_route(text: str, table: str, row_id: UUID) -> Route | None:
    """The route again; None when it belongs to another row."""
    found = (route for route in Route if bound_route(route, table, row_id) == text)
    return next(found, None)


class ProtectedAct(StrEnum):
    """Deeds for which nobody may be harmed."""

    REPORT = "report"
    ME_TOO = "me_too"
    ADDITION = "addition"
    COMPLAINT = "complaint"
    LOW_RATING = "low_rating"
    REOPENING = "reopening"
    DISPUTE = "dispute"
    APPEAL = "appeal"


class Probing(StrEnum):
    """Who an alarm is about."""

    PROPOSER = "proposer"
    UNIT = "unit"


@dataclass(frozen=True)
class Mark:
    """A deed as it is kept: keyed hashes of where it happened and of whom it was about."""

    source_hash: bytes
    unit_hash: bytes | None
    at: datetime


def counts(mark: Mark, at: datetime) -> bool:
    """Whether a deed still binds its unit: from its moment on for 180 days, the end not counted."""
    return mark.at <= at < mark.at + COUNTS_FOR


def route_of(
    marks: Iterable[Mark], source: frozenset[bytes], units: frozenset[bytes], at: datetime
) -> Route:
    """Where a proposal goes, by the marks of whom it is about. Every mark is looked at."""
    never = outside = False
    for mark in marks:
        never |= mark.source_hash in source
        outside |= mark.unit_hash in units and counts(mark, at)
    if never:
        return Route.NEVER
    return Route.OUTSIDE if outside else Route.ORDINARY


def lasts(thresholds: Mapping[str, Any]) -> timedelta:
    """How long marks outlive the identity: 180 days and the city's rating window (N1)."""
    window = int(thresholds.get("rating_window_days", RATING_DAYS))
    return timedelta(days=max(LEAST_DAYS, COUNTS_FOR.days + window))


@dataclass(frozen=True)
class Edge:
    """A unit with the one above it and the one that followed it."""

    id: UUID
    parent_id: UUID | None
    successor_id: UUID | None


class Lines:
    """The tree of units through all their times."""

    def __init__(self, edges: Iterable[Edge]) -> None:
        self._above: dict[UUID, set[UUID]] = {}
        self._below: dict[UUID, set[UUID]] = {}
        self._same: dict[UUID, set[UUID]] = {}
        for edge in edges:
            if edge.parent_id is not None:
                self._above.setdefault(edge.id, set()).add(edge.parent_id)
                self._below.setdefault(edge.parent_id, set()).add(edge.id)
            if edge.successor_id is not None:
                self._same.setdefault(edge.id, set()).add(edge.successor_id)
                self._same.setdefault(edge.successor_id, set()).add(edge.id)

    def of(self, units: Iterable[UUID]) -> frozenset[UUID]:
        """Some units, who they were and became, and all above and below them."""
        start = self.through_time(units)
        up = _closure(start, lambda unit: self._follow(unit) | self._above.get(unit, set()))
        down = _closure(start, lambda unit: self._follow(unit) | self._below.get(unit, set()))
        return up | down

    def through_time(self, units: Iterable[UUID]) -> frozenset[UUID]:
        """Some units, who they were and became."""
        return _closure(units, self._follow)

    def _follow(self, unit: UUID) -> set[UUID]:
        return self._same.get(unit, set())


def _closure(start: Iterable[UUID], leads_to: Callable[[UUID], Iterable[UUID]]) -> frozenset[UUID]:
    found = set(start)
    last = list(found)
    while last:
        new = {unit for at in last for unit in leads_to(at)} - found
        found |= new
        last = list(new)
    return frozenset(found)

"""What is wrong with the list: kinds that nobody is named for, rows in conflict, rows that name
nobody. For ``gongzhi city check``: it asks of every kind and every street."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from portal.areas.queries import AreaRow, descendants_at_level, root_areas
from portal.areas.rules import codes_of
from portal.kernel.clock import city_day
from portal.kernel.instance import instance_of
from portal.reports.queries.categories import categories_on
from portal.reports.queries.routing import responsibilities
from portal.reports.rules.categories import UNSURE, CategoryRow
from portal.reports.rules.routing import Responsibility, conflicts, pick
from portal.reports.service.routing import City, city_matter, city_of, way

STREET = "street"


@dataclass(frozen=True)
class Gap:
    """A kind for which nobody is named in some places."""

    kind: CategoryRow
    places: list[AreaRow]


@dataclass(frozen=True)
class ListFlaws:
    """Everything that is wrong with the list. ``empty``: the city has none."""

    empty: bool = False
    gaps: list[Gap] = field(default_factory=list)
    conflicts: list[tuple[Responsibility, Responsibility]] = field(default_factory=list)
    nobody: list[tuple[Responsibility, str]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.gaps or self.conflicts or self.nobody)


def list_flaws(session: Session, now: datetime) -> ListFlaws:
    """Look through the list as it stands today, and at conflicts of days to come."""
    on = city_day(now, instance_of(session).city.zone)
    rows = [row for row in responsibilities(session) if (row.valid_to or on) >= on]
    if not rows:
        return ListFlaws(empty=True)
    places = descendants_at_level(session, "/", STREET, on=on) or root_areas(session)
    city = city_of(session, [place.path for place in places], now)
    kinds = [kind for kind in categories_on(session, on) if kind.code != UNSURE]
    gaps = (Gap(kind, _unnamed(city, kind, places)) for kind in kinds)
    return ListFlaws(
        gaps=[gap for gap in gaps if gap.places],
        conflicts=conflicts(rows),
        nobody=_name_nobody(city, rows, places),
    )


def _unnamed(city: City, kind: CategoryRow, places: Sequence[AreaRow]) -> list[AreaRow]:
    """The places where nobody is named for a kind of which nothing further is known."""
    return [
        place
        for place in places
        if way(city, city_matter(city, place.path, kind.code, {})).route.row is None
    ]


def _name_nobody(
    city: City, rows: Sequence[Responsibility], places: Sequence[AreaRow]
) -> list[tuple[Responsibility, str]]:
    """Rows in force with a receiver that serves none of their places: ended, or elsewhere."""
    found = []
    for row in rows:
        where = [p for p in places if row.area_code is None or row.area_code in codes_of(p.path)]
        for receiver in row.receivers if row.valid_on(city.on) and where else ():
            matters = [city_matter(city, place.path, row.category or "", {}) for place in where]
            served = (
                pick(receiver, one, [city.unit(unit) for unit in city.serving[one.place_path]])
                for one in matters
            )
            if not receiver.issuer and not any(served):
                found.append((row, str(receiver)))
    return found

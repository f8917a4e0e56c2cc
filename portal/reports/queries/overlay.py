"""What lies over a map besides matters: zones with rules, and where stalls are permitted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from portal.areas.queries import PermittedRow, outlines_of, permitted_in
from portal.reports.queries.zones import zones_in_force
from portal.reports.rules.zones import Zone, ZoneRule, as_polygon

MOST_PLACES = 60
Shaped = tuple[ZoneRule, dict[str, Any]]


@dataclass(frozen=True)
class Overlay:
    """Outlines by their rule, and permitted places that have a point."""

    zones: Sequence[Shaped]
    places: Sequence[PermittedRow]

    @property
    def rules(self) -> list[ZoneRule]:
        """The rules that are drawn, for the legend."""
        drawn = {rule for rule, _ in self.zones}
        return [rule for rule in ZoneRule if rule in drawn]


def overlay_of(session: Session, on: date, *, under: str = "/") -> Overlay:
    """What is in force on a day: two queries."""
    zones = zones_in_force(session, on)
    outlines = dict(outlines_of(session, places_of_zones(zones)))
    return overlay_from(zones, outlines, permitted_in(session, under, on=on), on)


def places_of_zones(zones: Iterable[Zone]) -> set[str]:
    """The codes of the places that are zones as a whole."""
    return {code for zone in zones for code in zone.places}


def overlay_from(
    zones: Iterable[Zone],
    outlines: Mapping[str, dict[str, Any]],
    permitted: Iterable[PermittedRow],
    on: date,
) -> Overlay:
    """The same of what was read already."""
    shapes: list[Shaped] = []
    for zone in zones:
        if zone.corners:
            shapes.append((zone.rule, as_polygon(zone.corners)))
        shapes += [(zone.rule, outlines[code]) for code in zone.places if code in outlines]
    places = [row for row in permitted if row.lon is not None and row.valid_from <= on]
    return Overlay(shapes, places)
